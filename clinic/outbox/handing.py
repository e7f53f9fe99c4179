"""The steps that each message takes alone: seen, begun where it still stands so, accepted.

By hand: they stand between a message and the next, and put together by the ORM they take longer
than the database needs for them.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F

from clinic.outbox.leasing import Sender, held

# All that decides whether a message may leave and what it says, as one line of text. Its parts are
# kept apart by a mark that nobody types, so that no two states make the same line.
DECIDES = (
    "visit.status",
    "visit.cancellation_reason",
    "session.status",
    "patient.email",
    "patient.phone",
    "patient.preferred_channel",
    "patient.language",
    "(SELECT MAX(id) FROM patients_messageconsent said WHERE said.patient_id = patient.id)",
    "(SELECT MAX(id) FROM patients_unusableaddress bad WHERE bad.patient_id = patient.id)",
)
LINE = " || '\x1f' || ".join(f"COALESCE(CAST({part} AS text), '')" for part in DECIDES)
STANDS = f"""(
    SELECT {LINE} FROM patients_patient patient
    LEFT JOIN clinic_appointment visit ON visit.id = clinic_message.appointment_id
    LEFT JOIN patients_treatmentsession session ON session.id = clinic_message.session_id
    WHERE patient.id = clinic_message.patient_id)"""
HELD = "status = 'claimed' AND claimed_by = %s"
SEEN = f"SELECT id, {STANDS} FROM clinic_message WHERE {HELD} AND id IN ({{keys}})"
BEGUN = f"""
    UPDATE clinic_message SET begun_at = %s, attempts = attempts + 1, sent_to = %s,
    merged_into_id = CASE WHEN id = %s THEN NULL ELSE %s END
    WHERE {HELD} AND begun_at IS NULL AND leased_until > %s AND ({{each}})"""
AS_SEEN = f"id = %s AND {STANDS} = %s"
ACCEPTED = f"""
    UPDATE clinic_message SET status = 'accepted', leased_until = NULL, reason = '',
    settled_at = %s, sent_to = %s, language = %s, provider_id = %s,
    subject = %s, text = %s, parts = %s, merged_into_id = %s
    WHERE {HELD} AND id IN ({{keys}})"""


def how_it_stands(sender: Sender, messages: Sequence[int]) -> dict[int, str]:
    """By message, for `begin`; those that are no longer this sender's are missing."""
    if not messages:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(SEEN.format(keys=places(messages)), [sender.name, *messages])
        return dict(cursor.fetchall())


def begin(sender: Sender, seen: Mapping[int, str], *, sent_to: str = "", now: dt.datetime) -> bool:
    """From here on they may have been sent, to that address, the first carrying the others. Call it
    in a transaction.

    False, and nothing is begun, when one of them stands otherwise than it was `seen`, or is no
    longer ours: withdrawn meanwhile, or the lease ran out. It is asked in the statement that
    begins them, so that nothing can change in between.
    """
    at = connection.ops.adapt_datetimefield_value(now)
    carrier = next(iter(seen), None)
    each = [part for message in seen.items() for part in message]
    asked = BEGUN.format(each=" OR ".join([AS_SEEN] * len(seen)))
    count = changed(asked, [at, sent_to, carrier, carrier, sender.name, at, *each])
    if count == len(seen):
        return True
    if count:
        held(sender, seen).filter(begun_at=now).update(
            begun_at=None, attempts=F("attempts") - 1, merged_into=None
        )
    return False


@dataclass(frozen=True)
class Sent:
    """What the patient was sent: one parcel for all `messages`, of which the first carries it."""

    messages: tuple[int, ...]
    sent_to: str
    subject: str
    text: str
    language: str
    parts: int
    provider_id: str


def accept(sender: Sender, sent: Sent, *, now: dt.datetime) -> bool:
    """The provider took it."""
    carrier, *others = sent.messages
    at = connection.ops.adapt_datetimefield_value(now)
    told = [at, sent.sent_to, sent.language, sent.provider_id]
    said = [sent.subject, sent.text, sent.parts, None]
    count = _accepted(sender, [carrier], told + said)
    if others:
        count += _accepted(sender, others, [*told, "", "", 0, carrier])
    return count == len(sent.messages)


def _accepted(sender: Sender, messages: Sequence[int], values: Sequence[Any]) -> int:
    return changed(ACCEPTED.format(keys=places(messages)), [*values, sender.name, *messages])


def changed(statement: str, values: Sequence[Any]) -> int:
    """How many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def places(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))
