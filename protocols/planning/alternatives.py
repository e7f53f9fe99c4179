"""Other days for one session of a plan, and what the whole series would then cost."""

from typing import NamedTuple

from protocols.planning.plans import Alternative
from protocols.planning.search import Search
from protocols.planning.settle import Settled, earliest

MOST = 5


class _Day(NamedTuple):
    """Another day: compares by cost (packed, of the whole series), then by date."""

    cost: int
    ordinal: int


def alternatives(
    search: Search, session: Settled, before: int, spent: int
) -> tuple[Alternative, ...]:
    """The best other days for a session: those before it as planned, those after it planned anew.

    ``before``: the practitioner of the last session before it that had one, as a bit, or 0.
    ``spent``: what the sessions before it cost, packed.
    """
    best = _best_days(search, session, before, spent)
    return tuple(_alternative(search, session.step, day, before) for day in best)


def _best_days(search: Search, session: Settled, before: int, spent: int) -> list[_Day]:
    found: list[_Day] = []
    for off in search.nearest_first(session.span):
        weight = spent + abs(off) * search.scale.day
        if len(found) == MOST and weight > found[-1].cost:
            break  # days further off cost more than this
        day = session.span.due + off
        held = search.hold(session.step, day) if day != session.day else None
        if held is not None:
            found = sorted([*found, _Day(weight + held.after(before), day)])[:MOST]
    return found


def _alternative(search: Search, step: int, day: _Day, before: int) -> Alternative:
    staff = search.successors(step, day.ordinal, before)
    cell, able = earliest(search, step, day.ordinal, staff)
    staffed = search.visits[step].staffed
    return Alternative(
        search.rooms.frame.local(cell),
        search.rooms.by_bit(able & -able).id if staffed else None,
        search.scale.cost(day.cost),
    )
