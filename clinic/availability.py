"""Database to planning calendars: three queries whatever the horizon, one more for a patient.

Holds come as integers and go straight into bit masks; no datetime is made of them in between.
"""

import datetime as dt
import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

import holidays
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Q, QuerySet

from clinic.models import LONGEST_HOLD, OCCUPYING, Absence, Appointment, Clinic, Hold, Resource
from clinic.moments import day_bounds, midnight, to_minute, to_minute_up
from patients.models import Patient
from protocols import planning
from protocols.models import ResourceKind

# The patient is one more thing that a visit needs and that cannot be in two places.
PATIENT = "patient"
ALL_DAY = tuple(planning.Hours(weekday, 0, 1440) for weekday in range(7))

Spans = list[tuple[int, int]]  # half-open, minutes since 1970 UTC
Away = tuple[int | None, dt.datetime, dt.datetime]  # resource (None: the clinic), from, until
HOURS = ("weekday", "from_minute", "to_minute", "valid_from", "valid_until")


@dataclass(frozen=True)
class Availability:
    """Calendars of one clinic's resources over a range of days, ready for the planner.

    `resources` are in the order in which the planner prefers them; `by_id` finds the model row of
    the planner's id (its public id).
    """

    clinic: Clinic
    frame: planning.Frame
    resources: tuple[planning.Resource, ...]
    by_id: dict[str, Resource]
    closed_on: frozenset[dt.date]

    def problem(
        self, steps: tuple[planning.Step, ...], start_on: dt.date, **wishes: object
    ) -> planning.Problem:
        """A planning problem over these calendars."""
        return planning.Problem(
            frame=self.frame,
            start_on=start_on,
            steps=steps,
            resources=self.resources,
            grid_minutes=self.clinic.grid_minutes,
            closed_on=self.closed_on,
            **wishes,  # type: ignore[arg-type]
        )


