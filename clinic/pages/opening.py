"""When each resource is open, in the clinic's wall-clock time: what the agenda hatches.

The planner has its own masks (`clinic.availability`); here are the same facts for the eye, and for
one question: does what is booked still lie inside them?
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from clinic.availability import HOURS, Horizon, absences, holiday_names
from clinic.models import Clinic, WorkingHours
from clinic.moments import from_minute, to_minute, to_minute_up
from protocols.planning import Hours

DAY = 24 * 60
EPOCH_ORDINAL = dt.date(1970, 1, 1).toordinal()

Span = tuple[int, int]  # half-open minutes


class WallClock:
    """UTC minutes to the clinic's wall-clock minutes, both counted since 1970.

    No zone changes its clocks inside a quarter of an hour, so one look-up serves all of it.
    """

    def __init__(self, clinic: Clinic) -> None:
        self.zone = clinic.zone
        self._offsets: dict[int, int] = {}

    def __call__(self, minute: int) -> int:
        quarter = minute // 15
        offset = self._offsets.get(quarter)
        if offset is None:
            local = from_minute(quarter * 15).astimezone(self.zone)
            offset = self._offsets[quarter] = int(local.utcoffset().total_seconds()) // 60  # type: ignore[union-attr]
        return minute + offset

    def span(self, start: int, end: int) -> Span:
        """As the clock on the wall shows it; never backwards in the hour that comes twice."""
        begin, after = self(start), self(end)
        return begin, after if after > begin else begin + end - start


def date_of(wall: int) -> dt.date:
    return dt.date.fromordinal(EPOCH_ORDINAL + wall // DAY)


def first_minute(day: dt.date) -> int:
    """The wall-clock minute at which a date begins."""
    return (day.toordinal() - EPOCH_ORDINAL) * DAY


@dataclass
class Opening:
    """The hours, absences, closures and public holidays of some resources over some days."""

    clock: WallClock
    hours: Mapping[tuple[int, int], list[Hours]]  # by resource and weekday
    away: Mapping[int | None, list[Span]]  # wall-clock minutes; None: the whole clinic
    holidays: Mapping[dt.date, str]
    _open: dict[tuple[int, int], list[Span]] = field(default_factory=dict)

    @classmethod
    def of(cls, horizon: Horizon, resources: Iterable[int]) -> "Opening":
        """Two queries, however many resources and days."""
        clock = WallClock(horizon.clinic)
        return cls(
            clock,
            _hours(list(resources)),
            _away(horizon, clock),
            holiday_names(horizon.clinic.holiday_region, horizon.first, horizon.last),
        )

    def open_on(self, resource: int, day: int) -> list[Span]:
        """Open spans of a date, in wall-clock minutes since 1970; `day` is counted from there."""
        found = self._open.get((resource, day))
        if found is None:
            found = self._open[resource, day] = self._work_out(resource, day)
        return found

    def _work_out(self, resource: int, day: int) -> list[Span]:
        ordinal, base = EPOCH_ORDINAL + day, day * DAY
        date = dt.date.fromordinal(ordinal)
        if date in self.holidays:
            return []
        spans = [
            (base + part.from_minute, base + part.to_minute)
            for part in self.hours.get((resource, date.weekday()), ())
            if part.in_force(ordinal)
        ]
        away = (*self.away.get(resource, ()), *self.away.get(None, ()))
        near = [span for span in away if span[0] < base + DAY and base < span[1]]
        return without(joined(spans), near)

    def closed_on(self, resource: int, day: int) -> list[Span]:
        return without([(day * DAY, (day + 1) * DAY)], self.open_on(resource, day))

    def covers(self, resource: int, start: int, end: int) -> bool:
        """Whether a hold (UTC minutes) lies wholly in open time."""
        begin, after = self.clock.span(start, end)
        day = begin // DAY
        for first, last in self.open_on(resource, day):
            if first <= begin and after <= last:
                return True
        return after > (day + 1) * DAY and self._covers_midnight(resource, begin, after)

    def _covers_midnight(self, resource: int, begin: int, after: int) -> bool:
        days = range(begin // DAY, (after - 1) // DAY + 1)
        spans = joined([span for day in days for span in self.open_on(resource, day)])
        return any(first <= begin and after <= last for first, last in spans)


def _hours(resources: list[int]) -> dict[tuple[int, int], list[Hours]]:
    rows = WorkingHours.objects.filter(resource__in=resources).order_by()
    hours: dict[tuple[int, int], list[Hours]] = defaultdict(list)
    for resource, *row in rows.values_list("resource_id", *HOURS):
        part = Hours(*row)
        hours[resource, part.weekday].append(part)
    return hours


def _away(horizon: Horizon, clock: WallClock) -> dict[int | None, list[Span]]:
    away: dict[int | None, list[Span]] = defaultdict(list)
    for resource, starts_at, ends_at in absences(horizon):
        away[resource].append(clock.span(to_minute(starts_at), to_minute_up(ends_at)))
    return away


def joined(spans: Iterable[Span]) -> list[Span]:
    """In order, those that touch or overlap made one."""
    result: list[Span] = []
    for begin, end in sorted(spans):
        if result and begin <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((begin, end))
    return result


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """What is left of spans when others are taken away."""
    left = list(spans)
    for first, last in taken:
        left = [
            part
            for begin, end in left
            for part in ((begin, min(end, first)), (max(begin, last), end))
            if part[0] < part[1]
        ]
    return left
