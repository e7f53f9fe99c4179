"""From the least cost to the one best series: starts first, resources after.

The starts of all sessions are settled, earliest first, before any practitioner is: on the way
every practitioner with whom the series still costs the least is carried along.
"""

from dataclasses import dataclass

from protocols.planning.masks import bits
from protocols.planning.search import Search, Span, existing


@dataclass(frozen=True, slots=True)
class Settled:
    """A session of the best series: its step and day, and the cell of the frame it begins at.

    ``staff`` are the practitioners (bits) who could give it, the starts being what they are; for
    a visit without a practitioner, those who gave the last one before it.
    """

    step: int
    span: Span
    day: int
    cell: int
    staff: int


def settle(search: Search) -> list[Settled]:
    """The sessions of the best series, in order; empty also if the steps cannot all be held."""
    previous = search.before_first
    whole = search.follow(0, previous)
    if whole is None:
        return []
    # Where nobody was before, any of the friends might have been: it costs the same.
    carried = search.practitioner_before or whole.friends
    sessions: list[Settled] = []
    for step in range(len(search.steps)):
        session = _settle_one(search, step, previous, carried)
        sessions.append(session)
        previous, carried = session.day, session.staff
    return sessions


def _settle_one(search: Search, step: int, previous: int, carried: int) -> Settled:
    span = search.window(step, previous)
    day, carriers = _first_best_day(search, step, previous, carried)
    staff = 0
    for before in bits(carriers):
        staff |= search.successors(step, day, before)
    cell, staff = earliest(search, step, day, staff)
    return Settled(step, span, day, cell, staff)


def _first_best_day(search: Search, step: int, previous: int, carried: int) -> tuple[int, int]:
    """The first day on which the series still costs the least, and for whom of ``carried``."""
    span, least = search.window(step, previous), existing(search.follow(step, previous))
    for day in search.days(span):
        off = abs(day - span.due) * search.scale.day
        if off > least.value + 1:
            continue
        held = search.hold(step, day)
        if held is None:
            continue
        carriers = _for_whom(off + held.value - least.value, held.friends, least.friends) & carried
        if carriers:
            return day, carriers
    raise AssertionError("a best series has a day for each of its steps")


def _for_whom(more: int, friends_of_day: int, friends_of_best: int) -> int:
    """The practitioners before for whom a day is a best one, by how much more its value is.

    The best costs 1 more for those who are not its friends, and so does the day for its own.
    """
    if more == 0:
        return friends_of_day | ~friends_of_best
    return friends_of_day & ~friends_of_best if more == 1 else 0


def earliest(search: Search, step: int, day: int, staff: int) -> tuple[int, int]:
    """The first cell at which one of ``staff`` can begin as well as the day allows, and who can."""
    visit = search.visits[step]
    liked = bool(visit.offer(day).preferred)
    starts = {
        bit: visit.starts(day, bit, liked=liked) for bit in (bits(staff) if visit.staffed else [1])
    }
    first = max(mask.bit_length() for mask in starts.values())
    able = sum(bit for bit, mask in starts.items() if mask.bit_length() == first)
    place = search.rooms.frame.day(day)
    return place.base + place.cells - first, able if visit.staffed else staff


def choose(search: Search, sessions: list[Settled]) -> list[int]:
    """Who gives each session, as bits: session by session the one listed first, at least cost.

    For a visit without a practitioner: the one before it.
    """
    can = _can_go_on(search, sessions)
    before = search.practitioner_before
    chosen = []
    for session, able in zip(sessions, can, strict=True):
        staff = search.successors(session.step, session.day, before) & able
        before = staff & -staff if before or search.visits[session.step].staffed else 0
        chosen.append(before)
    return chosen


def _can_go_on(search: Search, sessions: list[Settled]) -> list[int]:
    """`Settled.staff`, less those from whom the later sessions cannot be reached at least cost."""
    remaining = [session.staff for session in sessions]
    for index in range(len(sessions) - 1, 0, -1):
        after = sessions[index]
        remaining[index - 1] = sum(
            bit
            for bit in bits(remaining[index - 1])
            if search.successors(after.step, after.day, bit) & remaining[index]
        )
    return remaining
