"""The last look before a message leaves: is what it says still so, and may it be said now?

Nothing here trusts what was true when the message was planned.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from django.db.models import Count, Q, QuerySet

from clinic.models import Appointment, Clinic, Kind, Message
from clinic.models.messages import AHEAD
from clinic.moments import day_bounds
from clinic.outbox import hours, reasons
from patients import contacts
from patients.contacts import Consents
from patients.models import Channel, TreatmentSession

Status = Appointment.Status
RECALLS = frozenset({Kind.RECALL, Kind.RECALL_DUE})
# Advice after the session goes once it is marked done; who forgets to is waited for so long past
# its planned end, since sessions run late (our choice).
MARKED_LATE = dt.timedelta(hours=1)
ASKED_AGAIN = dt.timedelta(minutes=30)  # until somebody says that the patient came
TEXTS_A_NUMBER = 3  # a day (reliability R13): more than that is a fault, or somebody's trick


class Act(Enum):
    SEND = "send"
    DROP = "drop"  # no longer needed
    FAIL = "fail"  # the patient will not be told: the desk should know
    WAIT = "wait"
    SWITCH = "switch"  # to the other channel


@dataclass(frozen=True)
class Verdict:
    """`until` when it waits, `address` when it is sent, `channel` when it is switched."""

    act: Act
    reason: str = ""
    until: dt.datetime | None = None
    address: str = ""
    channel: str = ""


@dataclass(frozen=True)
class Texts:
    """Text messages that left today, or are just leaving: of each clinic, and to each number."""

    by_clinic: Mapping[int, int]
    by_number: Mapping[str, int]

    @classmethod
    def today(cls, clinics: Sequence[Clinic], *, now: dt.datetime) -> "Texts":
        """Two queries a clinic."""
        by_clinic: dict[int, int] = {}
        by_number: dict[str, int] = {}
        for clinic in clinics:
            sent = texts_today(clinic, now=now)
            by_clinic[clinic.pk] = sent.filter(clinic=clinic).count()
            # Whichever clinic wrote: it is one telephone that rings.
            by_number.update(sent.values_list("sent_to").annotate(n=Count("pk")))
        return cls(by_clinic, by_number)


def texts_today(clinic: Clinic, *, now: dt.datetime) -> QuerySet[Message]:
    """Of every clinic, since midnight on the clock of this one."""
    since = day_bounds(clinic.today(now=now), clinic.zone)[0]
    return (
        Message.objects.filter(channel=Channel.SMS, merged_into__isnull=True)
        .filter(
            Q(status="accepted", settled_at__gte=since)
            | Q(status="doubtful", doubted_at__gte=since)
            | Q(status="claimed", begun_at__gte=since)
        )
        .order_by()
    )


def are_texts_used_up(clinic: Clinic, *, now: dt.datetime) -> bool:
    """For the desk: what goes by text message goes by e-mail today, or not at all. One query."""
    if not clinic.sends_texts:
        return False
    return texts_today(clinic, now=now).filter(clinic=clinic).count() >= clinic.texts_a_day


NO_TEXTS = Texts({}, {})


def look(
    message: Message,
    said: Consents,
    texts: Texts,
    *,
    at_any_hour: bool = False,
    now: dt.datetime,
) -> Verdict:
    """What to do with a message that is due. It comes with its appointment, session and patient."""
    return (
        (_about_recall(message) if message.kind in RECALLS else _about_visit(message, now=now))
        or _by_the_clock(message, at_any_hour=at_any_hour, now=now)
        or _to_the_patient(message, said, texts)
    )


def _about_visit(message: Message, *, now: dt.datetime) -> Verdict | None:
    visit = message.appointment
    if visit is None:
        return Verdict(Act.DROP, reasons.NOT_NEEDED)
    if message.kind == Kind.CANCELLED:
        return _about_what_was_cancelled(visit, now=now)
    if visit.status in {Status.CANCELLED, Status.ENTERED_IN_ERROR}:
        is_moved = visit.cancellation_reason == Appointment.Reason.MOVED
        return Verdict(Act.DROP, reasons.MOVED if is_moved else reasons.VISIT_CANCELLED)
    if message.kind in AHEAD:
        is_over = visit.starts_at <= now or visit.status != Status.BOOKED
        return Verdict(Act.DROP, reasons.PAST) if is_over else None
    return _about_who_came(message, visit, now=now)


def _about_what_was_cancelled(visit: Appointment, *, now: dt.datetime) -> Verdict | None:
    if visit.status != Status.CANCELLED:
        return Verdict(Act.DROP, reasons.NOT_NEEDED)
    return Verdict(Act.DROP, reasons.PAST) if visit.starts_at <= now else None


def _about_who_came(message: Message, visit: Appointment, *, now: dt.datetime) -> Verdict | None:
    """Advice after a visit is for who was there: until somebody says so it waits."""
    was_here = visit.status == Status.ARRIVED and message.kind == Kind.AFTERCARE
    if visit.status == Status.FULFILLED or (was_here and now >= visit.ends_at + MARKED_LATE):
        return None
    if visit.status == Status.NOSHOW:
        return Verdict(Act.DROP, reasons.ABSENT)
    if now + ASKED_AGAIN > message.useful_until:
        return Verdict(Act.DROP, reasons.NOT_NEEDED)
    return Verdict(Act.WAIT, until=now + ASKED_AGAIN)


def _about_recall(message: Message) -> Verdict | None:
    """Still to be booked, in a series that runs."""
    session = message.session
    is_waiting = (
        session is not None
        and session.status == TreatmentSession.Status.NOT_STARTED
        and session.series.is_open
    )
    return None if is_waiting else Verdict(Act.DROP, reasons.NOT_NEEDED)


def _by_the_clock(message: Message, *, at_any_hour: bool, now: dt.datetime) -> Verdict | None:
    if now > message.useful_until:
        return late(message, now=now)
    if at_any_hour or hours.is_open(message.clinic, now):
        return None
    until = hours.later(message.clinic, now)
    if until >= message.useful_until:
        return Verdict(Act.FAIL, reasons.TOO_LATE)
    return Verdict(Act.WAIT, until=until)


def late(message: Message, *, now: dt.datetime) -> Verdict:
    """Nothing is said about the past; of what lies ahead the desk should hear."""
    if message.starts_at <= now:
        return Verdict(Act.DROP, reasons.PAST)
    return Verdict(Act.FAIL, reasons.TOO_LATE)


def _to_the_patient(message: Message, said: Consents, texts: Texts) -> Verdict:
    """By this channel, else by the other one; else to nobody, and why."""
    ways = list(contacts.ways(message.patient, said))
    allowed = [way for way in ways if said.allows(message.purpose, way.channel)]
    barred = {way.channel: bar(message.clinic, way, texts) for way in allowed}
    usable = [way for way in allowed if not barred[way.channel]]
    own = next((way for way in usable if way.channel == message.channel), None)
    if own:
        return Verdict(Act.SEND, address=own.address)
    if usable:
        return Verdict(Act.SWITCH, reasons.OTHER_CHANNEL, channel=usable[0].channel)
    if ways and not allowed:
        return Verdict(Act.DROP, reasons.OPTED_OUT)
    return Verdict(Act.FAIL, next(filter(None, barred.values()), reasons.NO_ADDRESS))


def bar(clinic: Clinic, way: contacts.Reach, texts: Texts) -> str:
    """Why no text message goes there, although the patient would have it; empty: it may."""
    if way.channel != Channel.SMS:
        return ""
    if not clinic.sends_texts:
        return reasons.NO_ADDRESS
    if not way.address.startswith(tuple(clinic.text_prefixes.split())):
        return reasons.PREFIX
    is_spent = texts.by_clinic.get(clinic.pk, 0) >= clinic.texts_a_day
    too_many = texts.by_number.get(way.address, 0) >= TEXTS_A_NUMBER
    return reasons.BUDGET if is_spent or too_many else ""
