"""What the leaflet says, hour by hour; whatever is ticked, an alert sign comes first."""

import itertools
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patients import charts
from protocols import leaflet
from protocols.leaflet import Level, Said, rules
from protocols.leaflet.cited import shipped_sources

GENERAL = leaflet.general()
SYMPTOMS = [one.code for one in leaflet.symptoms()]
ALERTS = [one.code for one in leaflet.alert_signs()]
EDGES = sorted({h + d for h in (0, 48, 72, 96, 168, 240) for d in (-1, 0, 1)} - {-1})
# Words that judge a reader; the leaflet's own "an infection is possible" judges nobody.
JUDGES = re.compile(
    r"vous avez (une?|l)\b|c.est une? |il s.agit|diagnost|\bnormal|you have an? |this is an? "
    r"|it is an? |rien de grave|nothing serious|rassur|reassur",
    re.IGNORECASE,
)


def told(*symptoms: str, hours: int, **asked: object) -> list[tuple[str, str]]:
    said = leaflet.look_up(GENERAL, symptoms, hours, **asked)
    return [(one.rule, one.level.value) for one in said]


EXPECTED, CONTACT, WATCH, URGENT = "expected", "contact", "watch", "urgent"


@pytest.mark.parametrize(
    ("symptoms", "hours", "asked", "answer"),
    [
        (["intense_redness", "local_heat"], 5, {}, [("A1", URGENT)]),
        (["intense_redness", "rising_pain"], 5, {}, [("A1", URGENT)]),
        (["intense_redness", "pus"], 500, {}, [("A1", URGENT)]),
        (["intense_redness"], 5, {}, [("A5", CONTACT)]),
        (["pus", "local_heat"], 5, {}, [("A5", CONTACT)]),
        (["general_rash"], 5, {}, [("A2", URGENT)]),
        (["intense_itching"], 5, {}, [("A2", URGENT)]),
        (["abnormal_swelling"], 5, {}, [("A2", URGENT)]),
        (["hard_nodule"], 241, {}, [("A3", CONTACT), ("A4", CONTACT)]),
        (["hard_nodule"], 240, {}, [("A4", CONTACT)]),
        (["hard_nodule"], 168, {}, [("A5", CONTACT)]),
        (["nodule"], 169, {}, [("A4", CONTACT)]),
        (["nodule"], 168, {}, [("W1", WATCH)]),
        (["nodule"], 72, {}, [("W1", WATCH)]),
        (["nodule"], 71, {}, [("D", CONTACT)]),
        (["breathing"], 0, {}, [("A0", URGENT)]),
        (["faintness"], 0, {}, [("A0", URGENT)]),
        (["face_swelling"], 0, {}, [("A0", URGENT)]),
        (["redness"], 48, {}, [("E1", EXPECTED)]),
        (["redness"], 49, {}, [("D", CONTACT)]),
        (["redness"], 72, {"is_sensitive": True}, [("E1", EXPECTED)]),
        (["redness"], 73, {"is_sensitive": True}, [("D", CONTACT)]),
        (["swelling"], 48, {}, [("E2", EXPECTED)]),
        (["swelling"], 49, {"is_sensitive": True}, [("D", CONTACT)]),
        (["papules"], 96, {}, [("E3", EXPECTED)]),
        (["papules"], 97, {}, [("D", CONTACT)]),
        (["bruise"], 168, {}, [("E4", EXPECTED)]),
        (["bruise"], 169, {}, [("D", CONTACT)]),
        (["tingling"], 168, {}, [("E5", EXPECTED)]),
        (["tingling"], 169, {}, [("D", CONTACT)]),  # ours: no page gives a duration
        (["pain"], 48, {"zone": "scalp"}, [("E6", EXPECTED)]),
        (["pain"], 48, {"zone": "back"}, [("E6", EXPECTED)]),
        (["pain"], 49, {"zone": "back"}, [("D", CONTACT), ("W2", WATCH)]),
        (["pain"], 48, {"zone": "face"}, [("W2", WATCH)]),
        (["pain"], 49, {}, [("D", CONTACT), ("W2", WATCH)]),
        (["other"], 1, {}, [("D", CONTACT)]),
        (["redness", "bruise"], 60, {}, [("D", CONTACT), ("E4", EXPECTED)]),
        (["redness", "other", "nodule"], 100, {}, [("D", CONTACT)] * 2 + [("W1", WATCH)]),
        (["redness", "bruise", "pus"], 1, {}, [("A5", CONTACT)]),
        (["breathing", "intense_redness", "pus", "general_rash", "hard_nodule"], 300, {},
         [("A0", URGENT), ("A1", URGENT), ("A2", URGENT), ("A3", CONTACT), ("A4", CONTACT)]),
        ([], 5, {}, []),
    ],
)  # fmt: skip
def test_each_rule_holds_to_the_hour(symptoms, hours, asked, answer) -> None:
    assert told(*symptoms, hours=hours, **asked) == answer


