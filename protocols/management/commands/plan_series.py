"""The planner for other programs: a problem as JSON in, the best series as JSON out."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand

from protocols.planning import ProblemError, plan


class Command(BaseCommand):
    help = (
        "Plans a series: reads a problem (docs/planning.md) and prints the answer. "
        "Exit status 0 whether it can be planned or not, 2 when the problem is malformed."
    )
    # It touches neither database nor models: no checks, so that it starts quickly.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the problem; - for standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            answer = plan(read(options["file"]))
        except (ProblemError, Unreadable) as error:
            # Not a CommandError: the contract wants the one line, and nothing before it.
            self.stderr.write(one_line(error))
            raise SystemExit(2) from error
        self.stdout.write(json.dumps(answer))


class Unreadable(Exception):
    """The file cannot be opened, or is not JSON."""


def read(file: str) -> Any:
    """The document in a file, or on standard input; Unreadable if there is none."""
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return json.loads(data, object_pairs_hook=without_twins, parse_constant=not_a_number)
    except OSError as error:
        raise Unreadable(f"{file}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{file}: expected JSON: {error}") from error


def without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys occur once: which of two is meant, nobody can tell."""
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twin = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twin!r} occurs twice in one object")
    return found


def not_a_number(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")


def one_line(error: Exception) -> str:
    return " ".join(str(error).split())
