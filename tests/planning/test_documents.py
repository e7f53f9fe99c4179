"""Malformed problems: each names its field, and nothing but a ProblemError ever comes out."""

import json
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.planning import ProblemError, plan
from protocols.planning.documents import read_problem

GOOD = {
    "timezone": "Europe/Paris",
    "start_on": "2027-03-01",
    "until": None,
    "grid_minutes": 15,
    "steps": [
        {"phase": "attack", "segments": [{"minutes": 30, "needs": ["practitioner"]}]},
        {
            "phase": "attack",
            "gap": {"min": "P1W", "ideal": "P2W", "max": "P3W"},
            "segments": [{"minutes": 30, "needs": ["practitioner", "room"]}],
        },
    ],
    "resources": [
        {
            "id": "dr-0",
            "kind": "practitioner",
            "hours": [{"weekday": 0, "from": "09:00", "to": "24:00"}],
            "busy": [["2027-03-01T09:00", "2027-03-01T10:00"]],
        },
        {"id": "room-0", "kind": "room", "hours": [{"weekday": 0, "from": "00:00", "to": "24:00"}],
         "busy": []},
    ],
    "closed_on": ["2027-05-01"],
    "require": {"weekdays": [0], "from": "09:00", "to": "24:00", "practitioner": "dr-0"},
    "prefer": {},
}  # fmt: skip

A_DATE = "expected a date such as 2027-03-28"
A_DURATION = "expected an ISO 8601 duration such as P2W"
A_MOMENT = "expected an ISO 8601 datetime such as 2027-03-28T09:30"
A_TIME = "expected a time of day such as 09:30"
GAP, HOURS = ("steps", 1, "gap"), ("resources", 0, "hours", 0)
BUSY = ("resources", 0, "busy")
ABSENT = object()

