"""The patient says that they will come."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from clinic import audit
from clinic.booking.asks import Refused
from clinic.booking.locks import carry_out
from clinic.models import Appointment, User


@dataclass(frozen=True)
class Confirmed:
    appointment: Appointment


def confirm(*, appointment: Appointment, by: User, now: dt.datetime) -> Confirmed | Refused:
    """Said twice, the first time counts."""
    if appointment.starts_at <= now:
        return Refused.because("past", _("This time has already passed."))
    return carry_out(
        lambda: _confirm(appointment, by=by, now=now),
        resources=(),
        patients=[appointment.patient_id],
    )


def _confirm(appointment: Appointment, *, by: User, now: dt.datetime) -> Confirmed | Refused:
    booked = Appointment.objects.filter(pk=appointment.pk, status=Appointment.Status.BOOKED)
    is_new = booked.filter(confirmed_at__isnull=True).update(
        confirmed_at=now, changed_at=now, changed_by=by
    )
    appointment.refresh_from_db()
    if appointment.status != Appointment.Status.BOOKED:
        return Refused.because("not_booked", _("This appointment is no longer booked."))
    if is_new:
        audit.record(
            "appointment.confirm",
            by=by,
            now=now,
            clinic=appointment.clinic,
            patient=appointment.patient,
            subject=f"appointment:{appointment.public_id}",
        )
    return Confirmed(appointment)
