"""Prints at the end what tests measured, also when they ran in other processes."""

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = terminalreporter.getreports("passed")
    found = [item for report in reports for item in report.user_properties]
    lines = sorted(text for name, text in found if name == "figures")
    if lines:
        terminalreporter.section("figures")
    for line in lines:
        terminalreporter.write_line(line)
