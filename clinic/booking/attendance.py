"""What became of an appointment on its day: arrived, done, did not come; and back again."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from clinic import audit, outbox
from clinic.booking.asks import Refused
from clinic.booking.ending import held_by
from clinic.booking.locks import carry_out
from clinic.models import OPEN, Appointment, User
from patients import series as course
from patients.models import SessionRecord, TreatmentSession

Status = Appointment.Status
NOT_BEFORE = dt.timedelta(hours=12)  # nobody arrives earlier than half a day before the time

# From which states each mark may be set.
MARKS = {
    Status.ARRIVED: (Status.BOOKED,),
    Status.FULFILLED: OPEN,
    Status.NOSHOW: OPEN,
    Status.BOOKED: (Status.ARRIVED, Status.FULFILLED, Status.NOSHOW),  # undo
}


@dataclass(frozen=True)
class Marked:
    appointment: Appointment


def may_mark(appointment: Appointment, status: str, *, now: dt.datetime) -> bool:
    """Whether this mark is one to offer just now; what was done and signed is not undone."""
    if appointment.status not in MARKS[Status(status)] or is_too_early(appointment, now=now):
        return False
    return appointment.status != Status.FULFILLED or not is_signed(appointment)


def is_signed(appointment: Appointment) -> bool:
    """Whether the record of its session is signed: then the session stays done on that day."""
    records = SessionRecord.objects.filter(session=appointment.session_id)
    return records.filter(status=SessionRecord.Status.SIGNED).exists()


def is_too_early(appointment: Appointment, *, now: dt.datetime) -> bool:
    return now < appointment.starts_at - NOT_BEFORE


def mark(*, appointment: Appointment, status: str, by: User, now: dt.datetime) -> Marked | Refused:
    """Set what became of it; "booked" undoes that, after a no-show only if its place is free."""
    if status not in MARKS:
        return Refused.because("unknown_mark", _("This mark does not exist."))
    if status != Status.BOOKED and is_too_early(appointment, now=now):
        return Refused.because("too_early", _("This appointment is still to come."))
    return carry_out(
        lambda: _mark(_as_it_stands(appointment), Status(status), by=by, now=now),
        resources=held_by(appointment),
        patients=[appointment.patient_id],
    )


def fulfil(appointment: Appointment, *, by: User, now: dt.datetime) -> Marked | Refused:
    """Done, in the transaction of whoever asks and behind its locks: signing does.

    `appointment` was read behind them too, with its session and series.
    """
    return _mark(appointment, Status.FULFILLED, by=by, now=now)


def _as_it_stands(appointment: Appointment) -> Appointment:
    rows = Appointment.objects.select_related("clinic", "patient", "session__series")
    return rows.get(pk=appointment.pk)


def _mark(
    appointment: Appointment, status: Appointment.Status, *, by: User, now: dt.datetime
) -> Marked | Refused:
    before = appointment.status
    if before == Status.FULFILLED and is_signed(appointment):
        return Refused.because("signed", _("The record of this session is signed: it stays done."))
    changed = Appointment.objects.filter(pk=appointment.pk, status__in=MARKS[status]).update(
        status=status, changed_at=now, changed_by=by
    )
    if not changed:
        return Refused.because("changed", _("This appointment was changed meanwhile."))
    appointment.status, appointment.changed_at, appointment.changed_by = status, now, by
    if appointment.session is not None:
        _tell_session(appointment, appointment.session, before, by=by, now=now)
    if before == Status.NOSHOW:
        outbox.take_up(appointment.pk, now=now)
    if status == Status.FULFILLED:
        outbox.hurry(appointment.pk, now=now)
    audit.record(
        f"appointment.{status}",
        by=by,
        now=now,
        clinic=appointment.clinic,
        patient=appointment.patient,
        subject=f"appointment:{appointment.public_id}",
        before=before,
    )
    return Marked(appointment)


def _tell_session(
    appointment: Appointment,
    session: TreatmentSession,
    before: str,
    *,
    by: User,
    now: dt.datetime,
) -> None:
    """The session is done with its appointment, and waits again after a no-show."""
    if before == Status.FULFILLED:
        course.reopen_session(session=session)
    if appointment.status == Status.FULFILLED:
        course.complete_session(session=session, on=appointment.on, by=by, now=now)
    elif appointment.status == Status.NOSHOW:
        _set_status(session, TreatmentSession.Status.NOT_STARTED)
    elif before == Status.NOSHOW:
        _set_status(session, TreatmentSession.Status.SCHEDULED)


def _set_status(session: TreatmentSession, status: TreatmentSession.Status) -> None:
    TreatmentSession.objects.filter(pk=session.pk).update(status=status)