MALFORMED = [
    (("colour",), 1, "colour: unknown key"),
    (("timezone",), ABSENT, "timezone: required"),
    (("timezone",), None, "timezone: required"),
    (("timezone",), "Mars/Olympus", "timezone: expected an IANA time zone such as Europe/Paris"),
    (("timezone",), "../etc", "timezone: expected an IANA time zone such as Europe/Paris"),
    (("timezone",), "", "timezone: expected an IANA time zone such as Europe/Paris"),
    (("timezone",), 1, "timezone: expected a text"),
    (("start_on",), ABSENT, "start_on: required"),
    (("start_on",), "2027-02-29", f"start_on: {A_DATE}"),
    (("start_on",), "20270301", f"start_on: {A_DATE}"),
    (("start_on",), 20270301, f"start_on: {A_DATE}"),
    (("start_on",), "0001-01-01", f"start_on: {A_DATE}, from 0002-01-01 to 9998-12-31"),
    (("until",), "soon", f"until: {A_DATE}"),
    (("previous_on",), [], f"previous_on: {A_DATE}"),
    (("previous_on",), "2027-02-01",
     "steps[0].gap: required: only a first step without previous_on needs none"),
    (("previous_practitioner",), 7, "previous_practitioner: expected a text"),
    (("first_within_days",), -1, "first_within_days: expected a whole number from 0"),
    (("first_within_days",), True, "first_within_days: expected a whole number from 0"),
    (("first_within_days",), 10**30,
     "first_within_days: expected a window that closes by 9998-12-31"),
    (("grid_minutes",), 0, "grid_minutes: expected a whole number from 1"),
    (("grid_minutes",), 15.0, "grid_minutes: expected a whole number from 1"),
    (("steps",), ABSENT, "steps: required"),
    (("steps",), {}, "steps: expected a list"),
    (("steps", 0), "visit", "steps[0]: expected an object"),
    (("steps", 0, "colour"), 1, "steps[0].colour: unknown key"),
    (("steps", 0, "phase"), ABSENT, "steps[0].phase: required"),
    (("steps", 0, "segments"), ABSENT, "steps[0].segments: required"),
    (("steps", 0, "segments"), [], "steps[0].segments: expected at least one item"),
    (("steps", 0, "segments", 0, "minutes"), 0,
     "steps[0].segments[0].minutes: expected a whole number from 1"),
    (("steps", 0, "segments", 0, "needs"), ABSENT, "steps[0].segments[0].needs: required"),
    (("steps", 0, "segments", 0, "needs"), "room",
     "steps[0].segments[0].needs: expected a list"),
    (("steps", 0, "segments", 0, "needs"), [1],
     "steps[0].segments[0].needs[0]: expected a text"),
    (GAP, ABSENT, "steps[1].gap: required: only a first step without previous_on needs none"),
    ((*GAP, "min"), ABSENT, "steps[1].gap.min: required"),
    ((*GAP, "min"), "2 weeks", f"steps[1].gap.min: {A_DURATION}"),
    ((*GAP, "min"), "P0D", f"steps[1].gap.min: {A_DURATION}"),
    ((*GAP, "min"), "P1W2D", f"steps[1].gap.min: {A_DURATION}"),
    ((*GAP, "min"), "PT1H", f"steps[1].gap.min: {A_DURATION}"),
    ((*GAP, "min"), "P٣D", f"steps[1].gap.min: {A_DURATION}"),
    ((*GAP, "min"), 14, f"steps[1].gap.min: {A_DURATION}"),
    ((*GAP, "max"), "P" + "9" * 5000 + "D", f"steps[1].gap.max: {A_DURATION}"),
    ((*GAP, "max"), "P9000Y", "steps[1].gap.max: expected a window that closes by 9998-12-31"),
    ((*GAP, "max"), "P999999999D",
     "steps[1].gap.max: expected a window that closes by 9998-12-31"),
    ((*GAP, "min"), "P3W", "steps[1].gap: expected min <= ideal on any date, but P3W may pass P2W"),
    ((*GAP, "max"), "P1W",
     "steps[1].gap: expected ideal <= max on any date, but P2W may pass P1W"),
    (GAP, {"min": "P1W", "ideal": "P30D", "max": "P1M"},
     "steps[1].gap: expected ideal <= max on any date, but P30D may pass P1M"),
    (("resources",), ABSENT, "resources: required"),
    (("resources", 0, "id"), ABSENT, "resources[0].id: required"),
    (("resources", 0, "id"), "", "resources[0].id: expected a text that is not empty"),
    (("resources", 1, "id"), "dr-0",
     "resources[1].id: expected an id that no other resource has"),
    (("resources", 0, "kind"), 1, "resources[0].kind: expected a text"),
    (("resources", 0, "hours"), ABSENT, "resources[0].hours: required"),
    ((*HOURS, "weekday"), 7, "resources[0].hours[0].weekday: expected a whole number from 0 to 6"),
    ((*HOURS, "from"), "9:00", f"resources[0].hours[0].from: {A_TIME}"),
    ((*HOURS, "from"), "24:00", f"resources[0].hours[0].from: {A_TIME}"),
    ((*HOURS, "to"), "24:01", f"resources[0].hours[0].to: {A_TIME}"),
    ((*HOURS, "to"), "09:00", "resources[0].hours[0].to: expected a time after from"),
    (("resources", 0, "busy"), ABSENT, "resources[0].busy: required"),
    (BUSY, "often", "resources[0].busy: expected a list"),
    ((*BUSY, 0), "ab", "resources[0].busy[0]: expected [from, to]"),
    ((*BUSY, 0), ["2027-03-01T09:00"], "resources[0].busy[0]: expected [from, to]"),
    ((*BUSY, 0), ["2027-03-01T09:00", 5], f"resources[0].busy[0][1]: {A_MOMENT}"),
    ((*BUSY, 0), [["2027-03-01T09:00"], "2027-03-01T10:00"],
     f"resources[0].busy[0][0]: {A_MOMENT}"),
    ((*BUSY, 0, 0), "2027-03-01", f"resources[0].busy[0][0]: {A_MOMENT}"),
    ((*BUSY, 0, 0), "2027-02-29T09:00", f"resources[0].busy[0][0]: {A_MOMENT}"),
    ((*BUSY, 0, 1), "2027-03-01T25:00", f"resources[0].busy[0][1]: {A_MOMENT}"),
    ((*BUSY, 0, 1), "2027-03-01T24:30", f"resources[0].busy[0][1]: {A_MOMENT}"),
    ((*BUSY, 0, 1), "9999-12-31T24:00", f"resources[0].busy[0][1]: {A_MOMENT}"),
    ((*BUSY, 0, 1), "2027-03-01T10:00+99:00", f"resources[0].busy[0][1]: {A_MOMENT}"),
    ((*BUSY, 0, 1), "2027-W01-1T10:00", f"resources[0].busy[0][1]: {A_MOMENT}"),
    ((*BUSY, 0, 1), "2027-03-01T08:59", "resources[0].busy[0]: expected from <= to"),
    ((*BUSY, 0, 1), "2027-03-01T09:00+03:00", "resources[0].busy[0]: expected from <= to"),
    (("closed_on", 0), "someday", f"closed_on[0]: {A_DATE}"),
    (("require", "weekdays"), [], "require.weekdays: expected at least one item"),
    (("require", "weekdays"), [7], "require.weekdays[0]: expected a whole number from 0 to 6"),
    (("require", "to"), "25:00", f"require.to: {A_TIME}"),
    (("require", "practitioner"), "room-0",
     "require.practitioner: expected the id of a practitioner"),
    (("prefer", "practitioner"), [], "prefer.practitioner: expected the id of a practitioner"),
    (("prefer", "mood"), "sunny", "prefer.mood: unknown key"),
]  # fmt: skip


