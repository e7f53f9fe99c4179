"""Nothing about health before the birth date."""

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import Appointment
from clinic.portal import birth
from tests.factories import House
from tests.pages.visiting import (
    SPOKEN,
    address,
    health_pages,
    visit,
)


def about_health(house: House) -> list[str]:
    """Words that stand on the page once the birth date was said."""
    return [house.protocol.name, house.patient.name, house.practitioner.name, "Séance"]


def test_before_the_birth_date_nothing_about_health_is_shown(
    house: House, phone: Client, appointments: list[Appointment]
) -> None:
    pages = ["/my/", "/my/worry/", "/my/calendar/", "/my/birth/", "/my/appointments.ics"]
    pages += [address(what, appointments[1]) for what in ("move", "cancel")]
    for page in pages:
        text = phone.get(page).text
        assert [word for word in about_health(house) if word in text] == [], page


def test_the_control_afterwards_those_words_are_there(
    house: House, key: str, client: Client
) -> None:
    text = visit(client, key, knows_birth=True).get("/my/").text
    given = house.patient.given_name
    shown = [house.protocol.name, house.practitioner.name, "Séance", f"Bonjour {given}"]
    assert [word for word in shown if word not in text] == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_pages_about_health_ask_for_the_birth_date_first(
    house: House, phone: Client, method: str
) -> None:
    for page in health_pages(house):
        if method == "post" and ("pdf" in page or "slip" in page):
            continue  # taken away, and nothing is sent there
        response = getattr(phone, method)(page)
        assert response.status_code == 302, page
        assert response.url.startswith("/my/birth/"), page
    assert phone.post("/my/messages/").url == "/my/birth/"


def test_the_right_date_leads_back_to_where_it_was_asked(house: House, phone: Client) -> None:
    page = reverse("my_contact")
    asked = phone.get(page).url
    form = phone.get(asked).text
    assert f'name="next" value="{page}"' in form
    answered = phone.post("/my/birth/", {"birth_on": SPOKEN, "next": page})
    assert answered.url == page
    assert phone.get(page).status_code == 200


def test_nobody_is_led_to_somebody_elses_site(phone: Client) -> None:
    answered = phone.post("/my/birth/", {"birth_on": SPOKEN, "next": "https://evil.example/"})
    assert answered.url == "/my/"


@pytest.mark.parametrize("typed", ["31/01/1980", "31.01.1980", "1980-01-31", "31 01 1980"])
def test_a_birth_date_is_read_as_people_write_it(phone: Client, typed: str) -> None:
    assert phone.post("/my/birth/", {"birth_on": typed}).status_code == 302


@pytest.mark.parametrize("typed", ["", "hier", "31/02/1980", "01/01/1990", "\0", "9" * 400])
def test_a_wrong_birth_date_stays_in_the_field_with_a_word(phone: Client, typed: str) -> None:
    response = phone.post("/my/birth/", {"birth_on": typed})
    assert response.status_code == 409
    assert response.context["form"].errors["birth_on"]
    assert phone.get("/my/contact/").status_code == 302


def test_after_five_wrong_dates_the_page_says_to_wait_or_to_call(phone: Client) -> None:
    for _ in range(5):
        response = phone.post("/my/birth/", {"birth_on": "01/01/1990"})
    (said,) = response.context["form"].errors["birth_on"]
    assert said.startswith("Trop d’essais")
    assert phone.post("/my/birth/", {"birth_on": SPOKEN}).status_code == 409


def test_a_patient_without_a_date_reads_what_everybody_reads(house: House, phone: Client) -> None:
    wrong = phone.post("/my/birth/", {"birth_on": "01/01/1990"}).context["form"].errors
    house.patient.birth_on = None
    house.patient.save()
    assert phone.post("/my/birth/", {"birth_on": SPOKEN}).context["form"].errors == wrong


def test_wrong_tries_of_a_stranger_do_not_shut_the_page_itself(phone: Client) -> None:
    for _ in range(birth.TRIES):
        phone.post("/my/birth/", {"birth_on": "01/01/1990"})
    assert phone.get("/my/").status_code == 200
