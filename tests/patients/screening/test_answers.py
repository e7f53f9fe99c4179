"""Answers expire and are asked again; each finds what its protocol says."""

import datetime as dt

import pytest

from patients import screening
from patients.standing import Standing, standing
from protocols import editing
from protocols.models import Contraindication, ProtocolContraindication
from tests.protocols.making import NOW as PUBLISHED
from tests.screening import NOTHING, QUESTIONS, TODAY, answer, asking, codes, days, eight, told

pytestmark = pytest.mark.django_db


# --- What is asked -------------------------------------------------------------------------------


def test_everything_is_asked_at_first(case) -> None:
    asked = screening.questions_for(case.patient, case.protocol, on=TODAY)
    assert {question.term.code for question in asked if question.must_be_asked} == set(QUESTIONS)
    assert case.stands().status == "to_be_seen"


def test_what_is_answered_is_not_asked_on_the_same_day(case) -> None:
    case.answer(**NOTHING)
    asked = screening.questions_for(case.patient, case.protocol, on=TODAY)
    assert [question.must_be_asked for question in asked] == [False] * len(QUESTIONS)
    assert case.stands() == Standing()
    assert case.stands().status == "cleared"


@pytest.mark.parametrize(
    ("after", "again"),
    [
        (1, ["infection", "medicines", "painkiller", "sun"]),
        (90, ["infection", "medicines", "painkiller", "sun"]),
        (91, ["history", "infection", "medicines", "painkiller", "sun"]),
        (365, ["history", "infection", "medicines", "painkiller", "sun"]),
        (366, sorted(QUESTIONS)),
    ],
)
def test_only_what_may_have_changed_is_asked_again(case, after: int, again: list[str]) -> None:
    case.answer(**NOTHING)
    assert codes(case.stands(days(after)).missing) == again


def test_an_answer_for_good_is_never_asked_again(case) -> None:
    Contraindication.objects.filter(code="allergy").update(asked_again_days=None)
    case.answer(**NOTHING)
    assert "allergy" not in codes(case.stands(days(9000)).missing)


def test_an_answer_counts_as_long_as_was_said_when_it_was_given(case) -> None:
    case.answer(**NOTHING)
    Contraindication.objects.filter(code="allergy").update(asked_again_days=0)
    assert "allergy" not in codes(case.stands(days(30)).missing)


def test_an_answer_serves_every_protocol_that_asks_the_question(case) -> None:
    case.answer(**NOTHING)
    other = asking("infection", "sun")
    assert standing(case.patient, other, on=TODAY).status == "cleared"


def test_a_protocol_that_asks_nothing_stands_open(case) -> None:
    draft = editing.revise(case.protocol, by="me")
    ProtocolContraindication.objects.filter(protocol=draft).delete()
    editing.publish(draft, by="me", now=PUBLISHED)
    assert standing(case.patient, draft, on=TODAY) == Standing()


# --- What is found -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "value", "expected"),
    [
        ("infection", "yes", ("not_cleared", ["infection"], [], None)),
        ("sun", "yes", ("to_be_seen", [], ["sun"], None)),
        ("medicines", "paracetamol", ("cleared", [], [], None)),
        ("medicines", "paracetamol,aspirin", ("to_be_seen", [], ["medicines"], None)),
        ("history", "asthme", ("to_be_seen", [], ["history"], None)),
        ("painkiller", "2026-03-01", ("not_cleared", [], [], dt.date(2026, 3, 3))),
        ("painkiller", "2026-02-28", ("cleared", [], [], None)),
    ],
)
def test_what_an_answer_finds(case, code: str, value: str, expected: tuple) -> None:
    case.answer(**NOTHING | {code: value})
    assert told(case.stands()) == expected


def test_a_hold_ends_on_its_day(case) -> None:
    case.answer(**NOTHING | {"painkiller": "2026-03-01"})
    assert [case.stands(days(n)).not_before for n in (0, 1, 2)] == [days(1), None, None]


def test_the_latest_hold_counts(case) -> None:
    case.answer(**NOTHING | {"painkiller": "2026-03-02"})
    screening.hold(
        patient=case.patient, until=days(30), reason="voyage", by=case.by, now=eight(TODAY)
    )
    assert case.stands().not_before == days(30)
    assert case.stands(days(30)).not_before is None


def test_a_warning_that_a_practitioner_wrote_down_is_seen(case) -> None:
    case.answer(**NOTHING | {"sun": "yes"}, by_patient=False)
    assert case.stands().status == "cleared"


def test_a_blocker_that_a_practitioner_wrote_down_blocks(case) -> None:
    case.answer(**NOTHING | {"infection": "yes"}, by_patient=False)
    assert case.stands().status == "not_cleared"


def test_the_latest_answer_counts(case) -> None:
    case.answer(infection="yes")
    case.answer(infection="no", on=days(1))
    case.answer(infection="yes", on=days(-1))  # written down late
    assert case.stands(days(1)).blockers == ()


def test_of_two_answers_at_one_time_the_one_written_later_counts(case) -> None:
    case.answer(infection="no")
    case.answer(infection="yes")
    assert codes(case.stands().blockers) == ["infection"]


def test_a_blocker_stays_when_its_answer_expires(case) -> None:
    case.answer(**NOTHING | {"infection": "yes"})
    found = case.stands(days(40))
    assert (codes(found.blockers), "infection" in codes(found.missing)) == (["infection"], True)


def test_another_protocol_gives_its_own_severity(case) -> None:
    case.answer(**NOTHING | {"infection": "yes"})
    milder = asking("infection", severity="warning")
    assert told(standing(case.patient, milder, on=TODAY)) == (
        "to_be_seen", [], ["infection"], None,
    )  # fmt: skip


def test_another_protocol_waits_its_own_days(case) -> None:
    case.answer(**NOTHING | {"painkiller": "2026-03-01"})
    longer = asking("painkiller", wait="P1W")
    assert standing(case.patient, longer, on=TODAY).not_before == dt.date(2026, 3, 8)


def test_a_date_that_nobody_kept_to_wait_for_is_left_to_a_practitioner(case) -> None:
    milder = asking("painkiller", severity="warning", wait="")
    answer(case.patient, milder, {"painkiller": "2026-03-01"}, by=case.by)
    assert told(case.stands()) == ("not_cleared", ["painkiller"], [], None)
