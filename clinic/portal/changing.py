"""What a patient does with an appointment: come, move it, cancel it. `booking` writes.

Each answers with the visitor to go on as: what is moved or cancelled ends the link that named it,
and whoever pressed the button must not lose their page by it.
"""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from clinic import booking
from clinic.booking import Cancelled, Confirmed, Moved, Refused
from clinic.models import Appointment, PatientLink, Resource
from clinic.portal import visitor as visitors
from clinic.portal.actor import the_patient
from clinic.portal.appointments import SOONEST, Shown, refusal
from clinic.portal.visitor import Visitor


def confirm(visitor: Visitor, appointment: Appointment, *, now: dt.datetime) -> Confirmed | Refused:
    return booking.confirm(appointment=appointment, by=the_patient(visitor.link), now=now)


def move(
    visitor: Visitor,
    appointment: Appointment,
    *,
    starts_at: dt.datetime,
    only: Sequence[Resource],
    key: str,
    now: dt.datetime,
) -> Moved | Refused:
    """The limit is asked of what still stands: the second press of a button is not too late."""
    reason = refusal(Shown(appointment, now)) if is_untouched(appointment) else ""
    if reason:
        return Refused.because("too_late", reason)
    if starts_at < now + SOONEST:
        return Refused.because("too_soon", _("Choose a later time, please."), "starts_at")
    return booking.move(
        appointment=appointment,
        starts_at=starts_at,
        only=only,
        by=the_patient(visitor.link),
        now=now,
        key=key,
    )


def is_untouched(appointment: Appointment) -> bool:
    return appointment.status != Appointment.Status.CANCELLED


def cancel(visitor: Visitor, appointment: Appointment, *, now: dt.datetime) -> Cancelled | Refused:
    """Until it begins. Cancelled already is cancelled."""
    if appointment.cancellation_reason not in {"", Appointment.Reason.MOVED}:
        return Cancelled(appointment)
    if is_untouched(appointment) and not Shown(appointment, now).is_booked:
        return Refused.because("too_late", _("It has begun already. Please call us."))
    return booking.cancel(
        appointment=appointment,
        reason=Appointment.Reason.PATIENT,
        by=the_patient(visitor.link),
        now=now,
    )


def going_on(visitor: Visitor, *, now: dt.datetime) -> Visitor:
    """The same visit, on a link of its own if the act ended the one that it came by."""
    ended = PatientLink.objects.filter(pk=visitor.link.pk, revoked_at__isnull=False).exists()
    return visitors.stay(visitor, now=now) if ended else visitor
