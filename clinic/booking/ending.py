"""Cancel one appointment, or stop the rest of a series. What is done stays."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from clinic import audit, outbox
from clinic.booking.asks import Problem, Refused
from clinic.booking.locks import carry_out
from clinic.models import LONGEST_NOTE, OPEN, Appointment, Clinic, Hold, User
from patients import series as course
from patients.models import Series, TreatmentSession
from protocols.models import Protocol


@dataclass(frozen=True)
class Cancelled:
    appointment: Appointment


@dataclass(frozen=True)
class Stopped:
    """`cancelled` appointments that were still to come."""

    series: Series
    cancelled: int


def cancel(
    *, appointment: Appointment, reason: str, note: str = "", by: User, now: dt.datetime
) -> Cancelled | Refused:
    """Cancel one appointment; its session waits to be booked again, its resources fall free."""
    if problems := _problems(reason, note):
        return Refused(problems)
    told = outbox.telling(appointment.clinic, appointment.patient, protocol_of(appointment))
    return carry_out(
        lambda: _cancel(appointment, reason, note, told, by=by, now=now),
        resources=held_by(appointment),
        patients=[appointment.patient_id],
    )


def _problems(reason: str, note: str) -> tuple[Problem, ...]:
    chosen = set(Appointment.Reason.values) - {Appointment.Reason.MOVED}
    found = []
    if reason not in chosen:
        found.append(Problem("reason", _("Choose a reason."), "reason"))
    if len(note) > LONGEST_NOTE:
        found.append(Problem("note", _("At most 200 characters."), "note"))
    return tuple(found)


def held_by(*appointments: Appointment) -> list[int]:
    return list(
        Hold.objects.filter(appointment__in=appointments, active=True)
        .order_by()
        .values_list("resource_id", flat=True)
        .distinct()
    )


def protocol_of(appointment: Appointment) -> Protocol | None:
    return appointment.session.series.protocol if appointment.session else None


def _cancel(
    appointment: Appointment,
    reason: str,
    note: str,
    told: outbox.Telling,
    *,
    by: User,
    now: dt.datetime,
) -> Cancelled | Refused:
    cancelled = _set_cancelled([appointment.pk], reason, note, by=by, now=now)
    if cancelled == 0:
        return Refused.because("not_booked", _("This appointment is no longer booked."))
    if appointment.session_id:
        TreatmentSession.objects.filter(
            pk=appointment.session_id, status=TreatmentSession.Status.SCHEDULED
        ).update(status=TreatmentSession.Status.NOT_STARTED)
    appointment.refresh_from_db()
    outbox.tell_cancelled([appointment], told, now=now)
    audit.record(
        "appointment.cancel",
        by=by,
        now=now,
        clinic=appointment.clinic,
        patient=appointment.patient,
        subject=f"appointment:{appointment.public_id}",
        reason=reason,
    )
    return Cancelled(appointment)


def _set_cancelled(
    appointments: list[int], reason: str, note: str, *, by: User, now: dt.datetime
) -> int:
    """Those of them that are still open. Their holds fall free in the database."""
    return Appointment.objects.filter(pk__in=appointments, status__in=OPEN).update(
        status=Appointment.Status.CANCELLED,
        cancellation_reason=reason,
        cancellation_note=note,
        changed_at=now,
        changed_by=by,
    )


def stop_series(
    *, series: Series, reason: str, note: str = "", by: User, clinic: Clinic, now: dt.datetime
) -> Stopped | Refused:
    """Cancel every appointment of the series that is still to come, and end the series."""
    if problems := _problems(reason, note):
        return Refused(problems)
    coming = to_come(series, now=now)
    told = outbox.telling(clinic, series.patient, series.protocol)
    return carry_out(
        lambda: _stop(series, reason, note, told, by=by, clinic=clinic, now=now),
        resources=held_by(*coming),
        patients=[series.patient_id],
    )


def to_come(series: Series, *, now: dt.datetime) -> list[Appointment]:
    """Booked appointments of the series that have not begun."""
    return list(
        Appointment.objects.filter(
            session__series=series, status=Appointment.Status.BOOKED, starts_at__gt=now
        ).select_related("clinic", "patient")
    )


def _stop(
    series: Series,
    reason: str,
    note: str,
    told: outbox.Telling,
    *,
    by: User,
    clinic: Clinic,
    now: dt.datetime,
) -> Stopped | Refused:
    fresh = Series.objects.get(pk=series.pk)
    if not fresh.is_open:
        return Refused.because("series_ended", _("This series has ended."))
    coming = to_come(fresh, now=now)
    cancelled = _set_cancelled([one.pk for one in coming], reason, note, by=by, now=now)
    outbox.tell_cancelled(coming, told, now=now)
    label = str(Appointment.Reason(reason).label)
    course.stop(series=fresh, reason=note or label, by=by, now=now)
    audit.record(
        "series.stop",
        by=by,
        now=now,
        clinic=clinic,
        patient=fresh.patient,
        subject=f"series:{fresh.public_id}",
        reason=reason,
        cancelled=cancelled,
    )
    return Stopped(fresh, cancelled)
