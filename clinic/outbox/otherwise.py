"""The same by the other channel: where one fails, and where the patient prefers the other."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from clinic.models import Message
from clinic.outbox import reasons
from patients import contacts
from patients.models import Channel, Patient

Status = Message.Status
# What was put aside for the other channel, and may be taken up again.
PUT_ASIDE = {"status": Status.CANCELLED, "reason": reasons.OTHER_CHANNEL}


def follow(patient: Patient, *, now: dt.datetime) -> int:
    """Their wish has changed: what waits by another channel goes by the one they prefer now. How
    many rows; what the desk sent by hand stays where it was sent."""
    channel = patient.preferred_channel
    if not channel or not contacts.address_of(patient, channel):
        return 0
    waiting = Message.objects.filter(patient=patient, status__in=Message.WAITING, round=0)
    rows = list(waiting.exclude(channel=channel).select_for_update())
    Message.objects.filter(pk__in=[row.pk for row in rows]).update(**PUT_ASIDE, settled_at=now)
    say_by(channel, rows, now=now)
    return len(rows)


def say(messages: Sequence[Message], *, now: dt.datetime) -> None:
    """What one channel refused is tried by the other."""
    other = next(channel for channel in Channel if channel != messages[0].channel)
    if contacts.address_of(messages[0].patient, other):
        say_by(other, messages, now=now)


def say_by(channel: str, messages: Sequence[Message], *, now: dt.datetime) -> None:
    """The same by another channel, in its time; what was tried there already is left as it is."""
    made = [
        Message(**about(message), channel=channel, **times(message, now)) for message in messages
    ]
    Message.objects.bulk_create(made, ignore_conflicts=True)
    for message in messages:
        same = Message.objects.filter(**about(message), channel=channel, **PUT_ASIDE)
        at = times(message, now)["next_try_at"]
        same.update(status=Status.DUE, reason="", settled_at=None, next_try_at=at)


def about(message: Message) -> dict[str, Any]:
    """What is said to whom: by one channel it is said once."""
    return {
        "clinic_id": message.clinic_id,
        "patient_id": message.patient_id,
        "appointment_id": message.appointment_id,
        "session_id": message.session_id,
        "kind": message.kind,
        "starts_at": message.starts_at,
        "days": message.days,
        "round": message.round,
    }


def times(message: Message, now: dt.datetime) -> dict[str, dt.datetime]:
    return {
        "due_at": message.due_at,
        "next_try_at": max(now, message.next_try_at),
        "useful_until": message.useful_until,
        "planned_at": now,
    }
