"""Finding a patient: as one types, as a page, in the list."""

import pytest
from django.test import Client

from clinic.models import Appointment
from patients.models import Patient
from tests.factories import NOW, House, at, make_appointment, make_patient

HTMX = {"HX-Request": "true"}


def names(response) -> list[str]:
    return [patient.name for patient in response.context["patients"]]


# --- The search field ---


def test_search_answers_htmx_with_the_list_alone(desk: Client, house: House) -> None:
    response = desk.get("/search/", {"q": "dupo"}, headers=HTMX)
    assert next(template.name for template in response.templates) == "search/_results.html"
    assert names(response) == ["DUPONT Marie"]
    assert "<html" not in response.text
    assert f'href="/patients/{house.patient.public_id}/"' in response.text


def test_search_page_holds_the_same_list(desk: Client) -> None:
    make_patient("Dupond", "Paul")
    fragment = desk.get("/search/", {"q": "dup"}, headers=HTMX).text.strip()
    assert fragment in desk.get("/search/", {"q": "dup"}).text


def test_search_sent_as_a_form_opens_the_only_one(desk: Client, house: House) -> None:
    response = desk.get("/search/", {"q": "dupont"})
    assert response.headers["Location"] == f"/patients/{house.patient.public_id}/"


def test_search_that_finds_nobody_offers_to_create(desk: Client) -> None:
    response = desk.get("/search/", {"q": "Zorglub & fils"}, headers=HTMX)
    assert names(response) == []
    assert 'href="/patients/new/?q=Zorglub%20%26%20fils"' in response.text


def test_search_says_how_many_more(desk: Client) -> None:
    for number in range(13):
        make_patient("Martin", f"Anne {number}")
    response = desk.get("/search/", {"q": "martin"}, headers=HTMX)
    assert len(names(response)) == 10
    assert response.context["found"].more == 3
    assert 'href="/patients/?q=martin"' in response.text


@pytest.mark.parametrize("patients", [1, 3])
def test_search_costs_the_same_for_many(
    desk: Client, house: House, patients: int, django_assert_num_queries
) -> None:
    for number in range(patients):
        make_appointment(
            house, make_patient("Martin", str(number)), "2026-03-03 09:00", "2026-03-03 09:30"
        )
    with django_assert_num_queries(5):
        response = desk.get("/search/", {"q": "martin"}, headers=HTMX)
    assert [patient.next_at for patient in response.context["patients"]] == [
        at("2026-03-03 09:00")
    ] * patients


def test_next_appointment_is_neither_past_nor_cancelled(desk: Client, house: House) -> None:
    past = make_appointment(house, house.patient, "2026-02-24 09:00", "2026-02-24 09:30")
    cancelled = make_appointment(house, house.patient, "2026-03-03 09:00", "2026-03-03 09:30")
    coming = make_appointment(house, house.patient, "2026-03-10 09:00", "2026-03-10 09:30")
    Appointment.objects.filter(pk=cancelled.pk).update(
        status="cancelled", cancellation_reason="patient"
    )
    found = desk.get("/search/", {"q": "dup"}, headers=HTMX).context["patients"]
    assert past.starts_at < NOW
    assert [patient.next_at for patient in found] == [coming.starts_at]


# --- The list ---


def test_list_pages_at_fifty_and_says_how_many(desk: Client) -> None:
    for number in range(60):
        make_patient("Martin", f"{number:02}")
    page = desk.get("/patients/", {"page": "2"})
    assert len(names(page)) == 11
    assert "51–61 sur 61" in page.text or "51–61 of 61" in page.text
    assert 'href="?page=1"' in page.text


def test_list_keeps_what_was_searched_when_paging(desk: Client) -> None:
    for number in range(60):
        make_patient("Martin", f"{number:02}")
    page = desk.get("/patients/", {"q": "martin"})
    assert page.context["page"].paginator.count == 60
    assert 'href="?q=martin&amp;page=2"' in page.text


@pytest.mark.parametrize("page", ["0", "-1", "999", "x", "", "9" * 400])
def test_list_answers_an_odd_page_number(desk: Client, page: str) -> None:
    assert names(desk.get("/patients/", {"page": page})) == ["DUPONT Marie"]


def test_empty_list_says_what_to_do(desk: Client, house: House) -> None:
    Patient.objects.all().delete()
    assert 'href="/patients/new/"' in desk.get("/patients/").text


@pytest.mark.parametrize("patients", [1, 3])
def test_list_costs_the_same_for_many(
    desk: Client, patients: int, django_assert_num_queries
) -> None:
    for number in range(patients - 1):
        make_patient("Martin", str(number))
    with django_assert_num_queries(6):
        assert len(names(desk.get("/patients/"))) == patients
