"""What a patient's page shows: series with their sessions, coming visits, history."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from clinic.models import Appointment, Clinic, Hold
from clinic.papers import ribbon
from patients.models import Patient, Series, TreatmentSession
from patients.series import Due, course


@dataclass(frozen=True)
class SessionRow:
    """One session and its latest attempt: the one that stands, or the last that did not."""

    due: Due
    appointment: Appointment | None

    @property
    def session(self) -> TreatmentSession:
        return self.due.session

    @property
    def is_outside(self) -> bool:
        """Placed outside its window, knowingly."""
        due = self.due
        return bool(due.on and due.window and due.on not in due.window)


@dataclass(frozen=True)
class SeriesShown:
    series: Series
    rows: list[SessionRow]
    ribbon: ribbon.Ribbon | None

    @property
    def total(self) -> int:
        return sum(row.session.status != row.session.Status.CANCELLED for row in self.rows)

    @property
    def done(self) -> int:
        return sum(row.session.status == row.session.Status.COMPLETED for row in self.rows)


@dataclass(frozen=True)
class PatientPage:
    series: list[SeriesShown]
    coming: list[Appointment]
    history: list[Appointment]


def of(patient: Patient, *, clinic: Clinic, now: dt.datetime) -> PatientPage:
    """Five queries, however much there is to show."""
    appointments = list(_appointments(patient))
    coming = [a for a in appointments if a.is_open and a.ends_at > now]
    kept = {a.pk for a in coming}
    history = [a for a in reversed(appointments) if a.pk not in kept]
    series = [_shown(one, clinic, clinic.today(now=now)) for one in _series(patient)]
    series.sort(key=lambda shown: not shown.series.is_open)
    return PatientPage(series, coming, history)


def _appointments(patient: Patient) -> QuerySet[Appointment]:
    holds = Prefetch("holds", Hold.objects.select_related("resource__kind"))
    return (
        Appointment.objects.filter(patient=patient)
        .select_related("clinic", "visit_type", "session__series__protocol")
        .prefetch_related(holds)
        .order_by("starts_at", "id")
    )


def _series(patient: Patient) -> QuerySet[Series]:
    sessions = TreatmentSession.objects.select_related("step__phase").order_by("number")
    attempts = Appointment.objects.select_related("clinic")
    return (
        Series.objects.filter(patient=patient)
        .select_related("protocol")
        .prefetch_related(
            Prefetch("sessions", sessions), Prefetch("sessions__appointments", attempts)
        )
    )


def _shown(series: Series, clinic: Clinic, today: dt.date) -> SeriesShown:
    sessions = list(series.sessions.all())
    attempts = {session.number: _latest_attempt(session) for session in sessions}
    dates = {
        number: attempt.starts_at.astimezone(clinic.zone).date()
        for number, attempt in attempts.items()
        if attempt and attempt.is_occupying
    }
    rows = [
        SessionRow(due, attempts[due.session.number])
        for due in course(sessions, dates, series.previous_on)
    ]
    return SeriesShown(series, rows, ribbon.of_series(series, zone=clinic.zone, today=today))


def _latest_attempt(session: TreatmentSession) -> Appointment | None:
    """Whatever occupies its time wins over what was cancelled, then the later booking."""
    attempts = session.appointments.all()
    return max(attempts, key=lambda a: (a.is_occupying, a.booked_at, a.pk), default=None)
