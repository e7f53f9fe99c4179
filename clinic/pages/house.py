"""The clinic as it stands: who and what works when, who will be away, and when nobody works."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from clinic import wording
from clinic.availability import holiday_names
from clinic.models import Absence, Clinic, Resource, WorkingHours

AWAY_AHEAD = dt.timedelta(days=183)
TO_BOOK = ("practitioner", "room")  # what every clinic begins with
HOLIDAYS_AHEAD = dt.timedelta(days=365)


@dataclass(frozen=True)
class Season:
    """The week of one resource over the dates on which it holds; `days` has its seven days."""

    valid_from: dt.date | None
    valid_until: dt.date | None
    days: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Away:
    """An absence or closure, and when it is in the clinic's time, in words."""

    absence: Absence
    when: str


@dataclass(frozen=True)
class House:
    """`resources` with their weeks in force or to come; what is ahead in time, soonest first."""

    resources: list[tuple[Resource, list[Season]]]
    absences: list[Away]
    holidays: list[tuple[dt.date, str]]


def house(clinic: Clinic, *, now: dt.datetime) -> House:
    """Three queries, however much there is."""
    today = clinic.today(now=now)
    resources = (
        Resource.objects.filter(clinic=clinic, is_active=True)
        .select_related("kind")
        .prefetch_related("hours")
        .order_by("kind__position", "position", "name")
    )
    absences = Absence.objects.filter(
        clinic=clinic, ends_at__gt=now, starts_at__lt=now + AWAY_AHEAD
    ).select_related("resource")
    holidays = holiday_names(clinic.holiday_region, today, today + HOLIDAYS_AHEAD)
    return House(
        resources=[(row, seasons(row.hours.all(), today)) for row in resources],
        absences=[Away(absence, when(absence, clinic)) for absence in absences],
        holidays=sorted(holidays.items()),
    )


def when(absence: Absence, clinic: Clinic) -> str:
    starts, ends = (at.astimezone(clinic.zone) for at in (absence.starts_at, absence.ends_at))
    return wording.stretch(starts, ends)


def is_unfurnished(clinic: Clinic) -> bool:
    """Whether there is no practitioner or no room yet, so that nothing can be booked. One query."""
    rows = clinic.resources.order_by().filter(is_active=True, kind__category__in=TO_BOOK)
    return len(rows.values_list("kind__category").distinct()) < len(TO_BOOK)


def seasons(hours: Iterable[WorkingHours], today: dt.date) -> list[Season]:
    """Weeks that hold today or will; spans of one period make one week."""
    still = [span for span in hours if span.valid_until is None or span.valid_until > today]
    still.sort(key=_period)
    return [_season(list(spans)) for _key, spans in groupby(still, key=_period)]


def _period(span: WorkingHours) -> tuple[dt.date, dt.date]:
    return span.valid_from or dt.date.min, span.valid_until or dt.date.max


def _season(spans: list[WorkingHours]) -> Season:
    days = tuple(
        tuple(
            span.span
            for span in sorted(spans, key=lambda span: span.from_minute)
            if span.weekday == weekday
        )
        for weekday in range(7)
    )
    return Season(spans[0].valid_from, spans[0].valid_until, days)
