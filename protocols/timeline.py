"""The drawing of a protocol: one row a step, its window from the earliest to the latest day.

The days are counted from a first visit on day 0 when every gap is at its least, its ideal or its
most. Months have no fixed length, so they are counted from an ordinary date; it is a picture, and
the table beside it holds the rule.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils.translation import pgettext

from protocols import wording
from protocols.models import Protocol, Step

DAY_ZERO = date(2026, 1, 1)
LEFT, WIDTH, RIGHT = 36, 560, 168
ROW, TOP = 26, 30
TICKS_MOST = 9
TICK_DAYS = (7, 14, 28)
TICK_MONTHS = (1, 2, 3, 6, 12, 24)


@dataclass(frozen=True)
class Reach:
    """The days, from the first visit, on which a step may be: at the earliest, ideally, at most."""

    step: Step
    earliest: int
    due: int
    latest: int


@dataclass(frozen=True)
class Bar:
    number: int
    phase: str
    x: float
    width: float
    due_x: float
    y: int
    label: str
    label_x: float


@dataclass(frozen=True)
class Tick:
    x: float
    label: str


def reaches(protocol: Protocol) -> list[Reach]:
    """When each step falls, counted in days from the first one."""
    earliest = due = latest = DAY_ZERO
    found = []
    for step in protocol.steps.all():
        gap = step.gap
        if gap:
            earliest, due, latest = (
                gap.min.after(earliest),
                gap.ideal.after(due),
                gap.max.after(latest),
            )
        counted = [(day - DAY_ZERO).days for day in (earliest, due, latest)]
        found.append(Reach(step, *counted))
    return found


class Timeline:
    """The rows, ticks and size of the drawing, in the units of its view box."""

    def __init__(self, protocol: Protocol) -> None:
        self._reaches = reaches(protocol)
        self._span = max([reach.latest for reach in self._reaches] + [1])

    @property
    def width(self) -> int:
        return LEFT + WIDTH + RIGHT

    @property
    def height(self) -> int:
        return TOP + ROW * len(self._reaches) + 8

    @property
    def floor(self) -> int:
        return self.height - 8

    def _x(self, day: float) -> float:
        return round(LEFT + WIDTH * day / self._span, 1)

    @cached_property
    def bars(self) -> list[Bar]:
        return [self._bar(row, reach) for row, reach in enumerate(self._reaches)]

    def _bar(self, row: int, reach: Reach) -> Bar:
        x, end = self._x(reach.earliest), self._x(reach.latest)
        return Bar(
            number=reach.step.number,
            phase=reach.step.phase.kind,
            x=x,
            width=max(round(end - x, 1), 3),
            due_x=self._x(reach.due),
            y=TOP + ROW * row + 7,
            label=wording.short_gap(reach.step),
            label_x=max(end, x + 3) + 8,
        )

    @cached_property
    def ticks(self) -> list[Tick]:
        for days in TICK_DAYS:
            if self._span / days <= TICKS_MOST:
                text = pgettext("weeks, abbreviated", "%(n)d wk")
                return self._ticks(days, text, days // 7)
        for months in TICK_MONTHS:
            if self._span / (months * 30.4) <= TICKS_MOST:
                break
        text = pgettext("months, abbreviated", "%(n)d mo")
        return self._ticks(months * 30.4375, text, months)

    def _ticks(self, days: float, text: str, units: int) -> list[Tick]:
        count = int(self._span / days)
        return [Tick(self._x(n * days), text % {"n": n * units}) for n in range(count + 1)]
