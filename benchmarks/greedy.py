"""What booking systems and receptionists do: the first free day on or after the due day."""

from protocols.planning import Problem
from protocols.planning.search import Search
from protocols.planning.visits import Rooms


def greedy_places(problem: Problem) -> bool:
    """Whether every session finds a place, each taken as soon as it is due, never looking ahead."""
    search = Search(problem, Rooms(problem))
    previous = search.before_first
    for step, visit in enumerate(search.visits):
        span = search.window(step, previous)
        days = (day for day in search.days(span) if day >= span.due and visit.offer(day).staff)
        found = next(days, None)
        if found is None:
            return False
        previous = found
    return True
