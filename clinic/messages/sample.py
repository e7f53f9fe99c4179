"""A made-up appointment, to show what a message will look like. Nothing of it is stored."""

import datetime as dt

from clinic.messages.filling import RECALLS
from clinic.messages.which import Which
from clinic.messages.wording import Own, Worded, worded
from clinic.models import Appointment, Clinic, Kind, Message
from clinic.outbox import links
from patients.models import Patient

AHEAD = 21  # days
MINUTE = 9 * 60 + 30
KEY = "AbCdEfGhIjKlMnOpQrStUv"  # as long as a real one


def message(clinic: Clinic, which: Which, *, now: dt.datetime) -> Message:
    day = clinic.today(now=now) + dt.timedelta(days=AHEAD)
    starts_at = dt.datetime.combine(day, dt.time(MINUTE // 60, MINUTE % 60), clinic.zone)
    patient = Patient(family_name="Exemple", language=which.language, email="patient@example.org")
    appointment = Appointment(
        pk=0,
        clinic=clinic,
        patient=patient,
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=30),
        changed_at=now,
        status="cancelled" if which.kind == Kind.CANCELLED else "booked",
    )
    return Message(
        clinic=clinic,
        patient=patient,
        appointment=None if which.kind in RECALLS else appointment,
        kind=which.kind,
        channel=which.channel,
        starts_at=starts_at,
    )


def shown(clinic: Clinic, which: Which, *, now: dt.datetime, own: Own) -> Worded:
    link, stop = links.address_of(KEY), links.stop_address_of(KEY)
    group = [message(clinic, which, now=now)]
    return worded(group, link=link, stop_link=stop, now=now, own=own)