def with_field(path, value):
    document = deepcopy(GOOD)
    inside = document
    for key in path[:-1]:
        inside = inside[key]
    if value is ABSENT:
        inside.pop(path[-1], None)
    else:
        inside[path[-1]] = value
    return document


def test_the_good_one_can_be_planned():
    assert plan(GOOD)["status"] == "planned"


@pytest.mark.parametrize(("path", "value", "text"), MALFORMED)
def test_what_is_malformed_is_named(path, value, text):
    with pytest.raises(ProblemError) as caught:
        plan(with_field(path, value))
    assert str(caught.value) == text


@pytest.mark.parametrize("document", [None, [], "problem", 7])
def test_a_problem_is_an_object(document):
    with pytest.raises(ProblemError, match=r"^problem: expected an object$"):
        plan(document)


ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5),
    st.sampled_from(["P1D", "P9999M", "9998-12-31", "24:00", "2027-03-28T02:30", [], {}, [[]]]),
)  # fmt: skip


def paths(value, here=()):
    """Every place in a document."""
    yield here
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, one in items:
            yield from paths(one, (*here, key))


@given(st.sampled_from([path for path in paths(GOOD) if path]), ODD)
def test_bad_input_is_never_anything_but_a_problem_error(path, value):
    document = with_field(path, value)
    try:
        json.dumps(plan(document))
    except ProblemError as error:
        assert str(error)  # noqa: PT017 - planning it is as good


@pytest.mark.parametrize("number", [1, 2, 3])
def test_spans_foreseen_or_not_are_read_alike(monkeypatch, number):
    """What comes again on most days is written down for all of them: to no other end than speed."""
    folder = Path(__file__).parent / "examples"
    document = json.loads((folder / f"{number}.json").read_text())["problem"]
    monkeypatch.setattr("protocols.planning.busy._ROOM", 1000)
    foreseen = read_problem(document)
    monkeypatch.setattr("protocols.planning.busy._ROOM", 0)
    each = read_problem(document)
    assert [one.calendar for one in foreseen.resources] == [one.calendar for one in each.resources]


@pytest.mark.parametrize(
    "pair",
    [
        ["2027-03-01T09:15/2027-03-01T09:30", "2027-03-01T10:00"],
        ["2027-03-01T09:15/2027-03-01T10:00", ""],
        ["2027-03-01T09:15/2027-03-01T10:00"],
        ["2027-03-01T09:15", "/2027-03-01T10:00"],
        {"2027-03-01T09:15": 1, "2027-03-01T10:00": 2},
    ],
)
def test_spans_are_not_mistaken_for_another_that_is_known(pair):
    """Two texts are looked up as one, joined: another two must never join to the same."""
    known = ["2027-03-01T09:15", "2027-03-01T10:00"]
    with pytest.raises(ProblemError, match=r"busy\[1\]"):
        plan(with_field(BUSY, [known, pair]))
