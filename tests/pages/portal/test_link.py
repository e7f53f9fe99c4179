"""The link of a message: whom it lets in, for how long, and what ends it."""

import datetime as dt

import pytest
import time_machine
from django.conf import settings
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.models import Appointment, PatientLink
from clinic.outbox import links
from clinic.portal import visitor as visitors
from tests.factories import NOW, House, make_patient
from tests.pages.visiting import (
    gone,
    make_link,
    put_cookie,
    row_of,
    visit,
)

DAY = dt.timedelta(days=1)
COOKIE = settings.PATIENT_COOKIE_NAME


def test_a_link_leads_to_an_address_without_the_key(client: Client, key: str) -> None:
    response = client.get(reverse("patient_link", args=[key]))
    assert (response.status_code, response.url) == (302, "/my/")
    assert key not in client.get("/my/").text
    cookie = client.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert key not in cookie.value


def test_over_https_the_cookie_is_locked_to_the_host() -> None:
    """As the settings choose the name of the session's cookie."""
    https = settings.ENVIRONMENT.is_https
    assert settings.PATIENT_COOKIE_NAME.startswith("__Host-") is https


def test_unknown_expired_revoked_and_other_keys_get_the_same_page(
    house: House, client: Client, clock: time_machine.Traveller
) -> None:
    expired = make_link(house.patient, house.clinic, expires_at=NOW + dt.timedelta(minutes=1))
    revoked = make_link(house.patient, house.clinic)
    PatientLink.objects.filter(pk=row_of(revoked).pk).update(revoked_at=NOW)
    feed = make_link(house.patient, house.clinic, purpose="feed")
    clock.shift(dt.timedelta(minutes=1))
    pages = [
        client.get(reverse("patient_link", args=[key]))
        for key in (expired, revoked, feed, "unknown", "é", "x" * 300)
    ]
    assert all(gone(page) for page in pages)
    assert len({page.text for page in pages}) == 1
    assert COOKIE not in client.cookies


def test_without_a_link_the_page_does_not_exist_for_anybody(house: House, desk: Client) -> None:
    """Neither for a stranger nor for whoever is signed in."""
    assert gone(Client().get("/my/"))
    assert gone(desk.get("/my/"))


def test_a_patient_is_nobody_to_the_clinics_pages(phone: Client, house: House) -> None:
    response = phone.get(reverse("patient", args=[house.patient.public_id]))
    assert response.url.startswith("/login/")


def test_the_visit_lasts_half_an_hour_from_the_last_page(
    phone: Client, clock: time_machine.Traveller
) -> None:
    for _ in range(3):
        clock.shift(dt.timedelta(minutes=29))
        assert phone.get("/my/").status_code == 200
    clock.shift(dt.timedelta(minutes=31))
    assert gone(phone.get("/my/"))


def test_and_eight_hours_at_most(phone: Client, clock: time_machine.Traveller) -> None:
    for _ in range(17):
        clock.shift(dt.timedelta(minutes=28))
        assert phone.get("/my/").status_code == 200
    clock.shift(dt.timedelta(minutes=28))
    assert gone(phone.get("/my/"))


@pytest.mark.parametrize("change", [{"revoked_at": NOW}, {"expires_at": NOW + dt.timedelta(1)}])
def test_a_link_that_ends_ends_the_visit_at_once(
    phone: Client, key: str, change: dict, clock: time_machine.Traveller
) -> None:
    assert phone.get("/my/").status_code == 200
    PatientLink.objects.filter(pk=row_of(key).pk).update(**change)
    visit_goes_on = "expires_at" in change
    assert (phone.get("/my/").status_code == 200) is visit_goes_on
    clock.shift(DAY)
    assert gone(phone.get("/my/"))


def test_who_said_the_birth_date_ends_what_they_are_filling_in(
    phone: Client, key: str, clock: time_machine.Traveller
) -> None:
    """The clinic moves a visit meanwhile: the link is dead at once, a visit half an hour later."""
    visit(phone, key, knows_birth=True)
    links.revoke([row_of(key)], now=timezone.now())
    assert gone(Client().get(reverse("patient_link", args=[key])))
    clock.shift(dt.timedelta(minutes=29))
    assert phone.get("/my/contact/").status_code == 200
    clock.shift(dt.timedelta(minutes=2))
    assert gone(phone.get("/my/contact/"))


@pytest.mark.parametrize("salt", ["other", "clinic.booking.proposal"])
def test_a_cookie_that_somebody_made_up_opens_nothing(phone: Client, key: str, salt: str) -> None:
    told = signing.loads(phone.cookies[COOKIE].value, salt=visitors.SALT)
    put_cookie(phone, told, salt=salt)
    assert gone(phone.get("/my/"))
    phone.cookies[COOKIE] = "nonsense"
    assert gone(phone.get("/my/"))


def test_the_control_the_same_cookie_with_its_own_salt_opens(phone: Client) -> None:
    put_cookie(phone, signing.loads(phone.cookies[COOKIE].value, salt=visitors.SALT))
    assert phone.get("/my/").status_code == 200


def test_closing_the_page_forgets_it(phone: Client) -> None:
    assert phone.post("/my/close/").status_code == 200
    assert gone(phone.get("/my/"))


def test_on_a_shared_phone_the_other_patients_form_is_no_longer_sent(
    house: House, key: str
) -> None:
    shared = Client(enforce_csrf_checks=True)
    visit(shared, key)
    shared.get("/my/")
    token = shared.cookies["csrftoken"].value
    visit(shared, key)
    assert shared.cookies["csrftoken"].value == token  # the same patient goes on
    visit(shared, make_link(make_patient("Autre"), house.clinic))
    stale = shared.post("/my/contact/", {"csrfmiddlewaretoken": token})
    assert stale.status_code == 403


def test_the_language_is_the_patients_unless_another_is_chosen(house: House, phone: Client) -> None:
    assert "Vos rendez-vous" in phone.get("/my/", headers={"accept-language": "en"}).text
    house.patient.language = "en"
    house.patient.save()
    assert "Your appointments" in phone.get("/my/", headers={"accept-language": "fr"}).text
    phone.post("/language/", {"language": "fr", "next": "/my/"})
    assert "Vos rendez-vous" in phone.get("/my/").text


def test_times_are_those_of_the_clinic(
    house: House, phone: Client, appointments: list[Appointment]
) -> None:
    local = appointments[0].starts_at.astimezone(house.clinic.zone)
    assert f"{local:%H:%M}–" in phone.get("/my/").text
