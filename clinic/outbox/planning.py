"""Rows of the outbox, written in the transaction of the booking they speak of.

A message is not worded here and nobody's agreement is asked: both happen when it is sent, because
both may change until then. The channel is the one that the patient prefers today.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db.models import Q

from clinic.models import Appointment, Clinic, Kind, Message
from clinic.outbox import reasons
from clinic.outbox.advice import advice_of
from clinic.outbox.timing import Plan, Telling, rules_of
from patients.models import Channel, Patient
from protocols.models import Protocol

Status = Message.Status
# What was told, or may have been: the patient needs to hear when it is no longer so.
TOLD = (Status.ACCEPTED, Status.DOUBTFUL)
STILL_HERE = Q(status__in=Message.WAITING) | Q(status=Status.CLAIMED, begun_at__isnull=True)


def telling(clinic: Clinic, patient: Patient, protocol: Protocol | None) -> Telling:
    """What decides about this patient's messages. Three queries; ask before any lock is taken."""
    missed = Appointment.objects.filter(patient=patient, status=Appointment.Status.NOSHOW).count()
    slug = protocol.slug if protocol else ""
    return Telling(rules_of(clinic), slug, advice_of(protocol), missed)


def channel_of(patient: Patient) -> str:
    """The preferred one; without a wish e-mail, which says more, where there is an address."""
    if patient.preferred_channel:
        return patient.preferred_channel
    return Channel.EMAIL if patient.email or not patient.phone else Channel.SMS


def plan(
    appointments: Sequence[Appointment], told: Telling, *, news: Kind | None, now: dt.datetime
) -> list[Message]:
    """One row for each message about these new appointments. One statement."""
    return Message.objects.bulk_create(
        row(appointment, one, now=now)
        for appointment in appointments
        for one in told.of(appointment, news, now=now)
    )


def row(appointment: Appointment, one: Plan, *, now: dt.datetime) -> Message:
    return Message(
        clinic=appointment.clinic,
        patient=appointment.patient,
        appointment=appointment,
        session_id=appointment.session_id,
        kind=one.kind,
        channel=channel_of(appointment.patient),
        starts_at=appointment.starts_at,
        days=one.days,
        due_at=one.due_at,
        next_try_at=one.due_at,
        useful_until=one.useful_until,
        planned_at=now,
    )


def withdraw(appointments: Iterable[int], reason: str, *, now: dt.datetime) -> set[int]:
    """Nothing that has not left yet is said of these appointments any more.

    Those of them (primary keys) that the patient was told of. What is being handed to a provider
    just now counts as told.
    """
    mine = Message.objects.filter(appointment__in=list(appointments))
    mine.filter(STILL_HERE).update(
        status=Status.CANCELLED, reason=reason, settled_at=now, leased_until=None, claimed_by=""
    )
    heard = mine.filter(Q(status__in=TOLD) | Q(status=Status.CLAIMED))
    return set(heard.values_list("appointment", flat=True))


def tell_moved(
    old: Appointment, new: Appointment, told: Telling, *, now: dt.datetime
) -> list[Message]:
    """The old place's messages end; the new one has its own, and the news if the old was known."""
    known = withdraw([old.pk], reasons.MOVED, now=now)
    return plan([new], told, news=Kind.MOVED if known else Kind.BOOKED, now=now)


def tell_cancelled(
    appointments: Sequence[Appointment], told: Telling, *, now: dt.datetime
) -> list[Message]:
    """They will not take place: who was told of them is told that too."""
    known = withdraw([one.pk for one in appointments], reasons.VISIT_CANCELLED, now=now)
    if not told.timings(Kind.CANCELLED):
        return []
    return Message.objects.bulk_create(
        row(one, Plan(Kind.CANCELLED, 0, now, one.starts_at), now=now)
        for one in appointments
        if one.pk in known and one.starts_at > now
    )