# --- Whatever is ticked --------------------------------------------------------------------------


def assert_sound(said: tuple[Said, ...], ticked: frozenset[str]) -> None:
    """Something about every tick; an alert sign first, and then nothing that is usual."""
    assert said or not ticked
    alerts = ticked & set(ALERTS)
    if alerts:
        assert said[0].is_alert
        assert alerts <= {code for one in said if one.is_alert for code in one.signs}
    if any(one.is_alert for one in said):
        assert all(one.is_alert for one in said)
    else:
        assert ticked == {code for one in said for code in one.signs}
    order = [list(Level).index(one.level) for one in said]
    assert order == sorted(order)
    for one in said:
        assert one.cited
        assert one.text_fr
        assert one.text_en
        assert not JUDGES.search(f"{one.text_fr} {one.text_en}"), one


@settings(max_examples=600, deadline=None)
@given(
    ticked=st.frozensets(st.sampled_from(SYMPTOMS + ALERTS)),
    hours=st.one_of(st.sampled_from(EDGES), st.integers(0, 30_000)),
    flags=st.tuples(st.booleans(), st.booleans(), st.booleans()),
    zone=st.sampled_from(["", "face", "scalp", "back", "hands", "nowhere"]),
)
def test_an_alert_sign_always_wins(ticked, hours, flags, zone) -> None:
    sensitive, thin, filler = flags
    said = leaflet.look_up(
        GENERAL, ticked, hours, is_sensitive=sensitive, is_thin_or_anticoagulant=thin,
        zone=zone, has_ha=filler,
    )  # fmt: skip
    assert_sound(said, ticked)


def test_every_set_of_what_is_usual_at_every_edge() -> None:
    for size in range(len(SYMPTOMS) + 1):
        for ticked in itertools.combinations(SYMPTOMS, size):
            for hours in EDGES:
                assert_sound(leaflet.look_up(GENERAL, ticked, hours), frozenset(ticked))


@pytest.mark.parametrize("alert", ALERTS)
def test_each_alert_sign_beside_everything_usual(alert: str) -> None:
    for hours in EDGES:
        ticked = frozenset({alert, *SYMPTOMS})
        said = leaflet.look_up(GENERAL, ticked, hours)
        assert alert in said[0].signs or said[0].is_alert
        assert_sound(said, ticked)


def test_the_check_would_find_an_answer_that_reassures_first() -> None:
    ticked = frozenset({"redness", "breathing"})
    usual = leaflet.look_up(GENERAL, {"redness"}, 5)
    alarm = leaflet.look_up(GENERAL, {"breathing"}, 5)
    for bad in ((*usual, *alarm), (*alarm, *usual), usual, ()):
        with pytest.raises(AssertionError):
            assert_sound(bad, ticked)
    judged = (replace(alarm[0], text_fr="Vous avez une infection."),)
    with pytest.raises(AssertionError):
        assert_sound(judged, frozenset({"breathing"}))


# --- Words, sources, notes -----------------------------------------------------------------------


