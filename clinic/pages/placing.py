"""What a page offers to place one visit: its rules in words, days, and one day's free starts."""

import datetime as dt
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from clinic import booking
from clinic.booking.clearance import in_its_way
from clinic.booking.moving import barred
from clinic.booking.visits import rule_text
from clinic.models import Resource

STRETCH = 21  # days shown at once


@dataclass(frozen=True)
class Day:
    on: dt.date
    is_free: bool
    is_chosen: bool
    is_due: bool
    is_now: bool  # where the visit stands at present


@dataclass(frozen=True)
class Group:
    """The free starts of one practitioner, or of nobody in particular."""

    practitioner: Resource | None
    places: tuple[booking.Place, ...]


@dataclass(frozen=True)
class Choice:
    visit: booking.Visit
    window: booking.MoveWindow
    days: tuple[Day, ...]
    on: dt.date | None
    groups: tuple[Group, ...]
    broken: tuple[str, ...]  # the rules that the chosen day would not keep
    barred: tuple[booking.Problem, ...]  # why the session cannot be booked on that day
    warnings: tuple[booking.Problem, ...]  # of one that moves: what stands before its session
    earlier: dt.date | None
    later: dt.date | None

    @property
    def free(self) -> int:
        return sum(len(group.places) for group in self.groups)


def choices(
    visit: booking.Visit,
    *,
    on: dt.date | None = None,
    only: Sequence[Resource] = (),
    now: dt.datetime,
) -> Choice:
    """Around `on`, or where the visit stands, or from the first day that is free."""
    window = booking.move_window(visit, now=now)
    present = _present(visit)
    shown, earlier, later = _stretch(window.days, on or present or window.due)
    free = set(booking.free_days(visit, shown, only=only, now=now))
    chosen = on or _first(present, shown, free)
    return Choice(
        visit,
        window,
        tuple(Day(d, d in free, d == chosen, d == window.due, d == present) for d in shown),
        chosen,
        _groups(visit, chosen, only, now=now) if chosen else (),
        tuple(rule_text(rule) for rule in visit.broken(chosen)) if chosen else (),
        _barred(visit, chosen, now=now),
        _warnings(visit, chosen),
        earlier,
        later,
    )


def _barred(
    visit: booking.Visit, on: dt.date | None, *, now: dt.datetime
) -> tuple[booking.Problem, ...]:
    if on is None:
        return ()
    noon = dt.datetime.combine(on, dt.time(12), visit.clinic.zone)
    return barred(visit, noon, now=now)


def _warnings(visit: booking.Visit, on: dt.date | None) -> tuple[booking.Problem, ...]:
    if on is None or visit.moving is None:
        return ()
    return in_its_way(visit.session, visit.clinic, on)


def _present(visit: booking.Visit) -> dt.date | None:
    moving = visit.moving
    return moving.starts_at.astimezone(visit.clinic.zone).date() if moving else None


def _stretch(
    days: tuple[dt.date, ...], around: dt.date | None
) -> tuple[tuple[dt.date, ...], dt.date | None, dt.date | None]:
    """The days to show, and where the stretches before and after them begin."""
    at = min(bisect_left(days, around), len(days) - 1) if days and around else 0
    begin = at // STRETCH * STRETCH
    earlier = days[begin - STRETCH] if begin else None
    later = days[begin + STRETCH] if begin + STRETCH < len(days) else None
    return days[begin : begin + STRETCH], earlier, later


def _first(present: dt.date | None, shown: Sequence[dt.date], free: set[dt.date]) -> dt.date | None:
    if present in free:
        return present
    return next((day for day in shown if day in free), shown[0] if shown else None)


def _groups(
    visit: booking.Visit, on: dt.date, only: Sequence[Resource], *, now: dt.datetime
) -> tuple[Group, ...]:
    """Free starts by practitioner; the one whom the visit has now comes first."""
    found: dict[Resource | None, list[booking.Place]] = {}
    for place in booking.openings(visit, on=on, only=only, now=now):
        found.setdefault(place.practitioner, []).append(place)
    present = visit.moving.practitioner if visit.moving else None
    ordered = sorted(found.items(), key=lambda item: item[0] != present)
    return tuple(Group(practitioner, tuple(places)) for practitioner, places in ordered)
