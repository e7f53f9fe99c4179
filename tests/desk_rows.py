"""Rows of the outbox for tests: a message about a visit, as it stands after one day or another."""

import datetime as dt
from typing import Any

from clinic.models import Appointment, Clinic, Message, PatientCall, User
from patients.models import Patient
from tests.factories import NOW, House, make_appointment, make_patient

HOUR = dt.timedelta(hours=1)
ENDED = ("accepted", "failed", "cancelled")


def make_message(appointment: Appointment, **fields: Any) -> Message:
    """Sent an hour ago by e-mail, unless `fields` say otherwise."""
    status = fields.get("status", "accepted")
    due_at = fields.get("due_at", NOW - HOUR)
    defaults = {
        "clinic": appointment.clinic,
        "patient": appointment.patient,
        "appointment": appointment,
        "session_id": appointment.session_id,
        "kind": "reminder",
        "channel": "email",
        "starts_at": appointment.starts_at,
        "due_at": due_at,
        "next_try_at": due_at,
        "useful_until": max(appointment.starts_at, due_at),
        "status": status,
        "settled_at": due_at if status in ENDED else None,
        "planned_at": NOW - 48 * HOUR,
    }
    if status == "accepted":
        defaults |= {"subject": "Cabinet : rendez-vous", "text": "Bonjour", "attempts": 1}
    if status == "claimed":
        defaults |= {"claimed_by": "sender", "claimed_at": NOW, "leased_until": NOW + HOUR}
    return Message.objects.create(**defaults | fields)


def make_visit(house: House, start: str = "2026-03-04 10:00", **fields: Any) -> Appointment:
    """A coming visit of somebody with an e-mail address and a mobile."""
    patient = fields.pop("patient", None) or make_patient(
        "Petit", "Léa", **{"email": "lea.petit@example.test"} | fields
    )
    return make_appointment(house, patient, start, f"{start[:-2]}30")


def make_call(
    patient: Patient, clinic: Clinic, by: User, outcome: str = "reached", **fields: Any
) -> PatientCall:
    return PatientCall.objects.create(
        **{"patient": patient, "clinic": clinic, "by": by, "outcome": outcome, "at": NOW} | fields
    )
