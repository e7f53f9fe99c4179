"""The second press of a button is let in by the act that ended its link, and for a blink alone.

None of these visitors said their birth date: who did goes on for half an hour by another rule.
"""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from clinic import booking
from clinic.models import Appointment
from clinic.outbox import links
from tests.factories import NOW, House
from tests.pages.visiting import (
    address,
    done_at,
    gone,
    link_of,
    row_of,
    shown_key,
    starts_on,
    visit,
)

COOKIE = settings.PATIENT_COOKIE_NAME
SECOND, DAY = dt.timedelta(seconds=1), dt.timedelta(days=1)
Press = Callable[[], HttpResponse]


def pressing(phone: Client, what: str, appointment: Appointment) -> Press:
    """A button as the page showed it: every press sends the same form and the same cookie."""
    page = phone.get(address(what, appointment)).text
    form = {"starts_at": starts_on(page)[0], "key": shown_key(page)} if what == "move" else {}
    cookie = phone.cookies[COOKIE].value

    def press() -> HttpResponse:
        phone.cookies[COOKIE] = cookie
        return phone.post(address(what, appointment), form)

    return press


@pytest.mark.parametrize("what", ["move", "cancel"])
def test_the_second_press_is_let_in_for_ten_minutes(
    phone: Client, appointments: list[Appointment], clock: time_machine.Traveller, what: str
) -> None:
    """The cookie itself would hold for half an hour."""
    press = pressing(phone, what, appointments[0])
    first = press()
    clock.shift(dt.timedelta(minutes=10))
    assert (first.status_code, press().url) == (302, first.url)
    clock.shift(SECOND)
    assert gone(press())


# --- A link that ended by something else ---------------------------------------------------------


def the_clinic_moves_it(house: House, appointment: Appointment, key: str) -> None:
    place = booking.openings(booking.visit_of(appointment), on=appointment.on, now=NOW)[-1]
    moved = booking.move(
        appointment=appointment, starts_at=place.starts_at, by=house.user, now=timezone.now()
    )
    assert isinstance(moved, booking.Moved), moved


def the_clinic_ends_it(house: House, appointment: Appointment, key: str) -> None:
    assert links.revoke([row_of(key)], now=timezone.now()) == 1


@pytest.mark.parametrize("end", [the_clinic_moves_it, the_clinic_ends_it])
@pytest.mark.parametrize("what", ["move", "cancel"])
def test_what_the_patient_once_changed_lets_no_ended_link_in(
    house: House, phone: Client, appointments: list[Appointment], clock: time_machine.Traveller,
    what: str, end: Callable[[House, Appointment, str], None],
) -> None:  # fmt: skip
    """Whoever has the cookie of a dead link must not come in by an act that was done before."""
    first, second = appointments[:2]
    assert pressing(phone, what, first)().status_code == 302
    clock.shift(dt.timedelta(minutes=5))
    key = link_of(second, expires_at=NOW + 30 * DAY)
    other = visit(Client(), key)
    again = pressing(other, "cancel", first)
    end(house, second, key)
    assert row_of(key).revoked_at == timezone.now()
    assert gone(again())
    assert gone(other.get("/my/"))


def test_the_control_while_its_link_holds_the_same_press_is_answered(
    phone: Client, appointments: list[Appointment], clock: time_machine.Traveller
) -> None:
    first, second = appointments[:2]
    pressing(phone, "cancel", first)()
    clock.shift(dt.timedelta(minutes=5))
    other = visit(Client(), link_of(second, expires_at=NOW + 30 * DAY))
    assert pressing(other, "cancel", first)().url == done_at("cancelled", first)
