"""Whom the desk should call: missed visits, and sessions whose window is open or past.

- A session to book of a running series, the first one that has no place: when its last attempt was
  a no-show, or when its window has opened. The window counts from the session before, done or
  booked; a first session may be booked from the day the series was opened.
- A single visit that was missed in the last 30 days, when the patient has no later appointment.

A series belongs to the organisation; its calls belong to the clinic of its last appointment.
"""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

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
    """Two queries."""
    calls = [*_sessions(clinic, now=now), *_missed_visits(clinic, now=now)]
    return sorted(calls, key=lambda call: call.urgency)


def _sessions(clinic: Clinic, *, now: dt.datetime) -> list[Call]:
    today = clinic.today(now=now)
    found = []
    for session in _to_book(clinic):
        window = _window(session, clinic)
        missed = session.last_status == NO_SHOW  # type: ignore[attr-defined]
        if missed or (window.opens if window else session.series.opened_at.date()) <= today:
            found.append(_call_about(session, window, clinic))
    return found


def _to_book(clinic: Clinic) -> QuerySet[TreatmentSession]:
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
        .select_related("series__patient", "series__protocol", "step")
    )


def _window(session: TreatmentSession, clinic: Clinic) -> Window | None:
    previous = session.before_done_on or session.series.previous_on  # type: ignore[attr-defined]
    if session.before_starts_at:  # type: ignore[attr-defined]
        previous = session.before_starts_at.astimezone(clinic.zone).date()  # type: ignore[attr-defined]
    gap = session.step.gap
    return gap.window(previous) if gap and previous else None


def _call_about(session: TreatmentSession, window: Window | None, clinic: Clinic) -> Call:
    missed = None
    if session.last_status == NO_SHOW:  # type: ignore[attr-defined]
        missed = session.last_starts_at.astimezone(clinic.zone).date()  # type: ignore[attr-defined]
    series = session.series
    what = _("%(protocol)s, session %(number)s") % {
        "protocol": series.protocol.name,
        "number": session.number,
    }
    address = reverse("session_book", args=[series.public_id, session.number])
    return Call(series.patient, what, missed, window, address)


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