@dataclass(frozen=True)
class Horizon:
    """The local days `first` to `last`, both included, of one clinic."""

    clinic: Clinic
    first: dt.date
    last: dt.date

    @property
    def days(self) -> list[dt.date]:
        return [self.first + dt.timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    @cached_property
    def instants(self) -> tuple[dt.datetime, dt.datetime]:
        return midnight(self.first, self.clinic.zone), day_bounds(self.last, self.clinic.zone)[1]

    @property
    def minutes(self) -> tuple[int, int]:
        start, end = self.instants
        return to_minute(start), to_minute(end)


def calendars(
    horizon: Horizon,
    steps: Sequence[planning.Step],
    *,
    qualifications: Iterable[str] = (),
    only: Iterable[Resource] = (),
    among: Collection[int] = (),
    patient: Patient | None = None,
    not_before: dt.date | None = None,
    now: dt.datetime | None = None,
    ignoring: Appointment | None = None,
) -> Availability:
    """The calendars that these steps need.

    `qualifications`: practitioners must have one of them (none named: any practitioner).
    `only`: of the kinds of these resources, these alone. `among`: nothing but these (primary keys),
    when what is wanted is known already. `patient` adds the patient's own day, which is also taken
    until `now` and until the day `not_before`. `ignoring`: an appointment whose holds count as free
    (it is being moved).
    """
    kinds = {kind for step in steps for kind in step.kinds} - {PATIENT}
    rows = _resources(horizon.clinic, kinds, set(qualifications), _only(list(only), among))
    frame = planning.Frame(
        horizon.clinic.zone, horizon.first, horizon.last, unit(steps, horizon.clinic.grid_minutes)
    )
    away = absences(horizon)
    busy = _busy(horizon, [row.pk for row, _hours in rows], away, ignoring)
    resources = [
        planning.Resource(row.public_id, row.kind.code, frame.calendar(hours, busy[row.pk]))
        for row, hours in rows
    ]
    if patient is not None:
        past = _no_longer_or_not_yet(horizon, not_before, now)
        resources.append(_patient_calendar(frame, horizon, patient, past, ignoring))
    return Availability(
        clinic=horizon.clinic,
        frame=frame,
        resources=tuple(resources),
        by_id={row.public_id: row for row, _hours in rows},
        closed_on=closed_dates(horizon, away),
    )


def with_patient(steps: Sequence[planning.Step]) -> tuple[planning.Step, ...]:
    """The same steps, with the patient needed from the first minute to the last."""
    return tuple(
        planning.Step(
            step.phase,
            step.gap,
            tuple(planning.Segment(s.minutes, (*s.needs, PATIENT)) for s in step.segments),
        )
        for step in steps
    )


def unit(steps: Sequence[planning.Step], grid_minutes: int) -> int:
    """Minutes of one bit: every start and every boundary between segments falls on one."""
    minutes = (segment.minutes for step in steps for segment in step.segments)
    return math.gcd(grid_minutes, 15, *minutes)


def _resources(
    clinic: Clinic, kinds: set[str], qualifications: set[str], only: Q
) -> list[tuple[Resource, list[planning.Hours]]]:
    """Active resources of these kinds, each with its hours. One query: the hours are joined."""
    chosen = Q(kind__code__in=kinds, is_active=True) & only
    if qualifications:
        chosen &= ~Q(kind__category="practitioner") | Q(qualification__in=qualifications)
    rows = _with_hours().filter(chosen, clinic=clinic)
    return [_with_its_hours(list(group)) for _pk, group in groupby(rows, key=itemgetter(0))]


RESOURCE, KIND = (
    [field.attname for field in model._meta.concrete_fields] for model in (Resource, ResourceKind)
)


@cache
def _with_hours() -> QuerySet[Resource, tuple[Any, ...]]:
    """Each resource and its kind, as often as it has hours: raw columns, its key the first.

    Made once: to name its columns takes as long as to read them.
    """
    kind, hours = (f"kind__{name}" for name in KIND), (f"hours__{name}" for name in HOURS)
    in_order = Resource.objects.order_by("kind__position", "position", "name", "id")
    return in_order.values_list(*RESOURCE, *kind, *hours)


def _with_its_hours(rows: list[tuple[Any, ...]]) -> tuple[Resource, list[planning.Hours]]:
    """One resource from its rows; without hours, it has one row of nothing."""
    after, end = len(RESOURCE), len(RESOURCE) + len(KIND)
    resource = Resource.from_db(DEFAULT_DB_ALIAS, RESOURCE, rows[0][:after])
    resource.kind = ResourceKind.from_db(DEFAULT_DB_ALIAS, KIND, rows[0][after:end])
    return resource, [planning.Hours(*row[end:]) for row in rows if row[end] is not None]


def _only(resources: list[Resource], among: Collection[int]) -> Q:
    """Of the kinds of these resources, these alone; and nothing but what is `among`."""
    chosen = Q(pk__in=among) if among else Q()
    for kind in {resource.kind_id for resource in resources}:
        allowed = [resource.pk for resource in resources if resource.kind_id == kind]
        chosen &= ~Q(kind=kind) | Q(pk__in=allowed)
    return chosen


def absences(horizon: Horizon) -> list[Away]:
    """Every absence and closure in the range. One query."""
    start, end = horizon.instants
    return list(
        Absence.objects.filter(clinic=horizon.clinic, starts_at__lt=end, ends_at__gt=start)
        .order_by()
        .values_list("resource_id", "starts_at", "ends_at")
    )


def active_holds(horizon: Horizon) -> QuerySet[Hold]:
    """Active holds in the range.

    No hold is longer than `LONGEST_HOLD`: the lower bound on `starts` lets the index skip all that
    is past, so that years of history cost nothing.
    """
    first, last = horizon.minutes
    return Hold.objects.filter(
        active=True, starts__gte=first - LONGEST_HOLD, starts__lt=last, ends__gt=first
    ).order_by()


def _busy(
    horizon: Horizon,
    resources: list[int],
    away: Iterable[Away],
    ignoring: Appointment | None,
) -> dict[int, Spans]:
    """What each resource is taken by: its holds, its absences, and the clinic's."""
    busy: dict[int, Spans] = {resource: [] for resource in resources}
    holds = active_holds(horizon).filter(resource__in=resources)
    if ignoring is not None:
        holds = holds.exclude(appointment=ignoring)
    in_order = holds.order_by("resource_id", "starts").values_list("resource_id", "starts", "ends")
    for resource, start, end in _joined(in_order):
        busy[resource].append((start, end))
    for absent, starts_at, ends_at in away:
        span = (to_minute(starts_at), to_minute_up(ends_at))
        for resource in resources if absent is None else busy.keys() & {absent}:
            busy[resource].append(span)
    return busy


def _joined(holds: Iterable[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """Holds in order, those of one resource that touch made one: a full day is a few spans."""
    owner = first = until = 0  # no row has key 0
    for resource, start, end in holds:
        if start != until or resource != owner:
            if owner:
                yield owner, first, until
            owner, first = resource, start
        until = end
    if owner:
        yield owner, first, until


def _no_longer_or_not_yet(
    horizon: Horizon, not_before: dt.date | None, now: dt.datetime | None
) -> dt.datetime:
    """Until when nothing can be: it is past, or a date that holds has not come."""
    held = midnight(not_before, horizon.clinic.zone) if not_before else None
    return max(filter(None, (now, held)), default=horizon.instants[0])


def _patient_calendar(
    frame: planning.Frame,
    horizon: Horizon,
    patient: Patient,
    until: dt.datetime,
    ignoring: Appointment | None,
) -> planning.Resource:
    """The patient's day: free from `until` on, but for their own appointments at any clinic."""
    start, end = horizon.instants
    own = Appointment.objects.filter(
        patient=patient, status__in=OCCUPYING, starts_at__lt=end, ends_at__gt=start
    )
    if ignoring is not None:
        own = own.exclude(pk=ignoring.pk)
    busy = [(to_minute(s), to_minute_up(e)) for s, e in own.values_list("starts_at", "ends_at")]
    if until > start:
        busy.append((to_minute(start), to_minute_up(until)))
    return planning.Resource(PATIENT, PATIENT, frame.calendar(ALL_DAY, busy))


def closed_dates(horizon: Horizon, away: Iterable[Away] = ()) -> frozenset[dt.date]:
    """Public holidays, and the days that lie wholly inside a closure of the clinic."""
    closures = [(start, end) for resource, start, end in away if resource is None]
    days = horizon.days if closures else []
    return public_holidays(horizon) | frozenset(
        day
        for day in days
        if any(
            start <= begins and ends <= end
            for start, end in closures
            for begins, ends in [day_bounds(day, horizon.clinic.zone)]
        )
    )


def public_holidays(horizon: Horizon) -> frozenset[dt.date]:
    return frozenset(holiday_names(horizon.clinic.holiday_region, horizon.first, horizon.last))


def holiday_names(region: str, first: dt.date, last: dt.date) -> dict[dt.date, str]:
    """Public holidays of a region (`HolidayRegion`) by date, with their French names."""
    if not region:
        return {}
    years = range(first.year, last.year + 1)
    named = (item for year in years for item in _holidays_of(region, year))
    return {day: name for day, name in named if first <= day <= last}


@lru_cache(maxsize=256)
def _holidays_of(region: str, year: int) -> tuple[tuple[dt.date, str], ...]:
    country, _dash, subdivision = region.partition("-")
    found = holidays.country_holidays(
        country, subdiv=subdivision or None, years=year, language="fr"
    )
    return tuple(sorted(found.items()))
