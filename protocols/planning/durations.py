"""Spans of calendar time: so many days, weeks, months or years, added to a date."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Self

from dateutil.relativedelta import relativedelta

_TEXT = re.compile(r"P([0-9]{1,9})([DWMY])")
_DAYS = {"D": 1, "W": 7}
_MONTHS = {"M": 1, "Y": 12}

# The Gregorian calendar repeats after 400 years.
_CYCLE_MONTHS = 4800
_CYCLE_DAYS = 146_097


@dataclass(frozen=True)
class Duration:
    """``n`` whole days, weeks, months or years of the calendar; ``unit`` is D, W, M or Y.

    Months and years are calendar arithmetic, clipped to the month's end: 31 January + P1M is the
    last day of February. A duration therefore has no fixed length, and two of them compare only
    when the answer is the same on every date (`always_at_most`).
    """

    n: int
    unit: str

    def __post_init__(self) -> None:
        if self.n < 1 or self.unit not in "DWMY":
            raise ValueError(f"not a duration: {self.n!r} {self.unit!r}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``PnD``, ``PnW``, ``PnM`` or ``PnY`` with n >= 1; anything else is a ValueError."""
        match = _TEXT.fullmatch(text)
        if match is None or int(match[1]) == 0:
            raise ValueError("expected an ISO 8601 duration such as P2W")
        return cls(int(match[1]), match[2])

    def __str__(self) -> str:
        return f"P{self.n}{self.unit}"

    @cached_property
    def days(self) -> int:
        """Length in days; 0 for months and years, whose length depends on the date."""
        return self.n * _DAYS.get(self.unit, 0)

    @cached_property
    def months(self) -> int:
        """Length in calendar months; 0 for days and weeks."""
        return self.n * _MONTHS.get(self.unit, 0)

    def after(self, day: date) -> date:
        """``day`` + this duration; OverflowError past the year 9999."""
        ordinal = self.ordinal_after(day.toordinal())
        if ordinal > date.max.toordinal():
            raise OverflowError(f"{day} + {self} is past the year 9999")
        return date.fromordinal(ordinal)

    def before(self, day: date) -> date:
        """``day`` - this duration, months clipped likewise; OverflowError before the year 1."""
        try:
            return day - relativedelta(months=self.months) - timedelta(self.days)
        except ValueError as error:
            raise OverflowError(str(error)) from error

    def ordinal_after(self, ordinal: int) -> int:
        """`after` on proleptic ordinals (`date.toordinal`), the form in which the search counts."""
        if not self.months:
            return ordinal + self.days
        day = date.fromordinal(ordinal)
        first, length = _month_after(day.year, day.month, self.months)
        return first + min(day.day, length) - 1

    def always_at_most(self, other: "Duration") -> bool:
        """Whether day + self <= day + other on every date: P4W <= P1M is, P30D <= P1M is not."""
        if bool(self.months) == bool(other.months):
            return (self.days, self.months) <= (other.days, other.months)
        if self.months:
            return _longest(self.months) <= other.days
        return self.days <= _shortest(other.months)


@lru_cache(maxsize=4096)
def _month_after(year: int, month: int, months: int) -> tuple[int, int]:
    """Ordinal of the first day, and the length, of the month ``months`` after the given one.

    `relativedelta` is asked once a month instead of once a day: the search adds months to
    hundreds of dates.
    """
    try:
        first = date(year, month, 1) + relativedelta(months=months)
        last = first + relativedelta(day=31)
    except ValueError as error:
        raise OverflowError(str(error)) from error
    return first.toordinal(), last.day


@lru_cache(maxsize=1)
def _cycle() -> tuple[list[int], list[int]]:
    """Ordinals of the month firsts, and the months' lengths, of one whole Gregorian cycle."""
    firsts = [date(2000 + i // 12, i % 12 + 1, 1).toordinal() for i in range(_CYCLE_MONTHS + 1)]
    return firsts[:-1], [after - first for first, after in pairwise(firsts)]


@lru_cache(maxsize=64)
def _later(months: int) -> tuple[list[int], list[int]]:
    """`_cycle`, ``months`` later."""
    firsts, lengths = _cycle()
    cycles, rest = divmod(months, _CYCLE_MONTHS)
    turned = [first + _CYCLE_DAYS for first in firsts[:rest]]
    later = [first + cycles * _CYCLE_DAYS for first in firsts[rest:] + turned]
    return later, lengths[rest:] + lengths[:rest]


def _longest(months: int) -> int:
    """The most days that so many months last, over every date to start from."""
    firsts, _ = _cycle()
    later, _ = _later(months)
    return max(after - first for first, after in zip(firsts, later, strict=True))


def _shortest(months: int) -> int:
    """The fewest days that so many months last: from a month's last day, clipped."""
    firsts, lengths = _cycle()
    later_firsts, later_lengths = _later(months)
    months_of_the_cycle = zip(firsts, lengths, later_firsts, later_lengths, strict=True)
    return min(
        later - first - max(0, length - later_length)
        for first, length, later, later_length in months_of_the_cycle
    )