def test_every_rule_has_a_source_that_is_shipped_and_both_languages() -> None:
    every = [alert.said for alert in GENERAL.alerts]
    every += [one.said for group in GENERAL.reactions.values() for one in group]
    every += [one for group in GENERAL.values.values() for one in group]
    every += [one.said for one in GENERAL.after]
    names = ("alone", "filler", "massage", "soothing", "thin", "no_limit", "other_limit", "past")
    every += [rules.stated(name) for name in (*names, "unlisted")]
    for said in every:
        assert said.cited.code in shipped_sources()
        assert said.cited.is_ours or said.cited.at, said
        assert said.text_fr
        assert said.text_en
        assert not JUDGES.search(f"{said.text_fr} {said.text_en}"), said


def test_what_is_ours_says_so() -> None:
    ours = {alert.rule for alert in GENERAL.alerts if alert.said.cited.is_ours}
    assert ours == {"A0"}
    for name in ("alone", "no_limit", "other_limit", "past", "unlisted"):
        assert rules.stated(name).cited.is_ours, name


def test_the_codes_are_those_of_the_record() -> None:
    assert {*SYMPTOMS, *ALERTS} - {"other"} <= set(charts.SIGNS)
    assert set(ALERTS) - {"faintness"} == set(charts.ALERT_SIGNS)


def test_where_pages_differ_all_are_shown_and_the_stricter_one_counts() -> None:
    (said,) = leaflet.look_up(GENERAL, {"redness"}, 48)
    assert [other.cited.code for other in said.others] == ["user-000", "user-002"]
    (past,) = leaflet.look_up(GENERAL, {"redness"}, 49)
    assert [other.cited.code for other in past.others] == ["user-001", "user-000", "user-002"]


def test_notes_stand_where_they_belong() -> None:
    (bruise, redness) = leaflet.look_up(
        GENERAL, {"redness", "bruise"}, 5, is_thin_or_anticoagulant=True
    )[::-1]
    assert ([note.cited.at for note in bruise.notes], redness.notes) == (["l. 12"], ())
    first, second = leaflet.look_up(GENERAL, {"hard_nodule"}, 300, has_ha=True)
    assert ([note.cited.at for note in first.notes], second.notes) == (["l. 37"], ())
    assert leaflet.look_up(GENERAL, {"hard_nodule"}, 300)[0].notes == ()


# --- How long ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("symptoms", "sensitive", "answer"),
    [
        (["redness"], False, (12, 48)),
        (["redness"], True, (12, 72)),
        (["swelling"], True, (0, 48)),
        (["papules"], False, (72, 96)),
        (["bruise"], False, (120, 168)),
        (["pain"], False, (24, 48)),
        (["redness", "papules", "bruise"], False, (120, 168)),  # the longest of what is ticked
        (["tingling"], False, (None, None)),
        (["nodule"], False, (None, None)),
        (["nodule", "tingling", "swelling"], False, (0, 48)),
        ([], False, (None, None)),
    ],
)
def test_how_long_it_lasts(symptoms, sensitive, answer) -> None:
    found = leaflet.recovery(GENERAL, symptoms, is_sensitive=sensitive)
    assert (found.least, found.most) == answer
    assert [part.symptom.code for part in found.parts] == [c for c in SYMPTOMS if c in symptoms]


def test_a_gap_is_said_and_a_nodule_is_not_estimated() -> None:
    tingling, nodule = leaflet.recovery(GENERAL, {"tingling", "nodule"}).parts
    assert tingling.is_gap
    assert tingling.said is not None
    assert nodule.is_gap
    assert nodule.said is None


def test_instructions_run_until_their_hour() -> None:
    def left(hours: int) -> dict[str, int | None]:
        return {one.instruction.topic: one.left for one in leaflet.running(GENERAL.after, hours)}

    assert {topic: left(0)[topic] for topic in ("make_up", "sport", "heat", "sun")} == {
        "make_up": 24, "sport": 48, "heat": 168, "sun": 168,
    }  # fmt: skip
    assert (left(23)["make_up"], "make_up" in left(24)) == (1, False)
    assert set(left(10_000).values()) == {None}  # those of which no page says the end
    lefts = [one.left for one in leaflet.running(GENERAL.after, 0)]
    assert lefts == [24, 48, 168, 168, None, None, None]
