"""A problem solved: the best series, with its alternatives and reasons."""

from datetime import date

from protocols.planning.alternatives import alternatives as other_days
from protocols.planning.horizon import last_reachable
from protocols.planning.openings import opening_at
from protocols.planning.plans import Alternative, Cost, Plan, PlannedSession
from protocols.planning.problems import Problem
from protocols.planning.reasons import first_blocked, reason
from protocols.planning.search import Search, existing
from protocols.planning.settle import Settled, choose, settle
from protocols.planning.visits import Rooms
from protocols.planning.windows import Window


def solve(problem: Problem, *, alternatives: bool = True) -> Plan:
    """The best series for a problem, exactly; infeasible: the best for the steps that can be held.

    ValueError if the problem's frame does not reach over all its days or fit its steps.
    """
    _check_frame(problem)
    rooms = Rooms(problem)
    search = Search(problem, rooms)
    if search.follow(0, search.before_first) is not None:
        return Plan("planned", None, None, *_best(search, alternatives=alternatives))
    step, why = first_blocked(search)
    cost, sessions = _best(Search(problem, rooms, length=step), alternatives=alternatives)
    return Plan("infeasible", step + 1, why, cost, sessions)


def _check_frame(problem: Problem) -> None:
    last = last_reachable(
        problem.start_on,
        problem.steps,
        until=problem.until,
        previous_on=problem.previous_on,
        first_within_days=problem.first_within_days,
    )
    if not problem.frame.covers(problem.start_on, last):
        raise ValueError(f"the frame does not reach from {problem.start_on} to {last}")


def _best(search: Search, *, alternatives: bool) -> tuple[Cost, tuple[PlannedSession, ...]]:
    """The best series of a search, and its cost; no sessions if it has no steps."""
    settled = settle(search)
    staff = choose(search, settled)
    before = [search.practitioner_before, *staff]
    left = _left_to_pay(search, settled, before)
    sessions = []
    for index, session in enumerate(settled):
        spent = left[0] - left[index]
        others = other_days(search, session, before[index], spent) if alternatives else ()
        sessions.append(_session(search, session, staff[index], others))
    return search.scale.cost(left[0]), tuple(sessions)


def _left_to_pay(search: Search, settled: list[Settled], before: list[int]) -> list[int]:
    """What each session and all after it cost, packed; then 0."""
    left = []
    previous = search.before_first
    for session, practitioner in zip(settled, before, strict=False):
        left.append(existing(search.follow(session.step, previous)).after(practitioner))
        previous = session.day
    return [*left, 0]


def _session(
    search: Search, session: Settled, staff: int, others: tuple[Alternative, ...]
) -> PlannedSession:
    step = search.steps[session.step]
    opening = opening_at(search.rooms, step, session.cell, staff)
    return PlannedSession(
        number=session.step + 1,
        phase=step.phase,
        starts_at=opening.starts_at,
        ends_at=opening.ends_at,
        practitioner=opening.practitioner,
        resources=opening.resources,
        window=Window(*map(date.fromordinal, session.span)),
        days_off_ideal=abs(session.day - session.span.due),
        reason=reason(search, session),
        alternatives=others,
    )
