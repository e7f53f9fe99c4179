"""Sessions booked ahead that left their window, because the one before took place on another day.

A session is booked inside its window; the window moves with the day on which the session before it
is really done. Nothing is moved by itself: the desk sees it among those to move.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from django.db.models import OuterRef, Subquery

from clinic.models import OCCUPYING, Appointment, Clinic
from clinic.pages.calls import gap_of
from patients.models import Series, TreatmentSession
from protocols.planning import Window


class Dated(NamedTuple):
    """A session of a series and the day it has, in order of number."""

    series: int
    gaps: tuple[str | None, str | None, str | None]
    previous_on: dt.date | None  # of the series, done elsewhere
    on: dt.date | None
    ahead: int | None  # its appointment, where that is booked ahead at the clinic asked for


def outside(clinic: Clinic, *, now: dt.datetime) -> dict[int, Window]:
    """By appointment, the window it is not in. One query.

    Only running series with a visit booked ahead at this clinic are looked at.
    """
    rows = list(_dated(clinic, now=now))
    found: dict[int, Window] = {}
    for _series, sessions in groupby(rows, key=lambda row: row.series):
        found.update(_outside(sessions))
    return found


def _outside(sessions: Iterable[Dated]) -> Iterator[tuple[int, Window]]:
    previous: dt.date | None = None
    for session in sessions:
        previous = previous or session.previous_on
        gap = gap_of(*session.gaps)
        window = gap.window(previous) if gap and previous else None
        if window and session.ahead and session.on and session.on not in window:
            yield session.ahead, window
        previous = session.on or previous


def _dated(clinic: Clinic, *, now: dt.datetime) -> Iterator[Dated]:
    ahead = Appointment.objects.filter(
        clinic=clinic, status=Appointment.Status.BOOKED, starts_at__gt=now, session__isnull=False
    )
    standing = Appointment.objects.filter(session=OuterRef("pk"), status__in=OCCUPYING)
    rows = (
        TreatmentSession.objects.filter(
            series__status__in=Series.OPEN, series__in=ahead.order_by().values("session__series")
        )
        .exclude(status=TreatmentSession.Status.CANCELLED)
        .annotate(
            starts_at=Subquery(standing.values("starts_at")[:1]),
            ahead=Subquery(ahead.filter(session=OuterRef("pk")).values("pk")[:1]),
        )
        .order_by("series", "number")
        .values_list(
            "series",
            "step__gap_min",
            "step__gap_ideal",
            "step__gap_max",
            "series__previous_on",
            "done_on",
            "starts_at",
            "ahead",
        )
    )
    for series, least, ideal, most, previous_on, done_on, starts_at, pk in rows:
        booked = starts_at.astimezone(clinic.zone).date() if starts_at else None
        yield Dated(series, (least, ideal, most), previous_on, done_on or booked, pk)
