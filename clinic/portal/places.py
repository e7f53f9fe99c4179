"""Where a patient may move an appointment: free places that keep its window and its neighbours'.

The rules themselves are not told here: they say how many sessions there are and how far apart.
"""

import datetime as dt
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from clinic import booking
from clinic.booking import Place, Visit
from clinic.models import Resource
from clinic.portal.appointments import MOVE_UNTIL, SOONEST

STRETCH = 28  # days looked at together


@dataclass(frozen=True)
class Group:
    """Free starts with the practitioner whom the visit has now, or with others."""

    is_same: bool
    only: str  # the practitioner's public id; "" where anybody will do
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Choice:
    """`days` are free; `on` is the one whose hours are shown."""

    days: tuple[dt.date, ...]
    on: dt.date | None
    groups: tuple[Group, ...]
    earlier: dt.date | None
    later: dt.date | None
    has_window: bool  # whether the rules leave any day at all
    is_soon: bool = False  # what is taken there cannot be moved again


def choice(visit: Visit, *, on: dt.date | None = None, now: dt.datetime) -> Choice:
    """The days around `on`, or around where the visit stands; of the days, free ones alone."""
    window = booking.move_window(visit, now=now).days
    at = _nearest(window, on or _present(visit))
    begin = at // STRETCH * STRETCH
    shown = window[begin : begin + STRETCH]
    days = booking.free_days(visit, shown, now=now)
    groups, chosen = _first_with_hours(visit, days, on or _present(visit), now=now)
    return Choice(
        days=days,
        on=chosen,
        groups=groups,
        earlier=window[begin - STRETCH] if begin else None,
        later=window[begin + STRETCH] if begin + STRETCH < len(window) else None,
        has_window=bool(window),
        is_soon=any(place.starts_at - now < MOVE_UNTIL for one in groups for place in one.places),
    )


def _present(visit: Visit) -> dt.date | None:
    moving = visit.moving
    return moving.starts_at.astimezone(visit.clinic.zone).date() if moving else None


def _nearest(days: Sequence[dt.date], wished: dt.date | None) -> int:
    return min(bisect_left(days, wished), len(days) - 1) if days and wished else 0


def _first_with_hours(
    visit: Visit, days: Sequence[dt.date], wished: dt.date | None, *, now: dt.datetime
) -> tuple[tuple[Group, ...], dt.date | None]:
    """The nearest day to the wished one that has an hour left; today may be nearly over."""
    by_distance = sorted(days, key=lambda day: (abs(day - (wished or day)), day))
    for day in by_distance[:3]:
        if groups := hours_of(visit, day, now=now):
            return groups, day
    return (), None


def hours_of(visit: Visit, on: dt.date, *, now: dt.datetime) -> tuple[Group, ...]:
    """The free starts of a day, those with the same practitioner first."""
    present = visit.moving.practitioner if visit.moving else None
    if present is None:
        return _groups([(False, None, _free(visit, on, (), now))])
    same = _free(visit, on, (present,), now)
    told = {place.starts_at for place in same}
    others = [place for place in _free(visit, on, (), now) if place.starts_at not in told]
    return _groups([(True, present, same), (False, None, others)])


def _groups(found: Sequence[tuple[bool, Resource | None, list[Place]]]) -> tuple[Group, ...]:
    return tuple(
        Group(is_same, who.public_id if who else "", tuple(places))
        for is_same, who, places in found
        if places
    )


def _free(visit: Visit, on: dt.date, only: Sequence[Resource], now: dt.datetime) -> list[Place]:
    """Each start once, and not where the visit stands at present."""
    standing = visit.moving.starts_at if visit.moving else None
    by_start = {
        place.starts_at: place
        for place in booking.openings(visit, on=on, only=only, now=now)
        if place.starts_at >= now + SOONEST and place.starts_at != standing
    }
    return list(by_start.values())
