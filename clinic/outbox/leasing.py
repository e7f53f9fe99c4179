"""Who sends what: rows are leased to one sender at a time, on the database's own clock.

    due, retry ── claim ──> claimed ── begin ──> claimed, begun ──> accepted | retry | failed
         ^                     │                      │
         └─── lease ran out ───┘                      └── lease ran out, no answer ──> doubtful

A sender that dies leaves what it had only claimed to the others, and the one message that it had
begun in doubt: nobody can know whether the provider took it, so a person decides. Each step is
conditional on the lease, so a sender that slept past it writes nothing any more. The two steps in
the middle, which each message takes alone, are in `handing`.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import F, QuerySet

from clinic.line import in_line
from clinic.models import Clinic, Kind, Message
from clinic.moments import day_bounds
from patients.models import Channel

Status = Message.Status
Parcel = tuple[int, int, str, str]  # clinic, patient, channel, apart
LEASE = dt.timedelta(minutes=3)
LATE = dt.timedelta(minutes=15)  # past it a message waits in the line of those that are late
LATE_A_MINUTE = 60  # after a provider was down: patients' answers should not come all at once
BOUND_TO_AN_HOUR = frozenset({Kind.DAY, Kind.AFTERCARE, Kind.CHECK_IN})
CLAIMING, TEXTING = (3, 1), (3, 2)  # advisory locks; spaces 1 and 2 are those of booking


# A text message has room for one thing: what is new must stand in it, not behind its link; a
# recall asks something, and says how to end such messages.
APART = frozenset({Kind.BOOKED, Kind.MOVED, Kind.CANCELLED, Kind.RECALL, Kind.RECALL_DUE})


def parcel_of(message: Message) -> Parcel:
    """Messages with the same one leave together when they leave on one day, whatever each is for:
    what the patient refused of it was left out before."""
    is_apart = message.channel == Channel.SMS and message.kind in APART
    apart = message.kind if is_apart else ""
    return message.clinic_id, message.patient_id, message.channel, apart


@dataclass(frozen=True)
class Sender:
    """`name` is one process's own and random: two never have the same.

    `at_any_hour`: where nothing leaves the machine, nobody is woken by it.
    """

    name: str
    lease: dt.timedelta = LEASE
    late_a_minute: int | None = LATE_A_MINUTE  # None: no limit
    at_any_hour: bool = False


def database_now() -> dt.datetime:
    """The database's clock: the same for every sender, whatever its machine believes."""
    is_sqlite = connection.vendor == "sqlite"
    asked = (
        "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')" if is_sqlite else "SELECT clock_timestamp()"
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        (found,) = cursor.fetchone()
    return dt.datetime.fromisoformat(found).replace(tzinfo=dt.UTC) if is_sqlite else found


def claim(sender: Sender, *, limit: int, now: dt.datetime) -> list[Message]:
    """Lease up to `limit` waiting messages, those of the earliest visits first, and with them what
    else waits for the same patients today. `now` is the database's.
    """
    with in_line(), transaction.atomic():
        one_at_a_time(CLAIMING)
        recover(now=now)
        chosen = _chosen(sender, limit, now=now)
        mine = [*chosen, *_beside(chosen, now=now)]
        Message.objects.filter(pk__in=[one.pk for one in mine]).update(
            status=Status.CLAIMED,
            claimed_by=sender.name,
            claimed_at=now,
            leased_until=now + sender.lease,
            begun_at=None,
        )
    return mine


def recover(*, now: dt.datetime) -> tuple[int, int]:
    """Leases that ran out: what was not begun waits again, what was begun is in doubt."""
    over = Message.objects.filter(status=Status.CLAIMED, leased_until__lte=now)
    doubtful = over.filter(begun_at__isnull=False).update(
        status=Status.DOUBTFUL, doubted_at=now, leased_until=None
    )
    waiting = over.filter(begun_at__isnull=True).update(
        status=Status.DUE, claimed_by="", claimed_at=None, leased_until=None
    )
    return waiting, doubtful


def put_off(
    sender: Sender, messages: Iterable[int], *, until: dt.datetime, answer: str = ""
) -> None:
    """To be tried again."""
    held(sender, messages).update(
        status=Status.RETRY,
        next_try_at=until,
        answer=answer,
        leased_until=None,
        claimed_by="",
        claimed_at=None,
        begun_at=None,
        merged_into=None,
    )


def doubt(sender: Sender, messages: Iterable[int], *, answer: str, now: dt.datetime) -> None:
    """Perhaps it was sent: no answer came."""
    held(sender, messages).update(
        status=Status.DOUBTFUL, doubted_at=now, leased_until=None, answer=answer
    )


def give_back(sender: Sender) -> None:
    """All that is leased and not begun, to the other senders."""
    Message.objects.filter(
        status=Status.CLAIMED, claimed_by=sender.name, begun_at__isnull=True
    ).update(status=Status.DUE, claimed_by="", claimed_at=None, leased_until=None)


def fail(
    sender: Sender, messages: Iterable[int], *, reason: str, now: dt.datetime, answer: str = ""
) -> None:
    """It will not be sent, and the desk should know."""
    _settle(sender, messages, Status.FAILED, reason, answer, now=now)


def drop(sender: Sender, messages: Iterable[int], *, reason: str, now: dt.datetime) -> None:
    """It need not be sent any more."""
    _settle(sender, messages, Status.CANCELLED, reason, "", now=now)


def _settle(
    sender: Sender,
    messages: Iterable[int],
    status: Message.Status,
    reason: str,
    answer: str,
    *,
    now: dt.datetime,
) -> None:
    held(sender, messages).update(
        status=status,
        reason=reason,
        answer=answer,
        settled_at=now,
        leased_until=None,
        merged_into=None,  # each by itself to whoever tells the patient instead
    )


def held(sender: Sender, messages: Iterable[int]) -> QuerySet[Message]:
    """Those of `messages` that the sender still has."""
    return Message.objects.filter(
        pk__in=list(messages), status=Status.CLAIMED, claimed_by=sender.name
    )


def one_at_a_time(what: tuple[int, int]) -> None:
    """Until the transaction ends, nobody else does `what`. SQLite has one writer anyway.

    Claims are short: one after the other they merge whole days and keep the pace exactly.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", what)


def _chosen(sender: Sender, limit: int, *, now: dt.datetime) -> list[Message]:
    """On time first; then those that are late, no more a minute than the pace allows."""
    waiting = _waiting(now=now)
    on_time = list(waiting.filter(due_at__gt=now - LATE)[:limit])
    room = min(limit - len(on_time), _room(sender, now=now))
    late = waiting.filter(due_at__lte=now - LATE)[:room] if room > 0 else ()
    return _with_clinics([*on_time, *late])


def _with_clinics(messages: list[Message]) -> list[Message]:
    """One object for each clinic and not one for each message."""
    clinics = Clinic.objects.in_bulk({message.clinic_id for message in messages})
    for message in messages:
        message.clinic = clinics[message.clinic_id]
    return messages


def _waiting(*, now: dt.datetime) -> QuerySet[Message]:
    return _locked(Message.objects.filter(status__in=Message.WAITING, next_try_at__lte=now))


def _locked(messages: QuerySet[Message]) -> QuerySet[Message]:
    """In order, and held until they are ours: what a booking is withdrawing just now is left out.

    Nothing to hold on SQLite, which has one writer.
    """
    return messages.select_for_update(skip_locked=True).order_by("starts_at", "pk")


def _room(sender: Sender, *, now: dt.datetime) -> int:
    if sender.late_a_minute is None:
        return 1_000_000
    lately = Message.objects.filter(claimed_at__gt=now - dt.timedelta(minutes=1))
    return sender.late_a_minute - lately.filter(due_at__lte=F("claimed_at") - LATE).count()


def _beside(chosen: Sequence[Message], *, now: dt.datetime) -> list[Message]:
    """What else is to leave today for the same patients in the same parcels."""
    ends = {parcel_of(one): day_bounds(one.clinic.today(now=now), one.clinic.zone)[1]
            for one in chosen}  # fmt: skip
    if not ends:
        return []
    others = _locked(
        Message.objects.filter(
            status=Status.DUE,
            patient__in={one.patient_id for one in chosen},
            next_try_at__lt=max(ends.values()),
        ).exclude(pk__in=[one.pk for one in chosen])
    )
    return _with_clinics([one for one in others if goes_with(one, ends, now=now)])


def goes_with(message: Message, ends: Mapping[Parcel, dt.datetime], *, now: dt.datetime) -> bool:
    """Whether it leaves with a parcel of today; what is bound to an hour waits for it."""
    until = now if message.kind in BOUND_TO_AN_HOUR else ends.get(parcel_of(message))
    return parcel_of(message) in ends and until is not None and message.next_try_at <= until
