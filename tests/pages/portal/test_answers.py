"""What a patient answers and agrees to from home, and the papers they take along."""

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import AuditEntry
from patients.models import CareConsent, Patient, Quote, Screening, ScreeningAnswer
from protocols.models import Protocol
from tests.factories import House, make_patient
from tests.pages.reading import pdf_pages
from tests.pages.visiting import BIRTH, make_link, shown_key, visit
from tests.patients.treating import make_lot, make_record, make_session, sign
from tests.quoting import make_consent, make_quote
from tests.screening import answer, asking, latest, sent


@pytest.fixture
def protocol(house: House) -> Protocol:
    """One that asks, and that the patient is treated by."""
    house.patient.birth_on = BIRTH
    house.patient.save()
    house.protocol = asking()
    house.book_series()
    return house.protocol


@pytest.fixture
def phone(house: House, protocol: Protocol, client: Client) -> Client:
    return visit(client, make_link(house.patient, house.clinic), knows_birth=True)


def page(name: str, *args: object) -> str:
    return reverse(f"my_{name}", args=args)


# --- The questionnaire ---------------------------------------------------------------------------


def test_questions_are_answered_once_by_the_patient(
    house: House, phone: Client, protocol: Protocol
) -> None:
    address = page("questions", protocol.pk)
    assert address in phone.get("/my/").text
    form = sent() | {"key": shown_key(phone.get(address).text)}
    for _ in range(2):
        assert phone.post(address, form).url == "/my/?done=answered"
    screening = Screening.objects.get()
    assert (screening.by_patient, str(screening.by)) == (True, "le patient, en ligne")
    assert address not in phone.get("/my/").text


def test_a_question_left_open_is_named_and_the_rest_is_kept(
    phone: Client, protocol: Protocol
) -> None:
    response = phone.post(page("questions", protocol.pk), sent(allergy=None))
    assert response.status_code == 409
    assert not Screening.objects.exists()
    assert response.text.count("checked") == 5


def test_what_speaks_against_treating_is_not_unsaid_from_home(
    house: House, phone: Client, protocol: Protocol
) -> None:
    answer(house.patient, protocol, {"infection": "yes"}, by=house.user)
    phone.post(page("questions", protocol.pk), sent())
    assert latest(house.patient, "infection").value == "yes"


def test_the_control_a_graver_answer_counts(
    house: House, phone: Client, protocol: Protocol
) -> None:
    answer(house.patient, protocol, {"infection": "no"}, by=house.user)
    phone.post(page("questions", protocol.pk), sent(infection="yes"))
    assert latest(house.patient, "infection").value == "yes"


def test_earlier_answers_are_not_shown(house: House, phone: Client, protocol: Protocol) -> None:
    answer(house.patient, protocol, {"history": "Canaribouton"}, by=house.user)
    text = phone.get(page("questions", protocol.pk)).text
    assert "Canaribouton" not in text
    assert ScreeningAnswer.objects.get().contraindication.question not in text


def test_a_protocol_that_is_not_theirs_does_not_exist(house: House, phone: Client) -> None:
    for name in ("questions", "agreement"):
        assert phone.get(page(name, asking("infection").pk)).status_code == 404


# --- The agreement -------------------------------------------------------------------------------


def signed(phone: Client, address: str, **fields: str) -> object:
    seen = phone.get(address).context["form"]["seen"].value()
    form = {"seen": seen, "agreed": "on", "signer": "Marie Dupont"} | fields
    return phone.post(address, {k: v for k, v in form.items() if v})


def test_an_agreement_is_signed_at_home(house: House, phone: Client, protocol: Protocol) -> None:
    address = page("agreement", protocol.pk)
    assert address in phone.get("/my/").text
    assert signed(phone, address).url == "/my/?done=agreed"
    consent = CareConsent.objects.get()
    assert (consent.how, consent.signer) == ("typed", "Marie Dupont")
    assert str(consent.recorded_by) == "le patient, en ligne"
    assert AuditEntry.objects.get(action="consent.give").detail["link"]
    assert address not in phone.get("/my/").text
    assert phone.get(address).status_code == 302


@pytest.mark.parametrize("fields", [{"agreed": ""}, {"signer": ""}, {"seen": "x"}])
def test_without_box_name_or_the_text_that_stands_nothing_is_kept(
    phone: Client, protocol: Protocol, fields: dict
) -> None:
    assert signed(phone, page("agreement", protocol.pk), **fields).status_code == 409
    assert not CareConsent.objects.exists()


def test_what_was_given_at_the_clinic_is_not_asked_again(
    house: House, phone: Client, protocol: Protocol
) -> None:
    make_consent(house)
    assert page("agreement", protocol.pk) not in phone.get("/my/").text


# --- The quote -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "status", "done"),
    [
        ({"answer": "signed", "read": "on"}, "signed", "signed"),
        ({"answer": "refused"}, "refused", "refused"),
    ],
)
def test_a_quote_is_answered(
    house: House, phone: Client, form: dict, status: str, done: str
) -> None:
    quote = make_quote(house, give=True)
    address = page("quote", quote.public_id)
    assert address in phone.get("/my/").text
    assert phone.post(address, form).url == f"/my/?done={done}"
    quote.refresh_from_db()
    assert (quote.status, str(quote.answered_by)) == (status, "le patient, en ligne")
    assert phone.post(address, {"answer": "refused"}).status_code == 409  # once


@pytest.mark.parametrize("form", [{}, {"answer": "signed"}, {"answer": "paid", "read": "on"}])
def test_a_quote_is_not_accepted_without_the_box(house: House, phone: Client, form: dict) -> None:
    quote = make_quote(house, give=True)
    assert phone.post(page("quote", quote.public_id), form).status_code == 409
    quote.refresh_from_db()
    assert quote.status == Quote.Status.GIVEN


def test_a_draft_and_somebody_elses_quote_do_not_exist(house: House, phone: Client) -> None:
    other = make_quote(house, patient=make_patient("Autre"), give=True)
    for quote in (make_quote(house), other):
        for name in ("quote", "quote_pdf"):
            assert phone.get(page(name, quote.public_id)).status_code == 404


# --- Papers --------------------------------------------------------------------------------------


def treated(house: House, patient: Patient) -> tuple[str, int]:
    session = make_session(patient, house.protocol, house.user)
    sign(make_record(session, house.user, lots=[make_lot()]))
    return session.series.public_id, session.number


def test_the_slip_of_a_signed_session_is_taken_home(house: House, phone: Client) -> None:
    series, number = treated(house, house.patient)
    assert page("slip", series, number) in phone.get("/my/").text
    response = phone.get(page("slip", series, number))
    assert house.patient.family_name.upper() in pdf_pages(response.content)[0]
    assert response["Content-Disposition"] == 'attachment; filename="visite.pdf"'


def test_the_paper_of_a_series_and_a_quote_as_pdf(house: House, phone: Client) -> None:
    series = house.patient.series.get()
    assert pdf_pages(phone.get(page("series_pdf", series.public_id)).content)
    quote = make_quote(house, give=True)
    assert quote.number in pdf_pages(phone.get(page("quote_pdf", quote.public_id)).content)[0]


def test_nobody_elses_papers_and_nothing_unsigned(house: House, phone: Client) -> None:
    other = make_patient("Autre")
    series, number = treated(house, other)
    assert phone.get(page("slip", series, number)).status_code == 404
    assert phone.get(page("series_pdf", series)).status_code == 404
    own = house.patient.series.get().public_id
    assert phone.get(page("slip", own, 1)).status_code == 404
