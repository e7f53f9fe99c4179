"""Answers expire, blockers stay until a practitioner decides, and a date holds."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, transaction

from patients import screening
from patients.models import ScreeningAnswer, ScreeningDecision
from patients.screening import Answer
from patients.standing import Standing, may_be_held, standing, standings
from protocols import editing
from protocols.models import Contraindication, ProtocolContraindication
from tests.factories import make_patient, make_user
from tests.protocols.making import NOW as PUBLISHED
from tests.screening import NOTHING, QUESTIONS, TODAY, answer, asking, decide, latest, eight

pytestmark = pytest.mark.django_db


def days(n: int) -> dt.date:
    return TODAY + dt.timedelta(days=n)


@pytest.fixture
def case() -> SimpleNamespace:
    """One patient before one protocol that asks everything, and a practitioner."""
    found = SimpleNamespace(patient=make_patient(), protocol=asking(), by=make_user())
    found.answer = lambda on=TODAY, by_patient=True, **answers: answer(
        found.patient, found.protocol, answers, by=found.by, on=on, by_patient=by_patient
    )
    found.decide = lambda code, kind, until, on=TODAY: decide(
        latest(found.patient, code), kind, until, by=found.by, on=on
    )
    found.stands = lambda on=TODAY: standing(found.patient, found.protocol, on=on)
    return found


def codes(questions) -> list[str]:
    pks = [getattr(one, "question", one) for one in questions]
    named = dict(Contraindication.objects.values_list("pk", "code"))
    return sorted(named[pk] for pk in pks)


def told(found: Standing) -> tuple:
    return found.status, codes(found.blockers), codes(found.warnings), found.not_before


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


# --- What is decided -----------------------------------------------------------------------------


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


# --- Many at once, and without what was answered --------------------------------------------------


@pytest.mark.parametrize("many", [1, 3])
def test_many_stand_in_three_queries(many: int, django_assert_num_queries) -> None:
    by, pairs, expected = make_user(), [], {}
    for number in range(many):
        patient, protocol = make_patient(), asking()
        value = "yes" if number % 2 else "no"
        answer(patient, protocol, NOTHING | {"infection": value}, by=by)
        if number == 2:
            screening.hold(patient=patient, until=days(3), reason="x", by=by, now=eight(TODAY))
        pairs.append((patient.pk, protocol.pk))
        expected[pairs[-1]] = ["cleared", "not_cleared", "not_cleared"][number]
    with django_assert_num_queries(3):
        found = standings(pairs, on=TODAY)
    assert {pair: one.status for pair, one in found.items()} == expected


def test_no_value_note_or_reason_is_fetched(case, django_assert_num_queries) -> None:
    case.answer(**NOTHING | {"infection": ("yes", "canari")})
    case.decide("infection", "cleared", days(1))
    with django_assert_num_queries(4) as asked:
        case.stands()
        may_be_held(on=TODAY)
    for query in asked.captured_queries:
        fetched = query["sql"].split(" FROM ")[0]
        # The comparison of two texts hands over a yes or a no: EXISTS fetches no column.
        assert not {'"value"', '"note"', '"reason"'} & set(fetched.replace(".", " ").split())


def test_whom_a_date_may_hold(case) -> None:
    others = [make_patient() for _ in range(3)]
    answer(others[0], case.protocol, {"painkiller": "2026-03-01"}, by=case.by)
    answer(others[1], case.protocol, {"painkiller": "2026-02-01"}, by=case.by)
    screening.hold(patient=others[2], until=days(3), reason="x", by=case.by, now=eight(TODAY))
    assert may_be_held(on=TODAY) == {others[0].pk, others[2].pk}
    assert may_be_held(on=days(3)) == set()


# --- What is kept --------------------------------------------------------------------------------


def test_an_answer_keeps_its_finding_its_dates_and_who_gave_it(case) -> None:
    kept = case.answer(painkiller="2026-03-01", history=("asthme", "depuis 2019"))
    assert (kept.by_patient, kept.by, kept.answered_at) == (True, case.by, eight(TODAY))
    rows = kept.answers.values_list(
        "contraindication__code", "value", "note", "finding", "not_before", "expires_on"
    )
    assert set(rows) == {
        ("painkiller", "2026-03-01", "", "wait", dt.date(2026, 3, 3), TODAY),
        ("history", "asthme", "depuis 2019", "warning", None, days(90)),
    }


def test_a_question_that_is_not_the_protocols_is_not_kept(case) -> None:
    foreign = Contraindication.objects.create(code="foreign", severity="blocking")
    kept = screening.record(
        patient=case.patient,
        protocol=case.protocol,
        answers={foreign.pk: Answer("yes")},
        by_patient=True,
        by=case.by,
        now=eight(TODAY),
        on=TODAY,
    )
    assert kept.answers.count() == 0


def test_what_waits_from_no_date_blocks(case) -> None:
    Contraindication.objects.filter(code="painkiller").update(
        answer_type="boolean", severity="warning"
    )
    case.answer(painkiller="yes")
    assert latest(case.patient, "painkiller").finding == "blocking"
    assert codes(case.stands().blockers) == ["painkiller"]


@pytest.mark.parametrize("model", [ScreeningAnswer, ScreeningDecision])
@pytest.mark.parametrize("act", ["change", "delete"])
def test_neither_answers_nor_decisions_change(case, model, act: str) -> None:
    case.answer(infection="yes")
    case.decide("infection", "cleared", days(1))
    rows = model.objects.all()
    column = "note" if model is ScreeningAnswer else "reason"
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete() if act == "delete" else rows.update(**{column: "autre"})


def test_two_names_for_one_text_are_two_texts(case) -> None:
    """The database compares byte by byte: a decomposed accent is another answer, so it is seen."""
    case.answer(**NOTHING | {"history": "épilepsie"})
    case.decide("history", "cleared", days(10))
    case.answer(history="e\u0301pilepsie")
    assert codes(case.stands().warnings) == ["history"]


def test_a_screening_is_of_one_protocol_version(case) -> None:
    kept = case.answer(infection="no")
    assert kept.protocol == case.protocol
    newer = editing.revise(case.protocol, by="me")
    editing.publish(newer, by="me", now=PUBLISHED)
    assert "infection" not in codes(standing(case.patient, newer, on=TODAY).missing)
