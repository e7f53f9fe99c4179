"""The sites' calendars in memory, booked one visit after the other without asking the database."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from clinic.availability import (
    ALL_DAY,
    HOURS,
    PATIENT,
    Availability,
    Horizon,
    absences,
    closed_dates,
)
from clinic.booking.asks import Place
from clinic.booking.places import place_of
from clinic.models import Clinic, Resource
from clinic.moments import to_minute, to_minute_up
from patients.models import Patient
from protocols import planning

UNIT = 5  # minutes: every segment of the shipped protocols is a multiple

FIRST_WITHIN_DAYS = 12


class Diary:
    """One resource: the cells in which it works, and those still free."""

    def __init__(
        self, row: Resource, frame: planning.Frame, away: Iterable[tuple[int, int]]
    ) -> None:
        hours = [planning.Hours(*(getattr(h, name) for name in HOURS)) for h in row.hours.all()]
        calendar = frame.calendar(hours, away)
        self.row, self.hours = row, calendar.hours
        self.free = bytearray(calendar.free)
        self.at_first = calendar.free
        self._planned: planning.Resource | None = None

    def paint(self, first: int, after: int, *, is_free: bool) -> None:
        self.free[first:after] = (b"1" if is_free else b"0") * (after - first)
        self._planned = None

    def as_planned(self) -> planning.Resource:
        if self._planned is None:
            calendar = planning.Calendar(self.hours, bytes(self.free), int(self.free, 2))
            self._planned = planning.Resource(self.row.public_id, self.row.kind.code, calendar)
        return self._planned


class Busy(dict[str, set[tuple[int, int]]]):
    """When each patient is somewhere already, at any site: by public id, in minutes."""

    def __missing__(self, patient: str) -> set[tuple[int, int]]:
        self[patient] = set()
        return self[patient]


@dataclass
class Site:
    """One clinic over the days of the demonstration."""

    clinic: Clinic
    frame: planning.Frame
    diaries: list[Diary]
    closed_on: frozenset[dt.date]
    busy: Busy
    by_id: dict[str, Resource] = field(init=False)

    def __post_init__(self) -> None:
        self.by_id = {diary.row.public_id: diary.row for diary in self.diaries}
        self._by_pk = {diary.row.pk: diary for diary in self.diaries}

    @classmethod
    def of(cls, clinic: Clinic, first: dt.date, last: dt.date, busy: Busy) -> "Site":
        horizon = Horizon(clinic, first, last)
        frame = planning.Frame(clinic.zone, first, last, UNIT)
        away = absences(horizon)
        spans: dict[int | None, list[tuple[int, int]]] = defaultdict(list)
        for resource, starts_at, ends_at in away:
            spans[resource].append((to_minute(starts_at), to_minute_up(ends_at)))
        rows = clinic.resources.select_related("kind").prefetch_related("hours")
        diaries = [Diary(row, frame, [*spans[None], *spans[row.pk]]) for row in rows]
        return cls(clinic, frame, diaries, closed_dates(horizon, away), busy)

    def staff(self, qualifications: Collection[str]) -> list[Resource]:
        return [
            diary.row
            for diary in self.diaries
            if diary.row.is_practitioner and diary.row.qualification in qualifications
        ]

    def places(
        self,
        steps: Sequence[planning.Step],
        start_on: dt.date,
        *,
        patient: Patient,
        staff: Sequence[Resource],
        from_minute: int,
        previous_on: dt.date | None = None,
    ) -> list[Place]:
        """The best places for these visits, of these practitioners; fewer where not all fit.

        Not before `from_minute` of the day, unless they fit only so: people differ in their hours.
        """
        steps = list(self._due_in_time(steps, start_on, previous_on))
        if not steps:
            return []
        availability = self._availability(patient, staff)
        problem = availability.problem(
            tuple(steps),
            max(start_on, self.frame.first),
            until=self.frame.last,
            previous_on=previous_on,
            first_within_days=FIRST_WITHIN_DAYS,
            require=planning.Wishes(from_minute=from_minute),
        )
        plan = planning.solve(problem, alternatives=False)
        if not plan.sessions:
            plan = planning.solve(replace(problem, require=None), alternatives=False)
        return [
            place_of(step, session.starts_at, session.resources, availability)
            for step, session in zip(steps, plan.sessions, strict=False)
        ]

    def _due_in_time(
        self, steps: Sequence[planning.Step], start_on: dt.date, previous_on: dt.date | None
    ) -> Iterator[planning.Step]:
        """Those due before the demonstration's days end: the last ones would crowd there."""
        due = start_on
        for number, step in enumerate(steps):
            before = due if number else previous_on
            if before and step.gap:
                due = step.gap.ideal.after(before)
            if max(due, start_on) > self.frame.last:
                return
            yield step

    def _availability(self, patient: Patient, staff: Sequence[Resource]) -> Availability:
        chosen = {row.pk for row in staff}
        resources = [
            diary.as_planned()
            for diary in self.diaries
            if not diary.row.is_practitioner or diary.row.pk in chosen
        ]
        own = self.frame.calendar(ALL_DAY, self.busy[patient.public_id])
        resources.append(planning.Resource(PATIENT, PATIENT, own))
        return Availability(self.clinic, self.frame, tuple(resources), self.by_id, self.closed_on)

    def take(self, place: Place, patient: Patient) -> None:
        self._paint(place, is_free=False)
        self.busy[patient.public_id].add((to_minute(place.starts_at), to_minute(place.ends_at)))

    def let_go(self, place: Place, patient: Patient) -> None:
        self._paint(place, is_free=True)
        self.busy[patient.public_id].discard((to_minute(place.starts_at), to_minute(place.ends_at)))

    def _paint(self, place: Place, *, is_free: bool) -> None:
        for resource, start, end in place.holds:
            cells = self.frame.cell_at(start * 60), self.frame.cell_at(end * 60)
            self._by_pk[resource.pk].paint(*cells, is_free=is_free)

    def load(self, first: dt.date, last: dt.date, staff: Sequence[Resource]) -> float:
        """How much of these people's hours on these days is taken. 1.0 where they have none."""
        days = [self.frame.day(n) for n in range(first.toordinal(), last.toordinal() + 1)]
        hours = free = 0
        for diary in (self._by_pk[row.pk] for row in staff):
            for day in days:
                hours += diary.at_first.count(b"1", day.base, day.base + day.cells)
                free += diary.free.count(b"1", day.base, day.base + day.cells)
        return 1 - free / hours if hours else 1.0
