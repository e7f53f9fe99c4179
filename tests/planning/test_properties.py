"""What holds for every problem. See `strategies` for the problems, `brute_force` for the truth."""

import json
from copy import deepcopy
from datetime import date, datetime, timedelta

from hypothesis import event, given
from hypothesis import strategies as st

from protocols.planning import plan
from tests.planning.brute_force import BruteForce, brute_force
from tests.planning.strategies import STAFF, problems


def cost_of(answer):
    return tuple(answer["cost"].values())


@given(problems())
def test_the_answer_is_the_brute_force_one(problem):
    expected = brute_force(problem)
    event(f"{expected['status']} {expected['why'] or ''}")
    for session in expected["sessions"]:
        event(f"reason: {session['reason']}")
    assert plan(problem) == expected


@given(problems())
def test_every_session_keeps_every_rule(problem):
    rules = BruteForce(problem)
    previous = rules.previous_on
    for index, session in enumerate(plan(problem)["sessions"]):
        starts_at = datetime.fromisoformat(session["starts_at"])
        length = sum(part["minutes"] for part in problem["steps"][index]["segments"])
        assert datetime.fromisoformat(session["ends_at"]) - starts_at == timedelta(minutes=length)
        opens, _, closes = rules.window(index, previous)
        previous = starts_at.date()
        assert opens <= previous <= closes
        booked = (starts_at, session["practitioner"], list(session["resources"].values()))
        assert booked in [
            (rules.clock.aware(start), who, [problem["resources"][n]["id"] for n in chosen])
            for start, chosen, who, _ in rules.visits(index, previous)
        ]


@given(problems(), st.randoms(use_true_random=False))
def test_what_has_no_meaning_has_no_effect(problem, random):
    """Five properties on the same problems: drawing problems is what takes time."""
    before = deepcopy(problem)
    answer = plan(problem)
    assert problem == before
    assert json.loads(json.dumps(answer)) == answer
    assert plan(with_nulls(problem)) == answer
    assert plan(shuffled(problem, random)) == answer
    assert plan(renamed(problem)) == renamed(answer)
    for session in answer["sessions"]:
        assert_sorted_without_twins(session)


def with_nulls(problem):
    """Everything optional that is absent is null."""
    optional = ("until", "previous_on", "previous_practitioner", "require", "prefer")
    return {**dict.fromkeys(optional), **problem}


def shuffled(problem, random):
    """Everything that has no order in another order."""
    other = json.loads(json.dumps(problem))
    random.shuffle(other["closed_on"])
    for resource in other["resources"]:
        random.shuffle(resource["busy"])
        random.shuffle(resource["hours"])
    for wishes in (other.get("require"), other.get("prefer")):
        if wishes and "weekdays" in wishes:
            random.shuffle(wishes["weekdays"])
    return other


def renamed(document):
    """The practitioners under other names, that sort the other way."""
    text = json.dumps(document)
    for number in range(3):
        text = text.replace(f'"{STAFF}-{number}"', f'"dr {9 - number}"')
    return json.loads(text)


def assert_sorted_without_twins(session):
    keys = [
        (tuple(one["cost"].values()), datetime.fromisoformat(one["starts_at"]))
        for one in session["alternatives"]
    ]
    assert keys == sorted(keys)
    days = [session["starts_at"][:10], *(start.date().isoformat() for _, start in keys)]
    assert len(set(days)) == len(days)
    assert len(keys) <= 5


@given(problems(), st.data())
def test_more_free_time_never_makes_it_worse(problem, data):
    tight = plan(problem)
    freed = deepcopy(problem)
    resource = data.draw(st.sampled_from(freed["resources"]))
    resource["busy"] = data.draw(st.lists(st.sampled_from(resource["busy"] or [None]), max_size=3))
    resource["busy"] = [span for span in resource["busy"] if span]
    loose = plan(freed)
    assert (loose["blocked_at"] or 99) >= (tight["blocked_at"] or 99)
    if loose["blocked_at"] == tight["blocked_at"]:
        assert cost_of(loose) <= cost_of(tight)


@given(problems())
def test_moved_by_52_weeks_where_clocks_stand_still_the_plan_moves_along(problem):
    problem = {**problem, "timezone": "Indian/Reunion"}
    if any(step["gap"]["max"].endswith("M") for step in problem["steps"]):
        return  # months are not of equal length
    moved = shifted(problem, timedelta(days=364))
    assert plan(moved) == shifted(plan(problem), timedelta(days=364))


def shifted(value, by):
    """The value with every date and datetime in it moved."""
    if isinstance(value, dict):
        return {key: shifted(one, by) for key, one in value.items()}
    if isinstance(value, list):
        return [shifted(one, by) for one in value]
    if isinstance(value, str) and value[:2] == "20" and value[4:5] == "-":
        return (date.fromisoformat(value[:10]) + by).isoformat() + value[10:]
    return value


@given(problems())
def test_planning_the_rest_again_changes_nothing(problem):
    whole = plan(problem)
    who = problem.get("previous_practitioner")
    for done, session in enumerate(whole["sessions"], start=1):
        who = session["practitioner"] or who
        rest = {
            **problem,
            "steps": problem["steps"][done : len(whole["sessions"])],
            "previous_on": session["starts_at"][:10],
            "previous_practitioner": who,
        }
        starts = [one["starts_at"] for one in plan(rest)["sessions"]]
        assert starts == [one["starts_at"] for one in whole["sessions"][done:]]


@given(problems(max_steps=3))
def test_the_cause_named_is_the_cause(problem):
    """With the cause taken away, the blocked step is held, or another cause is named."""
    answer = plan(problem)
    why, freed = answer["why"], deepcopy(problem)
    if why == "closed":
        freed["closed_on"] = []
    elif why == "require":
        freed.pop("require")
    elif why == "all_busy":
        for resource in freed["resources"]:
            resource["busy"] = []
    else:
        return
    again = plan(freed)
    assert again["blocked_at"] is None or (
        again["blocked_at"] >= answer["blocked_at"] and again["why"] != why
    )
