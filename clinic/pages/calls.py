"""Whom the desk should call: missed visits, and sessions whose window is open or past.

- A session to book of a running series, the first one that has no place: when its last attempt was
  a no-show, or when its window has opened. The window counts from the session before, done or
  booked; a first session may be booked from the day the series was opened.
- A single visit that was missed in the last 30 days, when the patient has no later appointment.

A series belongs to the organisation; its calls belong to the clinic of its last appointment.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.care.spacing import gap_of
from clinic.models import OCCUPYING, Appointment, Clinic
from patients.models import Patient, Series, TreatmentSession
from protocols.planning import Window

REMEMBERED = dt.timedelta(days=30)
NO_SHOW = Appointment.Status.NOSHOW


@dataclass(frozen=True)
class Call:
    """One patient to call, why, and where the answer is written down."""

    patient: Patient
    what: str
    missed_on: dt.date | None
    window: Window | None
    address: str

    def is_past(self, *, today: dt.date) -> bool:
        return self.window is not None and self.window.closes < today

    @property
    def urgency(self) -> tuple[bool, dt.date]:
        """Missed visits first, then by the day the window closes."""
        last = self.window.closes if self.window else dt.date.max
        return self.missed_on is None, self.missed_on or last


def to_call(clinic: Clinic, *, now: dt.datetime) -> list[Call]:
    """Three queries."""
    calls = [*_sessions(clinic, now=now), *_missed_visits(clinic, now=now)]
    return sorted(calls, key=lambda call: call.urgency)


class Waiting(NamedTuple):
    """A session to book, and the dates that say whether to call. No model: most of them wait."""

    pk: int
    gaps: tuple[str | None, str | None, str | None]
    opened_at: dt.datetime
    previous_on: dt.date | None  # done elsewhere
    before_done_on: dt.date | None
    before_starts_at: dt.datetime | None
    last_status: str
    last_starts_at: dt.datetime

    def missed_on(self, clinic: Clinic) -> dt.date | None:
        missed = self.last_status == NO_SHOW
        return self.last_starts_at.astimezone(clinic.zone).date() if missed else None

    def window(self, clinic: Clinic) -> Window | None:
        before = self.before_starts_at
        booked = before.astimezone(clinic.zone).date() if before else None
        dates = [on for on in (booked, self.before_done_on) if on]
        previous = max(dates, default=self.previous_on)
        gap = gap_of(*self.gaps)
        return gap.window(previous) if gap and previous else None

    def is_due(self, clinic: Clinic, *, now: dt.datetime) -> bool:
        if self.last_status == NO_SHOW:
            return True
        window = self.window(clinic)
        opens = window.opens if window else self.opened_at.astimezone(clinic.zone).date()
        return opens <= clinic.today(now=now)


def _sessions(clinic: Clinic, *, now: dt.datetime) -> list[Call]:
    waiting = {row.pk: row for row in _waiting(clinic) if row.is_due(clinic, now=now)}
    sessions = TreatmentSession.objects.filter(pk__in=waiting).select_related(
        "series__patient", "series__protocol"
    )
    return [_call_about(session, waiting[session.pk], clinic) for session in sessions]


def _waiting(clinic: Clinic) -> Iterator[Waiting]:
    rows = _to_book(clinic).values_list(
        "pk",
        "step__gap_min",
        "step__gap_ideal",
        "step__gap_max",
        "series__opened_at",
        "series__previous_on",
        "before_done_on",
        "before_starts_at",
        "last_status",
        "last_starts_at",
    )
    for pk, least, ideal, most, *dates in rows:
        yield Waiting(pk, (least, ideal, most), *dates)


def _to_book(clinic: Clinic) -> QuerySet[Any]:
    """The first session without a place of each running series, and what its window counts from."""
    unplaced = TreatmentSession.objects.filter(
        status=TreatmentSession.Status.NOT_STARTED, series__status=Series.Status.ACTIVE
    )
    earlier = unplaced.filter(series=OuterRef("series"), number__lt=OuterRef("number"))
    of_series = Appointment.objects.filter(session__series=OuterRef("series")).order_by("-pk")
    before = TreatmentSession.objects.filter(
        series=OuterRef("series"), number__lt=OuterRef("number")
    ).order_by("-number")
    place = Appointment.objects.filter(
        session__series=OuterRef("series"),
        session__number__lt=OuterRef("number"),
        status__in=OCCUPYING,
    ).order_by("-session__number")
    own = Appointment.objects.filter(session=OuterRef("pk")).order_by("-pk")
    return (
        unplaced.filter(~Exists(earlier))
        .annotate(last_clinic=Subquery(of_series.values("clinic")[:1]))
        .filter(last_clinic=clinic.pk)
        .annotate(
            before_done_on=Subquery(before.values("done_on")[:1]),
            before_starts_at=Subquery(place.values("starts_at")[:1]),
            last_status=Subquery(own.values("status")[:1]),
            last_starts_at=Subquery(own.values("starts_at")[:1]),
        )
    )


def _call_about(session: TreatmentSession, waiting: Waiting, clinic: Clinic) -> Call:
    series = session.series
    what = _("%(protocol)s, session %(number)s") % {
        "protocol": series.protocol.name,
        "number": session.number,
    }
    address = reverse("session_book", args=[series.public_id, session.number])
    missed_on, window = waiting.missed_on(clinic), waiting.window(clinic)
    return Call(series.patient, what, missed_on, window, address)


def _missed_visits(clinic: Clinic, *, now: dt.datetime) -> list[Call]:
    later = Appointment.objects.filter(
        patient=OuterRef("patient"), starts_at__gt=OuterRef("starts_at")
    ).filter(Q(status__in=OCCUPYING) | Q(status=NO_SHOW, visit_type=OuterRef("visit_type")))
    missed = (
        Appointment.objects.filter(clinic=clinic, status=NO_SHOW, visit_type__isnull=False)
        .filter(starts_at__gt=now - REMEMBERED, starts_at__lte=now)
        .exclude(Exists(later))
        .select_related("patient", "visit_type")
    )
    return [_call_after(visit, clinic) for visit in missed]


def _call_after(visit: Appointment, clinic: Clinic) -> Call:
    address = reverse("visit_new", query={"patient": visit.patient.public_id})
    on = visit.starts_at.astimezone(clinic.zone).date()
    return Call(visit.patient, visit.visit_type.name, on, None, address)  # type: ignore[union-attr]
