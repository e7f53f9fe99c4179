"""Reading plain data field by field; whatever is wrong is a ProblemError that names the field."""

import re
from collections.abc import Callable, Collection
from datetime import date
from typing import TypeVar

from protocols.planning.durations import Duration
from protocols.planning.errors import ProblemError
from protocols.planning.horizon import EARLIEST, LATEST

T = TypeVar("T")
# Reads the value of the field of that name.
Reader = Callable[[str, object], T]

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


class Fields:
    """An object of the document: its known keys, null as good as absent, and no others."""

    def __init__(self, name: str, value: object, known: Collection[str]) -> None:
        self._name = name
        if not isinstance(value, dict):
            raise ProblemError(name or "problem", "expected an object")
        for key in value:
            if key not in known:
                raise ProblemError(self.at(str(key)), "unknown key")
        self._value = value

    def at(self, key: str) -> str:
        """The full name of a field of this object."""
        return f"{self._name}.{key}" if self._name else key

    def optional(self, key: str, read: Reader[T]) -> T | None:
        value = self._value.get(key)
        return None if value is None else read(self.at(key), value)

    def required(self, key: str, read: Reader[T]) -> T:
        found = self.optional(key, read)
        if found is None:
            raise ProblemError(self.at(key), "required")
        return found


def list_of(read: Reader[T], *, at_least: int = 0) -> Reader[tuple[T, ...]]:
    """A reader of lists, each item named by its place: ``steps[0]``."""

    def read_list(name: str, value: object) -> tuple[T, ...]:
        if not isinstance(value, list | tuple):
            raise ProblemError(name, "expected a list")
        if len(value) < at_least:
            raise ProblemError(name, "expected at least one item")
        return tuple(read(f"{name}[{index}]", item) for index, item in enumerate(value))

    return read_list


def whole_number(least: int, most: int | None = None) -> Reader[int]:
    """A reader of whole numbers from ``least`` to ``most``; true and 1.0 are none."""
    expected = f"expected a whole number from {least}" + ("" if most is None else f" to {most}")

    def read(name: str, value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise ProblemError(name, expected)
        if value < least or (most is not None and value > most):
            raise ProblemError(name, expected)
        return value

    return read


def text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise ProblemError(name, "expected a text")
    return value


def name_of_something(name: str, value: object) -> str:
    """An id or a kind: a text that is not empty."""
    if not text(name, value):
        raise ProblemError(name, "expected a text that is not empty")
    return text(name, value)


def day(name: str, value: object) -> date:
    """A date of the calendar, YYYY-MM-DD."""
    expected = "expected a date such as 2027-03-28"
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise ProblemError(name, expected)
    try:
        found = date.fromisoformat(value)
    except ValueError as error:
        raise ProblemError(name, expected) from error
    if not EARLIEST <= found <= LATEST:
        raise ProblemError(name, f"{expected}, from {EARLIEST} to {LATEST}")
    return found


def time_of_day(name: str, value: object) -> int:
    """HH:MM as minutes since midnight, to 23:59."""
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ProblemError(name, "expected a time of day such as 09:30")
    return int(match[1]) * 60 + int(match[2])


def end_of_day(name: str, value: object) -> int:
    """HH:MM as minutes since midnight, to 24:00."""
    return 1440 if value == "24:00" else time_of_day(name, value)


def duration(name: str, value: object) -> Duration:
    expected = "expected an ISO 8601 duration such as P2W"
    if not isinstance(value, str):
        raise ProblemError(name, expected)
    try:
        return Duration.parse(value)
    except ValueError as error:
        raise ProblemError(name, expected) from error
