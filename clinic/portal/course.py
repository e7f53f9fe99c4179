"""The patient's series as a vertical ribbon in plain words: done, to come, still to be planned."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils.translation import gettext as _

from clinic import attempts, states, wording
from clinic.dates import written
from clinic.models import Appointment
from clinic.states import State
from patients.models import Patient, Series, SessionRecord, TreatmentSession
from patients.series import Due, course
from protocols.planning import Window

SHOWN_AFTER = dt.timedelta(days=400)  # an ended series stays in sight so long
Status = TreatmentSession.Status


@dataclass(frozen=True)
class Stop:
    number: int
    state: State
    when: str
    is_next: bool
    has_slip: bool  # what was used is signed, and may be taken home


@dataclass(frozen=True)
class Course:
    series: Series
    stops: tuple[Stop, ...]
    done: int

    @property
    def total(self) -> int:
        return len(self.stops)


def of(patient: Patient, *, now: dt.datetime) -> list[Course]:
    """Running ones first. Four queries, however many."""
    lasting = Q(status__in=Series.OPEN) | Q(
        status=Series.Status.COMPLETED, closed_at__gt=now - SHOWN_AFTER
    )
    signed = SessionRecord.objects.filter(
        session=OuterRef("pk"), status=SessionRecord.Status.SIGNED
    )
    appointments = Appointment.objects.select_related("clinic").order_by("booked_at")
    sessions = (
        TreatmentSession.objects.exclude(status=Status.CANCELLED)
        .select_related("step")
        .annotate(is_signed=Exists(signed))
        .prefetch_related(Prefetch("appointments", appointments))
        .order_by("number")
    )
    rows = (
        Series.objects.filter(lasting, patient=patient)
        .select_related("protocol")
        .prefetch_related(Prefetch("sessions", sessions))
    )
    return sorted(map(_course, rows), key=lambda c: not c.series.is_open)


def _course(series: Series) -> Course:
    sessions = list(series.sessions.all())
    dues = list(course(sessions, attempts.dates(sessions), series.previous_on))
    ahead = next((d.session.number for d in dues if d.session.status != Status.COMPLETED), None)
    stops = tuple(_stop(due, due.session.number == ahead) for due in dues)
    done = sum(session.status == Status.COMPLETED for session in sessions)
    return Course(series, stops, done)


def _stop(due: Due, is_next: bool) -> Stop:
    session, place = due.session, attempts.standing(due.session)
    state = states.of_appointment(place) if place else states.of_session(session)
    is_signed: bool = session.is_signed  # type: ignore[attr-defined]  # annotated in `of`
    return Stop(session.number, state, _when(due, place), is_next, is_signed)


def _when(due: Due, place: Appointment | None) -> str:
    if due.session.status == Status.COMPLETED and due.on:
        return wording.day(due.on)
    if place:
        return wording.moment(place.starts_at.astimezone(place.clinic.zone))
    return _to_plan(due.window)


def _to_plan(window: Window | None) -> str:
    if window is None:
        return _("to be planned")
    told = {"first": written(window.opens, "j F"), "last": written(window.closes, "j F Y")}
    return _("to be planned, between %(first)s and %(last)s") % told


def numbers(courses: Sequence[Course]) -> set[int]:
    """Primary keys of the protocols."""
    return {course.series.protocol_id for course in courses}
