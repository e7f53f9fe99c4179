"""What a patient reads once an appointment changed, and the way back."""

import datetime as dt

import pytest
import time_machine
from django.test import Client

from clinic import booking
from clinic.models import Appointment
from tests.factories import NOW, PARIS, House, make_patient
from tests.pages.visiting import (
    address,
    cancelled,
    done_at,
    make_link,
    shown_key,
    starts_on,
    visit,
    when,
)

DAY = dt.timedelta(days=1)


def moved(phone: Client, appointment: Appointment, place: int = 0) -> Appointment:
    page = phone.get(address("move", appointment)).text
    form = {"starts_at": starts_on(page)[place], "key": shown_key(page)}
    assert phone.post(address("move", appointment), form).status_code == 302
    return Appointment.objects.get(replaces=appointment)


def test_a_move_names_the_new_hour_and_offers_the_old_one(
    phone: Client, appointments: list[Appointment]
) -> None:
    first = appointments[0]
    new = moved(phone, first)
    page = phone.get(done_at("moved", new)).text
    assert f"Il est maintenant : {when(new)}." in page
    assert address("move", new) in page
    form = {"starts_at": starts_on(page)[0], "key": shown_key(page)}
    assert dt.datetime.fromisoformat(form["starts_at"]) == first.starts_at
    answer = phone.post(address("move", new), form)
    back = Appointment.objects.get(replaces=new)
    assert answer.url == done_at("moved", back)
    assert (back.starts_at, back.practitioner) == (first.starts_at, first.practitioner)


def test_the_old_hour_that_somebody_took_is_answered_with_what_is_free(
    house: House, phone: Client, appointments: list[Appointment]
) -> None:
    first = appointments[0]
    new = moved(phone, first, -1)
    page = phone.get(done_at("moved", new)).text
    begins, ends = (
        f"{at.astimezone(PARIS):%Y-%m-%d %H:%M}" for at in (first.starts_at, first.ends_at)
    )
    house.occupy(house.room, begins, ends)
    form = {"starts_at": starts_on(page)[0], "key": shown_key(page)}
    answer = phone.post(address("move", new), form)
    assert answer.status_code == 409
    assert "Ce créneau vient d’être pris" in answer.text


def test_what_is_no_longer_so_is_not_said(phone: Client, appointments: list[Appointment]) -> None:
    """The page of a moment ago, read again after one more move."""
    new = moved(phone, appointments[0])
    newer = moved(phone, new, 1)
    assert phone.get(done_at("moved", new)).context["done"] is None
    assert when(newer) in phone.get(done_at("moved", newer)).text


def test_an_hour_that_is_over_is_not_offered_again(
    house: House, phone: Client, appointments: list[Appointment], clock: time_machine.Traveller
) -> None:
    first = appointments[0]
    clock.move_to(first.starts_at - dt.timedelta(hours=25))
    visit(phone, make_link(house.patient, house.clinic), knows_birth=True)
    new = moved(phone, first, -1)
    clock.shift(dt.timedelta(hours=24))
    visit(phone, make_link(house.patient, house.clinic), knows_birth=True)
    assert starts_on(phone.get(done_at("moved", new)).text) == []


def test_the_old_hour_is_offered_only_while_it_fits_between_the_neighbours(
    house: House, phone: Client, appointments: list[Appointment]
) -> None:
    """The second one was moved later, then the desk moves the first: the old place is too near."""
    first, second, _third = appointments
    visit(phone, make_link(house.patient, house.clinic))
    new = shifted(second, 4 * DAY, house)
    assert starts_on(phone.get(done_at("moved", new)).text) != []
    shifted(first, 9 * DAY, house)
    assert starts_on(phone.get(done_at("moved", new)).text) == []
    again = phone.post(address("move", new), {"starts_at": second.starts_at.isoformat()})
    assert "ne convient plus entre vos autres rendez-vous" in again.text


def shifted(appointment: Appointment, by: dt.timedelta, house: House) -> Appointment:
    """To the first free place from so much later on."""
    visit = booking.visit_of(Appointment.objects.get(pk=appointment.pk))
    days = [appointment.on + by + n * DAY for n in range(7)]
    place = next(p for on in days for p in booking.openings(visit, on=on, now=NOW))
    done = booking.move(appointment=appointment, starts_at=place.starts_at, by=house.user, now=NOW)
    assert isinstance(done, booking.Moved), done
    return done.appointment


def test_a_place_so_near_says_that_it_cannot_be_moved_again(
    house: House, phone: Client, appointments: list[Appointment], clock: time_machine.Traveller
) -> None:
    tuesday = shifted(appointments[0], DAY, house)
    clock.move_to(tuesday.starts_at - dt.timedelta(hours=25))
    visit(phone, make_link(house.patient, house.clinic))
    for days_before, is_soon in ((0, False), (1, True)):
        day = (tuesday.on - days_before * DAY).isoformat()
        page = phone.get(f"{address('move', tuesday)}?on={day}")
        assert ("plus déplacé" in page.text) is is_soon


@pytest.mark.parametrize("what", ["move", "cancel"])
def test_back_on_a_page_from_before_the_move_leads_on_to_where_it_is(
    phone: Client, appointments: list[Appointment], what: str
) -> None:
    newer = moved(phone, moved(phone, appointments[0]), 1)
    for response in (
        phone.get(address(what, appointments[0])),
        phone.post(address(what, appointments[0]), {"starts_at": "2026-03-10T10:00"}),
    ):
        assert "Ce rendez-vous a été déplacé" in response.text
        assert address("move", newer) in response.text
        assert "Actuellement" not in response.text
    newer.refresh_from_db()
    assert newer.status == "booked"


@pytest.mark.parametrize("what", ["move", "cancel"])
def test_what_is_cancelled_says_so(
    phone: Client, appointments: list[Appointment], what: str
) -> None:
    second = cancelled(appointments[1])
    page = phone.get(address(what, second)).text
    assert "Ce rendez-vous est déjà annulé" in page
    assert "Actuellement" not in page
    assert starts_on(page) == []


@pytest.mark.parametrize("code", ["confirmed", "moved", "cancelled"])
@pytest.mark.parametrize("at", ["", "nobody", "\0", "x" * 300])
def test_an_odd_address_names_nothing(phone: Client, code: str, at: str) -> None:
    page = phone.get("/my/", {"done": code, "at": at})
    assert page.status_code == 200
    assert page.context["done"] is None


def test_somebody_elses_appointment_is_not_named(house: House, phone: Client) -> None:
    other = house.book_series(patient=make_patient("Autre")).appointments[0]
    place = booking.openings(booking.visit_of(other), on=other.on, now=NOW)[-1]
    done = booking.move(appointment=other, starts_at=place.starts_at, by=house.user, now=NOW)
    assert isinstance(done, booking.Moved)
    page = phone.get(done_at("moved", done.appointment))
    assert page.context["done"] is None
    assert when(done.appointment) not in page.text


def test_the_way_back_to_a_confirmation_does_not_say_it_of_a_cancelled_visit(
    phone: Client, appointments: list[Appointment]
) -> None:
    first = appointments[0]
    phone.post(address("confirm", first))
    assert "nous vous attendons" in phone.get(done_at("confirmed", first)).text
    phone.post(address("cancel", first))
    assert "nous vous attendons" not in phone.get(done_at("confirmed", first)).text
