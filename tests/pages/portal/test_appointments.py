"""What a patient does with an appointment: come, move it, cancel it."""

import datetime as dt

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from clinic import booking
from clinic.models import Appointment, AuditEntry
from tests.factories import NOW, House, make_patient
from tests.pages.visiting import (
    address,
    done_at,
    gone,
    row_of,
    shown_key,
    starts_on,
    visit,
    when,
)

DAY = dt.timedelta(days=1)
COOKIE = settings.PATIENT_COOKIE_NAME


def test_confirming_is_noted_with_the_link_it_came_by(
    phone: Client, key: str, appointments: list[Appointment]
) -> None:
    response = phone.post(address("confirm", appointments[0]), follow=True)
    assert f"nous vous attendons : {when(appointments[0])}." in response.text
    appointments[0].refresh_from_db()
    assert appointments[0].confirmed_at == NOW
    (entry,) = AuditEntry.objects.filter(action="appointment.confirm")
    assert str(entry.by) == "le patient, en ligne"
    assert entry.detail["link"] == row_of(key).pk
    assert not entry.by.is_active
    assert not entry.by.has_usable_password()


def test_an_appointment_is_moved_and_the_page_goes_on(
    phone: Client, key: str, appointments: list[Appointment]
) -> None:
    first = appointments[0]
    page = phone.get(address("move", first))
    start = starts_on(page.text)[0]
    form = {"starts_at": start, "key": shown_key(page.text)}
    response = phone.post(address("move", first), form, follow=True)
    first.refresh_from_db()
    assert response.redirect_chain == [(done_at("moved", first.replaced_by), 302)]
    assert (first.status, first.cancellation_reason) == ("cancelled", "moved")
    assert first.replaced_by.starts_at == dt.datetime.fromisoformat(start)
    assert gone(Client().get(reverse("patient_link", args=[key])))  # from before the move
    assert phone.get("/my/").status_code == 200


def test_the_second_press_is_answered_as_the_first(
    phone: Client, appointments: list[Appointment]
) -> None:
    """It carries the cookie that the first one ended."""
    first = appointments[0]
    page = phone.get(address("move", first))
    form = {"starts_at": starts_on(page.text)[0], "key": shown_key(page.text)}
    cookie = phone.cookies[COOKIE].value
    chains = []
    for _ in range(3):
        phone.cookies[COOKIE] = cookie
        chains.append(phone.post(address("move", first), form, follow=True).redirect_chain)
    new = Appointment.objects.get(replaces__isnull=False)
    assert chains == [[(done_at("moved", new), 302)]] * 3


def test_a_cookie_from_before_a_move_opens_nothing_else(
    phone: Client, appointments: list[Appointment]
) -> None:
    first = appointments[0]
    page = phone.get(address("move", first))
    cookie = phone.cookies[COOKIE].value
    form = {"starts_at": starts_on(page.text)[0], "key": shown_key(page.text)}
    phone.post(address("move", first), form)
    phone.cookies[COOKIE] = cookie
    assert gone(phone.get("/my/"))
    assert gone(phone.get(address("move", first)))
    assert gone(phone.post(address("cancel", appointments[1])))


def test_nor_when_the_clinic_moved_it(
    house: House, phone: Client, appointments: list[Appointment]
) -> None:
    first = appointments[0]
    place = booking.openings(booking.visit_of(first), on=first.on, now=NOW)[-1]
    booking.move(appointment=first, starts_at=place.starts_at, by=house.user, now=NOW)
    assert gone(phone.post(address("cancel", first)))


def test_a_place_that_breaks_a_neighbours_window_is_refused_whatever_is_sent(
    phone: Client, appointments: list[Appointment]
) -> None:
    second = appointments[1]
    for start in (appointments[0].starts_at + DAY, appointments[2].starts_at + DAY):
        response = phone.post(address("move", second), {"starts_at": start.isoformat()})
        assert response.status_code == 409
    assert Appointment.objects.count() == 3


def test_whoever_comes_second_is_shown_the_nearest_places(
    house: House, phone: Client, appointments: list[Appointment]
) -> None:
    first = appointments[0]
    start = starts_on(phone.get(address("move", first)).text)[-1]
    taken = dt.datetime.fromisoformat(start)
    ends = taken + dt.timedelta(minutes=30)
    house.occupy(house.room, f"{taken:%Y-%m-%d %H:%M}", f"{ends:%Y-%m-%d %H:%M}")
    response = phone.post(address("move", first), {"starts_at": start})
    assert response.status_code == 409
    assert "Ce créneau vient d’être pris" in response.text
    offered = starts_on(response.text)
    assert offered
    assert start not in offered


def test_within_a_day_an_appointment_is_moved_by_phone_and_cancelled_online(
    phone: Client, appointments: list[Appointment], key: str, clock: time_machine.Traveller
) -> None:
    first = appointments[0]
    clock.move_to(first.starts_at - dt.timedelta(hours=23))
    visit(phone, key)
    page = phone.get(address("move", first))
    assert "appelez-nous" in page.text
    assert starts_on(page.text) == []
    refused = phone.post(address("move", first), {"starts_at": (NOW + 9 * DAY).isoformat()})
    assert refused.status_code == 409
    assert phone.post(address("cancel", first)).url == done_at("cancelled", first)


def test_once_begun_it_is_neither_moved_nor_cancelled(
    phone: Client, appointments: list[Appointment], key: str, clock: time_machine.Traveller
) -> None:
    first = appointments[0]
    clock.move_to(first.starts_at)
    visit(phone, key)
    assert phone.post(address("cancel", first)).status_code == 409
    first.refresh_from_db()
    assert first.status == "booked"


def test_cancelling_frees_the_place_and_says_who(
    phone: Client, appointments: list[Appointment]
) -> None:
    first, cookie = appointments[0], phone.cookies[COOKIE].value
    for _ in range(2):  # pressed twice
        phone.cookies[COOKIE] = cookie
        response = phone.post(address("cancel", first), follow=True)
        assert f"Votre rendez-vous est annulé : {when(first)}." in response.text
    first.refresh_from_db()
    assert (first.status, first.cancellation_reason) == ("cancelled", "patient")
    assert str(first.changed_by) == "le patient, en ligne"
    assert not first.holds.filter(active=True).exists()
    assert AuditEntry.objects.filter(action="appointment.cancel").count() == 1


@pytest.mark.parametrize("what", ["move", "cancel", "confirm"])
def test_somebody_elses_appointment_does_not_exist(house: House, phone: Client, what: str) -> None:
    other = house.book_series(patient=make_patient("Autre")).appointments[0]
    assert phone.post(address(what, other), {"starts_at": "x"}).status_code == 404
    other.refresh_from_db()
    assert (other.status, other.confirmed_at) == ("booked", None)


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"starts_at": "x"},
        {"starts_at": "2026-13-45T99:99"},
        {"starts_at": "\0"},
        {"starts_at": "2026-03-10T10:00", "only": "nobody"},
        {"starts_at": "2026-03-10T10:00", "key": "k" * 500},
    ],
)
def test_bad_input_is_told_and_moves_nothing(
    phone: Client, appointments: list[Appointment], form: dict
) -> None:
    assert phone.post(address("move", appointments[0]), form).status_code == 409
    assert phone.get(f"{address('move', appointments[0])}?on=x%00").status_code == 200


def test_a_dead_day_far_away_is_no_fault(phone: Client, appointments: list[Appointment]) -> None:
    assert phone.get(f"{address('move', appointments[0])}?on=2199-12-31").status_code == 200
