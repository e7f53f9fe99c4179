"""The openings of one day, and one place among them, against the brute force."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.planning import Alternative, Problem, open_days, openings, place, serves, solve
from protocols.planning.documents import read_problem
from tests.planning.brute_force import BruteForce
from tests.planning.strategies import problems

# The brute force asks the clock for each minute of each new day: fewer days, the same rules.
fewer = settings(max_examples=settings.default.max_examples // 4)
some_problems = problems(max_steps=2).filter(lambda problem: problem["steps"])


@fewer
@given(some_problems, st.integers(0, 6))
def test_openings_are_all_the_visits_of_a_day(document, days):
    problem, rules = read_problem(document), BruteForce(document)
    on = min(problem.start_on + timedelta(days=days), problem.frame.last)
    found = openings(problem, problem.steps[0], on)
    ids = [one["id"] for one in document["resources"]]
    # As text: repeated times of two zone objects never compare equal, though they are the same.
    assert [
        (one.starts_at.isoformat(), one.practitioner, list(one.resources.values())) for one in found
    ] == [
        (rules.clock.aware(start).isoformat(), who, [ids[number] for number in chosen])
        for start, chosen, who, _ in sorted(rules.visits(0, on), key=lambda v: (v[0], listed(v)))
    ]
    for one in found[:3]:
        assert place(problem, problem.steps[0], one.starts_at, one.practitioner) == one
        first = place(problem, problem.steps[0], one.starts_at)
        assert first is not None
        assert first.starts_at == one.starts_at
    assert open_days(problem, problem.steps[0], [on]) == ([on] if found else [])
    taken = {one.starts_at for one in found}
    odd = datetime.combine(on, datetime.min.time(), problem.frame.zone) + timedelta(minutes=601)
    assert (place(problem, problem.steps[0], odd) is None) == (odd not in taken)


@fewer
@given(some_problems, st.integers(0, 6), st.data())
def test_serves_agrees_with_the_brute_force_of_these_resources_alone(document, days, data):
    problem, rules = read_problem(document), BruteForce(document)
    step = problem.steps[0]
    on = min(problem.start_on + timedelta(days=days), problem.frame.last)
    by_kind = {
        kind: [one.id for one in problem.resources if one.kind == kind] for kind in step.kinds
    }
    chosen = {kind: data.draw(st.sampled_from(ids or ["nobody"])) for kind, ids in by_kind.items()}
    kept = [one for one in document["resources"] if one["id"] in chosen.values()]
    alone = {visit[0] for visit in BruteForce(document | {"resources": kept}).visits(0, on)}
    starts = [visit[0] for visit in rules.visits(0, on)][:6]
    for start in {*starts, *(start + 5 for start in starts)}:
        moment = rules.clock.aware(start)
        if moment.date() == on:
            assert serves(problem, step, moment, chosen) == (start in alone)


def listed(visit):
    """Practitioners in the order of listing; the other resources are the first that serve."""
    return visit[1] if visit[2] else ()


@given(problems(max_steps=3))
def test_a_picked_alternative_replans_the_rest_at_the_cost_it_named(document):
    problem = read_problem(document)
    whole = solve(problem)
    if whole.status == "infeasible":
        return
    before = problem.previous_practitioner
    for index, session in enumerate(whole.sessions):
        for picked in session.alternatives:
            assert cost_with(problem, index, picked, before) == remaining_cost(whole, index, picked)
        before = session.practitioner or before


def cost_with(problem: Problem, index: int, picked: Alternative, before: str | None):
    """What the steps after a picked alternative cost, planned again over the same calendars."""
    done = picked.practitioner or before
    rest = problem.remaining(problem.steps[index + 1 :], picked.starts_at.date(), done)
    plan = solve(rest, alternatives=False)
    assert plan.status == "planned"
    return plan.cost.days_off_ideal


def remaining_cost(whole, index: int, picked: Alternative):
    """Days off the ideal that a picked alternative leaves to the sessions after it."""
    session = whole.sessions[index]
    spent = sum(one.days_off_ideal for one in whole.sessions[:index])
    off = abs((picked.starts_at.date() - session.window.due).days)
    return picked.cost.days_off_ideal - spent - off


@given(problems(max_steps=2))
def test_without_alternatives_the_plan_is_the_same(document):
    problem = read_problem(document)
    with_them, without = solve(problem), solve(problem, alternatives=False)
    assert without.cost == with_them.cost
    assert [(one.starts_at, one.resources) for one in without.sessions] == [
        (one.starts_at, one.resources) for one in with_them.sessions
    ]
    assert all(not one.alternatives for one in without.sessions)


def test_a_day_outside_the_frame_is_refused():
    document = {
        "timezone": "Europe/Paris", "start_on": "2027-03-01", "resources": [],
        "steps": [{"phase": "", "segments": [{"minutes": 30, "needs": []}]}],
    }  # fmt: skip
    problem = read_problem(document)
    with pytest.raises(ValueError, match="outside the frame"):
        openings(problem, problem.steps[0], date(2029, 1, 1))


def test_a_frame_that_is_too_short_is_refused():
    document = {
        "timezone": "Europe/Paris", "start_on": "2027-03-01", "resources": [],
        "steps": [{"phase": "", "segments": [{"minutes": 30, "needs": []}]}],
    }  # fmt: skip
    problem = read_problem(document)
    later = Problem(frame=problem.frame, start_on=date(2027, 9, 1), steps=problem.steps,
                    resources=())  # fmt: skip
    with pytest.raises(ValueError, match="the frame does not reach"):
        solve(later)
