"""Why a step cannot be held, and why a session is not on its due day."""

from collections.abc import Sequence

from protocols.planning.plans import Reason, Why
from protocols.planning.search import Search
from protocols.planning.settle import Settled
from protocols.planning.visits import Visit


def reason(search: Search, session: Settled) -> Reason | None:
    """Why a session is not on its due day: the first that holds; None when it is."""
    due, rooms = session.span.due, search.rooms
    if session.day == due:
        return None
    if due not in search.days(session.span):
        return "due_outside_window"
    if rooms.starts.closed(due):
        return "due_closed"
    visit = search.visits[session.step]
    if not visit.has_hours(due):
        return "due_outside_hours"
    if not visit.has_hours(due, rooms.require):
        return "due_required_otherwise"
    return "better_in_all" if visit.offer(due).staff else "due_full"


def first_blocked(search: Search) -> tuple[int, Why]:
    """The first step (from 0) that no choice of the sessions before it can reach, and why."""
    reached: Sequence[int] = [search.before_first]
    for step, visit in enumerate(search.visits):
        opened = _opened(search, step, reached)
        reached = [day for day in opened if visit.offer(day).staff]
        if not reached:
            return step, _why(search, visit, opened)
    raise AssertionError("every step can be reached")


def _opened(search: Search, step: int, reached: Sequence[int]) -> list[int]:
    """All days in a window of the step after any of the days reached, in order."""
    opened: list[int] = []
    for previous in reached:
        days = search.days(search.window(step, previous))
        # Later days open later windows, so only what lies past the last day is new.
        opened.extend(days if not opened else range(max(days.start, opened[-1] + 1), days.stop))
    return opened


def _why(search: Search, visit: Visit, days: Sequence[int]) -> Why:
    rooms = search.rooms
    if not days:
        return "window_empty"
    if all(map(rooms.starts.closed, days)):
        return "closed"
    with_hours = [day for day in days if visit.has_hours(day)]
    if not with_hours:
        return "outside_hours"
    if not any(visit.has_hours(day, rooms.require) for day in with_hours):
        return "require"
    return "all_busy"
