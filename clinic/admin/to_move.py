"""What is booked over an absence, or outside new hours: it stays booked, and the desk moves it."""

import datetime as dt

from clinic.models import Absence, Appointment, Resource
from clinic.moments import to_minute, to_minute_up
from clinic.pages import desk


def over_absence(absence: Absence, *, now: dt.datetime) -> int:
    """Booked appointments ahead that hold what is away then."""
    what = {"holds__resource": absence.resource_id} if absence.resource_id else {}
    booked = Appointment.objects.filter(
        clinic=absence.clinic_id,
        status=Appointment.Status.BOOKED,
        starts_at__gt=now,
        holds__active=True,
        holds__starts__lt=to_minute_up(absence.ends_at),
        holds__ends__gt=to_minute(absence.starts_at),
        **what,
    )
    return booked.distinct().count()


def of_resource(resource: Resource, *, now: dt.datetime) -> int:
    """Booked appointments ahead for which this resource is not there."""
    waiting = desk.to_move(resource.clinic, now=now)
    return sum(resource.name in visit.missing for visit in waiting)
