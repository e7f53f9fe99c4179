"""What is kept of answers and decisions, and that it does not change."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from patients import screening
from patients.models import ScreeningAnswer, ScreeningDecision
from patients.screening import Answer
from patients.standing import standing
from protocols import editing
from protocols.models import Contraindication
from tests.protocols.making import NOW as PUBLISHED
from tests.screening import NOTHING, TODAY, codes, days, eight, latest

pytestmark = pytest.mark.django_db


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
