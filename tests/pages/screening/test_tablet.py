"""The questionnaire in the patient's hands."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from clinic.models import AuditEntry
from patients import screening
from patients.models import Patient, Screening, ScreeningAnswer
from patients.standing import standing
from tests.factories import NOW, House
from tests.screening import CANARIES, NOTHING, TODAY, answer, sent


def errors(page) -> dict[str, list[str]]:
    """By the code of the question."""
    return {
        asked.question.term.code: asked.errors
        for asked in page.context["form"].asked
        if asked.errors
    }


def test_the_tablet_asks_everything_once_and_leads_nowhere(
    desk: Client, house: House, tablet: str
) -> None:
    page = desk.get(tablet)
    assert page.status_code == 200
    assert [asked.question.term.code for asked in page.context["form"].asked] == [
        link.contraindication.code for link in screening.links_of(house.protocol)
    ]
    assert re.findall(r'<a [^>]*href="([^"]*)"', page.text) == []
    assert "app.js" not in page.text
    assert page["Cache-Control"] == "no-store, private"


def test_it_speaks_the_patients_language(desk: Client, house: House, tablet: str) -> None:
    for language in ("fr", "en"):
        Patient.objects.filter(pk=house.patient.pk).update(language=language)
        assert f'<html lang="{language}">' in desk.get(tablet).text


def test_what_is_sent_is_kept_and_the_tablet_is_handed_back(
    desk: Client, house: House, tablet: str
) -> None:
    told = sent(
        infection="yes",
        more_infection="bouton de fièvre",
        medicines=["vitamin-e", "aspirin"],
        painkiller="yes",
        more_painkiller="2026-03-01",
        history="yes",
        more_history="asthme",
    )
    page = desk.post(tablet, told, follow=True)
    assert page.redirect_chain == [(tablet, 302)]
    assert "hand the tablet back" in page.text
    kept = Screening.objects.get()
    assert (kept.by_patient, kept.by, kept.answered_at) == (True, house.user, NOW)
    rows = kept.answers.values_list("contraindication__code", "value", "note")
    assert {code: (value, note) for code, value, note in rows} == {
        "infection": ("yes", "bouton de fièvre"),
        "allergy": ("no", ""),
        "sun": ("no", ""),
        "medicines": ("aspirin,vitamin-e", ""),
        "painkiller": ("2026-03-01", ""),
        "history": ("asthme", ""),
    }
    entry = AuditEntry.objects.get(action="screening.answer")
    assert (entry.patient, entry.by, entry.subject, entry.detail) == (
        house.patient, house.user, f"screening:{kept.public_id}", {},
    )  # fmt: skip


def test_what_is_written_below_a_no_is_not_kept(desk: Client, tablet: str) -> None:
    desk.post(tablet, sent(more_infection="oublié", more_history="oublié"))
    assert set(ScreeningAnswer.objects.values_list("note")) == {("",)}
    assert ScreeningAnswer.objects.get(contraindication__code="history").value == ""


def test_the_next_day_asks_only_what_may_have_changed_and_shows_no_answer(
    desk: Client, house: House, tablet: str, clock: time_machine.Traveller
) -> None:
    desk.post(tablet, sent(infection="yes", more_infection=CANARIES[0]))
    clock.move_to(NOW + dt.timedelta(days=1))
    desk.force_login(house.user)
    page = desk.get(tablet)
    asked = {one.question.term.code for one in page.context["form"].asked}
    assert asked == {"infection", "sun", "medicines", "painkiller"}
    assert CANARIES[0] not in page.text
    assert "checked" not in page.text


def test_nothing_to_ask_is_said_at_once(desk: Client, house: House, tablet: str) -> None:
    answer(house.patient, house.protocol, NOTHING, by=house.user)
    assert desk.get(tablet).templates[0].name == "screening/thanks.html"


def test_sent_twice_is_one_screening(desk: Client, tablet: str) -> None:
    form = sent() | {"key": "k1"}
    assert [desk.post(tablet, form).status_code for _ in range(2)] == [302, 302]
    assert Screening.objects.count() == 1


def test_the_same_key_with_other_answers_is_refused(desk: Client, tablet: str) -> None:
    desk.post(tablet, sent() | {"key": "k1"})
    assert desk.post(tablet, sent(sun="yes") | {"key": "k1"}).status_code == 409
    assert Screening.objects.count() == 1


def test_an_answer_that_somebody_else_wrote_meanwhile_loses_none(
    desk: Client, house: House, tablet: str
) -> None:
    told = sent(sun="yes")
    answer(house.patient, house.protocol, NOTHING, by=house.user, by_patient=False)
    desk.post(tablet, told)
    assert standing(house.patient, house.protocol, on=TODAY).status == "to_be_seen"


@pytest.mark.parametrize(
    ("stands", "sent_again", "status"),
    [
        ({"infection": "yes"}, {}, "not_cleared"),
        ({"painkiller": "2026-03-01"}, {}, "not_cleared"),
        (
            {"painkiller": "2026-03-01"},
            {"painkiller": "yes", "more_painkiller": "2026-01-05"},
            "not_cleared",
        ),
        ({"sun": "yes"}, {}, "to_be_seen"),
        ({}, {}, "cleared"),
    ],
)
def test_what_speaks_against_treating_is_not_unsaid_on_the_tablet(
    desk: Client,
    house: House,
    tablet: str,
    stands: dict[str, str],
    sent_again: dict[str, object],
    status: str,
) -> None:
    """The desk would let a patient through by sending the form once more with milder answers."""
    answer(house.patient, house.protocol, NOTHING | stands, by=house.user, by_patient=True)
    desk.post(tablet, sent(**sent_again))
    assert standing(house.patient, house.protocol, on=TODAY).status == status


def test_a_practitioner_corrects_what_was_answered(house: House) -> None:
    """The control."""
    answer(house.patient, house.protocol, NOTHING | {"infection": "yes"}, by=house.user)
    answer(house.patient, house.protocol, NOTHING, by=house.user, by_patient=False)
    assert standing(house.patient, house.protocol, on=TODAY).status == "cleared"


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ({"infection": None}, "infection"),
        ({"medicines": None}, "medicines"),
        ({"medicines": ["none", "aspirin"]}, "medicines"),
        ({"medicines": ["heroin"]}, "medicines"),
        ({"infection": "perhaps"}, "infection"),
        ({"infection": "\0"}, "infection"),
        ({"infection": "yes", "more_infection": "a\0b"}, "infection"),
        ({"infection": "yes", "more_infection": "x" * 10_000}, "infection"),
        ({"history": "yes"}, "history"),
        ({"history": "yes", "more_history": "   "}, "history"),
        ({"history": "yes", "more_history": "x" * 10_000}, "history"),
        ({"painkiller": "yes"}, "painkiller"),
        ({"painkiller": "yes", "more_painkiller": "2026-02-31"}, "painkiller"),
        ({"painkiller": "yes", "more_painkiller": "hier"}, "painkiller"),
        ({"painkiller": "yes", "more_painkiller": "2026-03-03"}, "painkiller"),
        ({"painkiller": "yes", "more_painkiller": "0001-01-01"}, "painkiller"),
        ({"painkiller": "yes", "more_painkiller": "99999-01-01"}, "painkiller"),
    ],
)
def test_a_bad_answer_is_named_at_its_question_and_nothing_is_lost(
    desk: Client, tablet: str, told: dict[str, object], wrong: str
) -> None:
    page = desk.post(tablet, sent(sun="yes", more_sun="l’été à Nice", **told))
    assert page.status_code == 409
    assert list(errors(page)) == [wrong]
    (anchor,) = [a.anchor for a in page.context["form"].asked if a.errors]
    assert f'href="#{anchor}"' in page.text
    assert f'id="{anchor}"' in page.text
    assert not Screening.objects.exists()


def test_what_was_typed_is_still_there(desk: Client, tablet: str) -> None:
    text = "مرحبا 🙂 <b>"
    page = desk.post(tablet, sent(infection=None, sun="yes", more_sun=text))
    assert "مرحبا 🙂 &lt;b&gt;" in page.text


@pytest.mark.parametrize("text", ["🙂👩‍⚕️", "\u202eאבג", "Ω≈ç", "' OR 1=1 --"])
def test_any_script_is_kept_as_it_was_typed(desk: Client, tablet: str, text: str) -> None:
    desk.post(tablet, sent(history="yes", more_history=text))
    assert ScreeningAnswer.objects.get(contraindication__code="history").value == text


def test_a_draft_asks_nobody(desk: Client, house: House) -> None:
    from protocols import editing

    draft = editing.revise(house.protocol, by="me")
    for protocol in (draft.pk, 10**30):
        address = f"/patients/{house.patient.public_id}/questionnaire/{protocol}/"
        assert desk.get(address).status_code == 404


def test_a_protocol_that_asks_nothing_thanks_at_once(desk: Client) -> None:
    plain = House()
    address = reverse("questionnaire", args=[plain.patient.public_id, plain.protocol.pk])
    assert desk.get(address).status_code == 200
    assert desk.post(address, {}).status_code == 302
