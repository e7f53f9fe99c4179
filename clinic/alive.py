"""Who of the house's own processes lives: each beats, and the others look whether it still does."""

import datetime as dt
from dataclasses import dataclass

from django.db import DatabaseError, connection
from django.db.models import Q

from clinic.models import Clinic, Message, WorkerBeat

WORKER, SENDER = "worker", "messages"  # names of beats
OLDEST_BEAT = dt.timedelta(minutes=5)
OVERDUE = dt.timedelta(minutes=15)  # a message that waits so long past its time
NEVER_SEEN, LATE, OK, UNKNOWN = "never seen", "late", "ok", "unknown"


def beat(name: str, *, now: dt.datetime) -> None:
    """This process lives."""
    WorkerBeat.objects.update_or_create(name=name, defaults={"at": now})


def database_state() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "unreachable"
    return OK


def worker_state(*, now: dt.datetime) -> dict[str, str | None]:
    return beat_state(WORKER, now=now)


def sender_state(*, now: dt.datetime) -> dict[str, str | int | None]:
    return {**beat_state(SENDER, now=now), "overdue": overdue(now=now)}


def beat_state(name: str, *, now: dt.datetime) -> dict[str, str | None]:
    try:
        beat = WorkerBeat.objects.filter(name=name).first()
    except DatabaseError:
        return {"state": UNKNOWN, "last_beat": None}
    if beat is None:
        return {"state": NEVER_SEEN, "last_beat": None}
    state = OK if now - beat.at <= OLDEST_BEAT else LATE
    return {"state": state, "last_beat": beat.at.isoformat()}


def overdue(*, now: dt.datetime, clinic: Clinic | None = None) -> int:
    """How many messages should have gone a quarter of an hour ago."""
    late = now - OVERDUE
    waiting = Message.objects.filter(
        Q(status__in=Message.WAITING, next_try_at__lt=late)
        | Q(status=Message.Status.CLAIMED, leased_until__lt=late),
        useful_until__gt=now,
    )
    try:
        return (waiting.filter(clinic=clinic) if clinic else waiting).count()
    except DatabaseError:
        return 0


# --- For the desk --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Silence:
    """Messages do not go out: since when, as far as anybody knows, and how many wait."""

    since: dt.datetime | None
    overdue: int


def silence(clinic: Clinic, *, now: dt.datetime) -> Silence | None:
    """None while all is well. A sender that never was is only missed once something waits for it.

    Two queries.
    """
    beat = WorkerBeat.objects.filter(name=SENDER).first()
    waiting = overdue(now=now, clinic=clinic)
    is_dead = beat is not None and now - beat.at > OLDEST_BEAT
    if not is_dead and not waiting:
        return None
    return Silence(beat.at if beat and is_dead else None, waiting)
