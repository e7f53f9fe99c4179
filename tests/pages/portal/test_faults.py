"""A page that cannot be shown to a patient leads back to their own page, never to a sign-in."""

import re

import pytest
from django.test import Client

from tests.factories import House
from tests.pages.visiting import make_link, visit


def leads(text: str) -> list[str]:
    """Where the page's links go, but for the one that skips to its content."""
    return [to for to in re.findall(r'<a [^>]*href="([^"]*)"', text) if not to.startswith("#")]


def stale(house: House, address: str) -> str:
    browser = Client(enforce_csrf_checks=True)
    visit(browser, make_link(house.patient, house.clinic))
    answer = browser.post(address, {"csrfmiddlewaretoken": "a" * 64})
    assert answer.status_code == 403
    return answer.text


def test_a_form_that_was_open_too_long_leads_back_to_the_patients_page(house: House) -> None:
    assert leads(stale(house, "/my/contact/")) == ["/my/"]


def test_a_form_of_the_leaflet_leads_back_to_the_leaflet(house: House) -> None:
    start = f"/leaflet/{house.clinic.public_id}/"
    assert leads(stale(house, f"{start}look-up/")) == [start]


def test_staff_are_led_to_their_own_start(house: House) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(house.user)
    answer = browser.post("/patients/new/", {"csrfmiddlewaretoken": "a" * 64})
    assert (answer.status_code, leads(answer.text)) == (403, ["/"])


def test_what_breaks_leads_back_too(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = visit(Client(raise_request_exception=False), make_link(house.patient, house.clinic))
    monkeypatch.setattr("clinic.views.portal.render", None)
    answer = phone.get("/my/")
    assert answer.status_code == 500
    assert leads(answer.text) == ["/my/"]
