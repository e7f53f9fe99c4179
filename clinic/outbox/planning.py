"""Rows of the outbox, written in the transaction of the booking they speak of.

A message is not worded here and nobody's agreement is asked: both happen when it is sent, because
both may change until then. The channel is the one that the patient prefers today.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Q
from django.db.models.functions import Greatest

from clinic.models import Appointment, Clinic, Kind, Message
from clinic.outbox import links, reasons
from clinic.outbox.advice import advice_of
from clinic.outbox.timing import Plan, Telling, rules_of
from patients.models import Channel, Patient, new_public_id
from protocols.models import Protocol

Status = Message.Status
# What was told, or may have been: the patient needs to hear when it is no longer so.
TOLD = (Status.ACCEPTED, Status.DOUBTFUL, Status.CLAIMED)
SOON = dt.timedelta(hours=12)  # a session done before its planned end; not one marked days ahead
FIRST_WORD = frozenset({Kind.BOOKED, Kind.MOVED})
ABOUT_A_PLACE = frozenset({*FIRST_WORD, Kind.EARLY, Kind.REMINDER, Kind.EVE, Kind.DAY})
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


Drafts = Sequence[Sequence[Plan]]  # of each visit, in the order of the visits


def draft(
    visits: Iterable[Appointment], told: Telling, *, news: Kind, now: dt.datetime
) -> list[list[Plan]]:
    """What will be said of each of these visits, which need not be stored. Asks nothing of the
    database: done before any lock is taken, since everybody else waits behind it.
    """
    return [list(told.of(visit, news, now=now)) for visit in visits]


def write(appointments: Sequence[Appointment], drafts: Drafts, *, now: dt.datetime) -> None:
    """The rows of these drafts, in one statement by hand, for the same reason."""
    rows = [
        values(appointment, one, now=now)
        for appointment, plans in zip(appointments, drafts, strict=True)
        for one in plans
    ]
    if not rows:
        return
    places = ", ".join([f"({', '.join(['%s'] * len(rows[0]))})"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN.format(rows=places), [value for row in rows for value in row])


WRITTEN = """
    INSERT INTO clinic_message (public_id, clinic_id, patient_id, appointment_id, session_id, kind,
    channel, starts_at, days, due_at, next_try_at, useful_until, planned_at, status, round,
    attempts, parts, claimed_by, sent_to, subject, text, language, provider_id, reason, answer)
    VALUES {rows}
"""
AS_PLANNED = (
    str(Status.DUE),
    0,
    0,
    0,
    *[""] * 8,
)  # status, round, attempts, parts; what is to come


def values(appointment: Appointment, one: Plan, *, now: dt.datetime) -> tuple[Any, ...]:
    """The columns of `WRITTEN`; every other one is NULL."""
    moment = connection.ops.adapt_datetimefield_value
    starts_at, due_at = moment(appointment.starts_at), moment(one.due_at)
    return (
        new_public_id(),
        appointment.clinic_id,
        appointment.patient_id,
        appointment.pk,
        appointment.session_id,
        str(one.kind),
        str(channel_of(appointment.patient)),
        starts_at,
        one.days,
        due_at,
        due_at,
        moment(one.useful_until),
        moment(now),
        *AS_PLANNED,
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


def withdraw(appointments: Iterable[int], reason: str, *, now: dt.datetime) -> dict[int, int]:
    """Nothing that has not left yet is said of these appointments any more.

    Those of them (primary keys) that the patient knows of, each with the attempt at it that they
    were told last: a move that was never told leaves them with the place before. What is being
    handed to a provider just now counts as told. Nobody is known to know nothing, but for those
    whose first word of it is withdrawn here: the others have a card, or were called.
    """
    mine = list(appointments)
    Message.objects.filter(STILL_HERE, appointment__in=mine).update(
        status=Status.CANCELLED, reason=reason, settled_at=now, leased_until=None, claimed_by=""
    )
    of_uid = dict(Appointment.objects.filter(pk__in=mine).values_list("uid", "pk"))
    told: dict[int, int] = {}
    unheard: set[int] = set()
    # Asked behind the update: what a sender had begun by then was not withdrawn by it.
    for said in _said_of(of_uid):
        pk = of_uid[said["appointment__uid"]]
        if said["status"] in TOLD:
            told[pk] = said["appointment"]
        elif said["kind"] in FIRST_WORD and (said["status"], said["settled_at"]) == (
            Status.CANCELLED,
            now,
        ):
            unheard.add(pk)
    return {pk: told.get(pk, pk) for pk in mine if pk in told or pk not in unheard}


def _said_of(uids: Collection[UUID]) -> Iterable[Mapping[str, Any]]:
    """Of every attempt at these appointments, in the order of the attempts."""
    return (
        Message.objects.filter(appointment__uid__in=uids, kind__in=ABOUT_A_PLACE)
        .order_by("appointment__sequence", "pk")
        .values("appointment", "appointment__uid", "kind", "status", "settled_at")
    )


def hurry(appointment: int, *, now: dt.datetime) -> None:
    """The session is done: what is to be done afterwards waits no longer."""
    Message.objects.filter(
        appointment=appointment,
        kind=Kind.AFTERCARE,
        status__in=Message.WAITING,
        next_try_at__gt=now,
        due_at__lte=now + SOON,
    ).update(next_try_at=now)


def take_up(appointment: int, *, now: dt.datetime) -> None:
    """The patient was here after all: the advice that was dropped as they were said to be absent is
    still to come."""
    Message.objects.filter(
        appointment=appointment, status=Status.CANCELLED, reason=reasons.ABSENT
    ).filter(useful_until__gt=now).update(
        status=Status.DUE, reason="", settled_at=None, next_try_at=Greatest(F("due_at"), now)
    )


def tell_moved(
    old: Appointment, new: Appointment, told: Telling, *, now: dt.datetime
) -> list[Message]:
    """The old place's messages end and their links with them, those too that a sender had begun by
    then; the new one has its own, and the news if a place was known."""
    known = withdraw([old.pk], reasons.MOVED, now=now)
    links.revoke_for([old], now=now)
    return plan([new], told, news=Kind.MOVED if known else Kind.BOOKED, now=now)


def tell_cancelled(
    appointments: Sequence[Appointment], told: Telling, *, now: dt.datetime
) -> list[Message]:
    """They will not take place: who knows of them is told that, of the place that they know. The
    links of what was said of them end."""
    known = withdraw([one.pk for one in appointments], reasons.VISIT_CANCELLED, now=now)
    links.revoke_for(appointments, now=now)
    if not told.timings(Kind.CANCELLED):
        return []
    here = {one.pk: one for one in appointments}
    elsewhere = set(known.values()) - set(here)
    if elsewhere:
        places = Appointment.objects.filter(pk__in=elsewhere).select_related("clinic", "patient")
        here |= {one.pk: one for one in places}
    return Message.objects.bulk_create(
        row(one, Plan(Kind.CANCELLED, 0, now, one.starts_at), now=now)
        for one in (here[pk] for pk in known.values())
        if one.starts_at > now
    )
