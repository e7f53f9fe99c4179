"""Booked sessions that the session before left behind: it was done on another day than planned."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

from clinic import attempts
from clinic.models import Appointment, Clinic
from patients.models import TreatmentSession
from patients.series import Due

Booked = TreatmentSession.Status.SCHEDULED


def out_of_window(series: Iterable[int]) -> tuple[Due, ...]:
    """Of these series (ids), each booked session whose day is not allowed after the one before.

    Three queries, however many series. `Due.window` is where the session should be.
    """
    sessions = (
        TreatmentSession.objects.filter(series__in=list(series))
        .exclude(status=TreatmentSession.Status.CANCELLED)
        .select_related("step", "series")
        .prefetch_related("appointments__clinic")
        .order_by("series_id", "number")
    )
    by_series = groupby(sessions, key=lambda session: session.series_id)
    return tuple(due for _series, each in by_series for due in _astray(list(each)))


def astray_at(clinic: Clinic, *, now: dt.datetime) -> tuple[Due, ...]:
    """All of them among the series with a visit to come at this clinic: the desk's list."""
    coming = Appointment.objects.filter(
        clinic=clinic, status=Appointment.Status.BOOKED, starts_at__gt=now, session__isnull=False
    )
    return out_of_window(coming.order_by().values_list("session__series", flat=True).distinct())


def _astray(sessions: Sequence[TreatmentSession]) -> Iterator[Due]:
    """Of one series, in order. Only a neighbour that has a day counts, as in `rules_for`."""
    dates = attempts.dates(sessions)
    known = {session.number: session.done_on or dates.get(session.number) for session in sessions}
    befores = [
        sessions[0].series.previous_on,
        *(known[s.number] for s, _next in pairwise(sessions)),
    ]
    for session, before in zip(sessions, befores, strict=True):
        on, gap = known[session.number], session.step.gap
        if session.status == Booked and on and before and gap and not gap.allows(before, on):
            yield Due(session, on, gap.window(before))
