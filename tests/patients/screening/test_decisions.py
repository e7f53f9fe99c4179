"""Blockers stay until a practitioner decides, and a date holds."""

import pytest

from patients import screening
from patients.standing import standing
from tests.factories import make_patient
from tests.screening import NOTHING, TODAY, answer, asking, codes, days, decide, eight, latest, told

pytestmark = pytest.mark.django_db


def test_a_cleared_blocker_is_let_through_until_its_date(case) -> None:
    case.answer(**NOTHING | {"infection": "yes"})
    case.decide("infection", "cleared", days(10))
    assert [codes(case.stands(days(n)).blockers) for n in (0, 10, 11)] == [[], [], ["infection"]]


def test_a_cleared_warning_is_seen_until_its_date(case) -> None:
    case.answer(**NOTHING | {"history": "asthme"})
    case.decide("history", "cleared", days(10))
    assert [codes(case.stands(days(n)).warnings) for n in (0, 11)] == [[], ["history"]]


def test_a_cleared_hold_is_let_through(case) -> None:
    case.answer(**NOTHING | {"painkiller": "2026-03-01"})
    case.decide("painkiller", "cleared", days(10))
    assert case.stands().not_before is None


def test_a_decision_holds_for_the_same_answer_given_again(case) -> None:
    case.answer(**NOTHING | {"infection": ("yes", "bouton de fièvre")})
    case.decide("infection", "cleared", days(10))
    case.answer(infection=("yes", "bouton de fièvre"), on=days(5))
    assert case.stands(days(5)).blockers == ()


@pytest.mark.parametrize("changed", [("yes", "plaie"), ("yes", ""), ("yes", "Bouton de fièvre")])
def test_a_decision_does_not_hold_for_another_answer(case, changed: tuple[str, str]) -> None:
    case.answer(**NOTHING | {"infection": ("yes", "bouton de fièvre")})
    case.decide("infection", "cleared", days(10))
    case.answer(infection=changed, on=days(5))
    assert codes(case.stands(days(5)).blockers) == ["infection"]


def test_a_longer_list_is_another_answer(case) -> None:
    case.answer(**NOTHING | {"medicines": "aspirin"})
    case.decide("medicines", "cleared", days(10))
    case.answer(medicines="aspirin,vitamin-e", on=days(1))
    assert codes(case.stands(days(1)).warnings) == ["medicines"]


def test_the_latest_decision_counts(case) -> None:
    case.answer(**NOTHING | {"infection": "yes"})
    case.decide("infection", "cleared", days(10))
    case.decide("infection", "not_before", days(5))
    assert told(case.stands()) == ("not_cleared", [], [], days(5))
    case.decide("infection", "cleared", days(10))
    assert case.stands().status == "cleared"


def test_a_blocker_with_a_date_is_a_hold_until_then(case) -> None:
    case.answer(**NOTHING | {"infection": "yes"})
    case.decide("infection", "not_before", days(5))
    found = [case.stands(days(n)) for n in (0, 4, 5)]
    assert [(one.blockers, one.not_before) for one in found] == [
        ((), days(5)),
        ((), days(5)),
        ((), None),
    ]


@pytest.mark.parametrize(("on", "blocked"), [(4, []), (5, ["infection"])])
def test_after_the_date_the_same_answer_is_a_new_fact(case, on: int, blocked: list[str]) -> None:
    case.answer(**NOTHING | {"infection": "yes"})
    case.decide("infection", "not_before", days(5))
    case.answer(infection="yes", on=days(on))
    assert codes(case.stands(days(5)).blockers) == blocked


def test_a_date_that_was_decided_stays_whatever_is_answered(case) -> None:
    case.answer(**NOTHING | {"infection": "yes"})
    case.decide("infection", "not_before", days(5))
    case.answer(infection="no", on=days(1))
    assert case.stands(days(1)).not_before == days(5)
    case.decide("infection", "cleared", days(9), on=days(1))
    assert case.stands(days(1)).not_before is None


def test_a_date_about_one_question_is_no_concern_of_a_protocol_that_does_not_ask_it(case) -> None:
    case.answer(**NOTHING | {"infection": "yes"})
    case.decide("infection", "not_before", days(5))
    assert standing(case.patient, asking("sun"), on=TODAY).not_before is None


def test_the_practitioners_own_hold_is_on_every_protocol_until_it_is_lifted(case) -> None:
    other = asking("sun")
    screening.hold(
        patient=case.patient, until=days(9), reason="voyage", by=case.by, now=eight(TODAY)
    )
    assert [standing(case.patient, p, on=TODAY).not_before for p in (case.protocol, other)] == [
        days(9)
    ] * 2
    screening.lift(patient=case.patient, reason="annulé", by=case.by, now=eight(days(1)))
    assert standing(case.patient, other, on=TODAY).not_before is None


def test_lifting_ends_no_hold_about_a_question(case) -> None:
    case.answer(**NOTHING | {"infection": "yes"})
    case.decide("infection", "not_before", days(5))
    screening.lift(patient=case.patient, reason="annulé", by=case.by, now=eight(TODAY))
    assert case.stands().not_before == days(5)


def test_nobody_elses_answers_and_decisions_count(case) -> None:
    other = make_patient()
    answer(other, case.protocol, NOTHING | {"infection": "yes"}, by=case.by)
    decide(latest(other, "infection"), "cleared", days(10), by=case.by)
    screening.hold(patient=other, until=days(30), reason="x", by=case.by, now=eight(TODAY))
    case.answer(**NOTHING | {"infection": "yes"})
    assert told(case.stands()) == ("not_cleared", ["infection"], [], None)
