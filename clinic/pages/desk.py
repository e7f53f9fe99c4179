"""What the desk has to do: who comes next, what to close, what to move; `calls` has whom to call.

Each list has one definition, written at its function. The database is asked a fixed number of times
for all of them, however many rows there are.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet

from clinic.availability import Horizon
from clinic.care.spacing import left_behind_at
from clinic.models import OPEN, Appointment, Clinic, Hold, User
from clinic.moments import from_minute, to_minute
from clinic.pages import to_tell
from clinic.pages.agenda import Agenda, missing
from clinic.pages.calls import Call, to_call
from clinic.pages.entries import Entry, add_holds, entries
from clinic.pages.not_before import too_early
from clinic.pages.opening import Opening, WallClock
from clinic.pages.screening import Badge
from clinic.pages.to_tell import ToTell
from patients.models import SessionRecord
from patients.standing import standings
from protocols.models import Segment
from protocols.translated import active_language

SHOWN = 3  # of who comes next
# Rows of each other list: all five stand above the fold of 1280 x 800; the rest is one click away.
SHOWN_OF_OTHERS = 2
JUST_BEGUN = dt.timedelta(minutes=15)
CLOSED = (Appointment.Status.FULFILLED, Appointment.Status.NOSHOW)
A_MOMENT = dt.timedelta(seconds=30)  # from one mark to the next of somebody who closes a day
MOST_KEPT = 12
WHOLE = ("call", "close", "move", "tell", "reach")  # lists with a page of their own
Row = TypeVar("Row")


@dataclass(frozen=True)
class Some(Generic[Row]):
    """The first rows of a list, and how many it has."""

    rows: Sequence[Row]
    total: int


@dataclass(frozen=True)
class Lists:
    next_in: Some[Entry]
    to_tell: Some[ToTell]
    out_of_reach: int  # coming patients whom no message gets to
    to_call: Some[Call]
    to_close: Some[Entry]
    to_move: Some[Entry]
    parts: dict[int, str]  # what to get ready, by step


def lists(today: Agenda, *, by: User, now: dt.datetime) -> Lists:
    """What the desk shows beside today's agenda; what `by` just closed is still in its row."""
    clinic = today.ask.clinic
    coming, closing = next_in(today.visits, now=now), to_close(clinic, now=now)
    calling, moving = to_call(clinic, now=now), to_move(clinic, now=now)
    telling = to_tell.to_tell(clinic, now=now)
    soon, kept = coming[:SHOWN], just_closed(clinic, by=by, now=now)
    add_badges(soon, clinic, now=now)
    shown = Q(pk__in=closing[:SHOWN_OF_OTHERS].values("pk")) | Q(pk__in=kept)
    return Lists(
        Some(soon, len(coming)),
        Some(to_tell.rows(telling[:SHOWN_OF_OTHERS], now=now), telling.count()),
        len(to_tell.out_of_reach(clinic, now=now)),
        Some(calling[:SHOWN_OF_OTHERS], len(calling)),
        Some(rows(in_order(shown), clinic), closing.count()),
        Some(moving[:SHOWN_OF_OTHERS], len(moving)),
        parts(visit.step for visit in soon),
    )


def next_in(today: Iterable[Entry], *, now: dt.datetime) -> list[Entry]:
    """Of today's visits, the open ones ahead, or begun less than 15 minutes ago."""
    since = to_minute(now - JUST_BEGUN)
    return [visit for visit in today if visit.is_open and visit.starts > since]


def add_badges(visits: Iterable[Entry], clinic: Clinic, *, now: dt.datetime) -> None:
    """Whether each who comes for a session may be treated. Three queries."""
    pairs = [(visit, (visit.patient_pk, visit.protocol)) for visit in visits if visit.protocol]
    found = standings({pair for _visit, pair in pairs}, on=clinic.today(now=now))
    for visit, pair in pairs:
        visit.badge = Badge.of(visit.patient_id, pair[1], found[pair])


def parts(steps: Iterable[int | None]) -> dict[int, str]:
    """What to get ready, by step: "cream 30 min · treatment 20 min". One query.

    The parts of a visit say nothing about anybody's health, so the desk may see them.
    """
    named: dict[int, list[str]] = defaultdict(list)
    english = active_language() == "en"
    rows = Segment.objects.filter(step__in=set(filter(None, steps))).order_by("step", "position")
    for step, french, own, minutes in rows.values_list("step", "name_fr", "name_en", "minutes"):
        named[step].append(f"{own if english and own else french} {minutes} min")
    return {step: " · ".join(names) for step, names in named.items()}


