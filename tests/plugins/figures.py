"""Prints at the end what tests measured, also when they ran in other processes."""

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [each for group in ("passed", "failed") for each in terminalreporter.getreports(group)]
    lines = [text for report in reports for name, text in report.user_properties if name == "figures"]
    if lines:
        terminalreporter.section("figures")
        for line in sorted(lines):
            terminalreporter.write_line(line)
