"""Booked sessions that left their window, because the one before took place on another day.

A session is booked inside its window; the window moves with the day on which the session before it
is really done. Nothing is moved by itself: whoever signs is told, and the desk sees it.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery

from clinic.models import OCCUPYING, Appointment, Clinic
from patients.models import Series, TreatmentSession
from protocols.planning import Duration, Gap, Window
from protocols.planning.zones import load_zone


class Dated(NamedTuple):
    """A session of a series and the day it has, in order of number."""

    series: int
    gap: Gap | None
    previous_on: dt.date | None  # of the series, done elsewhere
    on: dt.date | None
    appointment: int | None  # where it is one of those that are asked about


def left_behind(ahead: QuerySet[Appointment]) -> dict[int, Window]:
    """Of these appointments, those outside their window, each with that window. One query.

    A session without a day is passed over: what follows it counts from the last day there is.
    """
    found: dict[int, Window] = {}
    for _series, sessions in groupby(_dated(ahead), key=lambda session: session.series):
        found.update(_outside(sessions))
    return found


def left_behind_at(clinic: Clinic, *, now: dt.datetime) -> dict[int, Window]:
    """All that stand ahead at this clinic: the desk's list."""
    return left_behind(
        Appointment.objects.filter(
            clinic=clinic, status=Appointment.Status.BOOKED, starts_at__gt=now
        )
    )


def _outside(sessions: Iterable[Dated]) -> Iterator[tuple[int, Window]]:
    previous: dt.date | None = None
    for session in sessions:
        previous = previous or session.previous_on
        window = session.gap.window(previous) if session.gap and previous else None
        if window and session.appointment and session.on and session.on not in window:
            yield session.appointment, window
        previous = session.on or previous


def _dated(ahead: QuerySet[Appointment]) -> Iterator[Dated]:
    of_sessions = ahead.filter(session__isnull=False).order_by()
    standing = Appointment.objects.filter(session=OuterRef("pk"), status__in=OCCUPYING)
    rows = (
        TreatmentSession.objects.filter(
            series__status__in=Series.OPEN, series__in=of_sessions.values("session__series")
        )
        .exclude(status=TreatmentSession.Status.CANCELLED)
        .annotate(
            starts_at=Subquery(standing.values("starts_at")[:1]),
            zone=Subquery(standing.values("clinic__timezone")[:1]),
            asked=Subquery(of_sessions.filter(session=OuterRef("pk")).values("pk")[:1]),
        )
        .order_by("series", "number")
        .values_list(
            "series", "series__previous_on", "done_on", "starts_at", "zone", "asked",
            "step__gap_min", "step__gap_ideal", "step__gap_max",
        )
    )  # fmt: skip
    for series, previous_on, done_on, starts_at, zone, asked, *texts in rows:
        booked = starts_at.astimezone(load_zone(zone)).date() if starts_at else None
        yield Dated(series, gap_of(*texts), previous_on, done_on or booked, asked)


@lru_cache(maxsize=512)
def gap_of(*texts: str | None) -> Gap | None:
    """The gap that these three texts write down; None for a first step."""
    parsed = [Duration.parse(text) for text in texts if text]
    return Gap(*parsed) if len(parsed) == len(texts) else None