def whole(which: str, clinic: Clinic, *, by: User, now: dt.datetime) -> tuple[Any, int]:
    """All rows of one list, and how many are still to do."""
    if which == "close":
        closing, kept = to_close(clinic, now=now), just_closed(clinic, by=by, now=now)
        return in_order(Q(pk__in=closing.values("pk")) | Q(pk__in=kept)), closing.count()
    if which == "tell":
        telling = to_tell.to_tell(clinic, now=now)
        return telling, telling.count()
    lists: dict[str, Callable[..., list[Any]]] = {
        "call": to_call,
        "move": to_move,
        "reach": to_tell.out_of_reach,
    }
    found = lists[which](clinic, now=now)
    return found, len(found)


def shown(which: str, listed: Any, clinic: Clinic, *, now: dt.datetime) -> list[Any]:
    """One page of a list as its rows."""
    if which == "close":
        return [*rows(listed, clinic)]
    return to_tell.rows(listed, now=now) if which == "tell" else [*listed]


def to_close(clinic: Clinic, *, now: dt.datetime) -> QuerySet[Appointment]:
    """Past appointments of which nobody has said yet whether the patient came."""
    return in_order(Q(clinic=clinic, ends_at__lte=now, status__in=OPEN))


def in_order(wanted: Q) -> QuerySet[Appointment]:
    return Appointment.objects.filter(wanted).order_by("starts_at", "pk")


def just_closed(clinic: Clinic, *, by: User, now: dt.datetime) -> list[int]:
    """What `by` closed a moment ago, and before it in one go: these rows stay where they are.

    Else the next row would slide under the pointer, and a second click close the wrong visit. What
    is signed cannot be undone, so it does not wait here.
    """
    signed = SessionRecord.objects.filter(
        session=OuterRef("session"), status=SessionRecord.Status.SIGNED
    )
    closed = Appointment.objects.filter(
        ~Exists(signed), clinic=clinic, changed_by=by, status__in=CLOSED, ends_at__lte=now
    )
    since = now - MOST_KEPT * A_MOMENT
    recent = closed.filter(changed_at__gt=since).order_by("-changed_at", "-pk")[:MOST_KEPT]
    kept, later = [], now
    for pk, changed_at in recent.values_list("pk", "changed_at"):
        if later - changed_at > A_MOMENT:
            break
        kept.append(pk)
        later = changed_at
    return kept


def rows(appointments: QuerySet[Appointment], clinic: Clinic) -> list[Entry]:
    """Flat rows with what they hold. Three queries."""
    found = entries(appointments, WallClock(clinic))
    add_holds(found, Hold.objects.filter(appointment__in=[visit.pk for visit in found]))
    return found


def to_move(clinic: Clinic, *, now: dt.datetime) -> list[Entry]:
    """Booked ahead, over an absence, a closure or a holiday, or outside the hours of what it holds;
    sessions before the day from which their patient may be treated; and those that left their
    window, because the one before took place on another day.

    Holds come as integers and are looked at in memory; only the few that must move become rows.
    """
    resources = list(clinic.resources.order_by().values_list("pk", flat=True))
    ahead = Hold.objects.filter(active=True, resource__in=resources, starts__gt=to_minute(now))
    held = list(ahead.order_by().values_list("appointment", "resource", "starts", "ends"))
    last = max((ends for *_row, ends in held), default=to_minute(now))
    horizon = Horizon(clinic, clinic.today(now=now), clinic.today(now=from_minute(last)))
    opening = Opening.of(horizon, resources)
    uncovered = {appointment for appointment, *hold in held if not opening.covers(*hold)}
    early, left = too_early(clinic, now=now), left_behind_at(clinic, now=now)
    wanted = uncovered | early.keys() | left.keys()
    found = rows(in_order(Q(clinic=clinic, pk__in=wanted)), clinic)
    for visit in found:
        visit.missing = missing(visit, opening, now=now)
        visit.not_before, visit.window = early.get(visit.pk), left.get(visit.pk)
    return [visit for visit in found if visit.missing or visit.not_before or visit.window]
