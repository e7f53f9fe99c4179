"""What a patient's page shows: series with their sessions, coming visits, history."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from clinic.models import Appointment, Clinic, Hold, Message
from clinic.pages import told
from clinic.pages.screening import Badge, badges
from clinic.pages.series import SeriesShown, rows_of
from clinic.papers import ribbon
from clinic.portal import birth
from patients.models import Patient, Series, TreatmentSession


@dataclass(frozen=True)
class PatientPage:
    series: list[SeriesShown]
    coming: list[Appointment]
    history: list[Appointment]
    messages: list[Message]  # the latest of this clinic
    shut_until: dt.datetime | None  # their own page, after too many wrong birth dates


def of(patient: Patient, *, clinic: Clinic, now: dt.datetime) -> PatientPage:
    """Ten queries, however much there is to show."""
    appointments = list(_appointments(patient))
    coming = [a for a in appointments if a.is_open and a.ends_at > now]
    kept = {a.pk for a in coming}
    history = [a for a in reversed(appointments) if a.pk not in kept]
    every = list(_series(patient))
    screened = badges([(patient, one.protocol) for one in every if one.is_open], clinic, now=now)
    today = clinic.today(now=now)
    series = [_shown(one, screened.get((patient.pk, one.protocol_id)), today) for one in every]
    series.sort(key=lambda shown: not shown.series.is_open)
    said = told.of_patient(patient, clinic, now=now)
    return PatientPage(series, coming, history, said, birth.shut_until(patient, now=now))


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


def _shown(series: Series, screened: Badge | None, today: dt.date) -> SeriesShown:
    """A series that has ended needs nobody's clearance."""
    picture = ribbon.of_series(series, today=today)
    return SeriesShown(series, rows_of(series), picture, screened if series.is_open else None)
