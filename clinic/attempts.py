"""Which attempt at a session counts, and on which day it is.

Nothing is asked of the database where the sessions come with their appointments and their clinics.
"""

import datetime as dt
from collections.abc import Iterable

from clinic.models import Appointment
from patients.models import TreatmentSession


def standing(session: TreatmentSession) -> Appointment | None:
    """The appointment at which the session is to take place, or took place."""
    return next((a for a in session.appointments.all() if a.is_occupying), None)


def latest(session: TreatmentSession) -> Appointment | None:
    """The attempt that was booked last."""
    return max(session.appointments.all(), key=lambda a: (a.booked_at, a.pk), default=None)


def dates(sessions: Iterable[TreatmentSession]) -> dict[int, dt.date]:
    """By number, the day of each session that has a place: what `patients.series` counts from."""
    places = ((session.number, standing(session)) for session in sessions)
    return {number: place.on for number, place in places if place}
