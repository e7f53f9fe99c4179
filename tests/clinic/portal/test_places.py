"""Where a patient may move an appointment to."""

import datetime as dt

import pytest

from clinic import booking
from clinic.models import Appointment
from clinic.portal import places
from tests.factories import NOW, House, at, make_resource

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return House()


def choice(appointment: Appointment, on: dt.date | None = None, now: dt.datetime = NOW):
    return places.choice(booking.visit_of(appointment), on=on, now=now)


def test_every_day_that_is_offered_keeps_the_gaps_to_both_neighbours(house: House) -> None:
    first, second, third = house.book_series().appointments
    offered = choice(second).days
    assert offered
    for day in offered:
        assert 14 <= (day - first.on).days <= 28
        assert 14 <= (third.on - day).days <= 28


def test_every_hour_that_is_offered_can_be_moved_to(house: House) -> None:
    second = house.book_series().appointments[1]
    found = choice(second)
    starts = [place.starts_at for group in found.groups for place in group.places]
    assert starts
    assert second.starts_at not in starts
    moved = booking.move(appointment=second, starts_at=starts[-1], by=house.user, now=NOW)
    assert isinstance(moved, booking.Moved), moved


def test_the_same_practitioner_comes_first_and_is_named_to_the_verb(house: House) -> None:
    other = make_resource(house.clinic, "practitioner", name="Dr Zola")
    make_resource(house.clinic, "room", name="Salle 2")
    appointment = house.book_series().appointments[1]
    house.occupy(house.practitioner, f"{appointment.on} 10:00", f"{appointment.on} 11:00")
    same, others = choice(appointment, on=appointment.on).groups
    assert (same.is_same, same.only) == (True, house.practitioner.public_id)
    assert (others.is_same, others.only) == (False, "")
    hours = {f"{place.starts_at:%H:%M}" for place in others.places}
    assert {"10:00", "10:30"} <= hours
    assert {place.practitioner for place in others.places} == {other}


def test_a_place_of_the_next_two_hours_is_not_offered(house: House) -> None:
    first = house.book_series().appointments[0]
    visit, now = booking.visit_of(first), at(f"{first.on} 09:05")
    groups, soon = places.hours_of(visit, first.on, now=now), now + dt.timedelta(hours=2)
    assert min(place.starts_at for group in groups for place in group.places) >= soon
    every = booking.openings(visit, on=first.on, now=now)
    assert min(place.starts_at for place in every) < soon


def test_a_full_stretch_says_so(house: House) -> None:
    second = house.book_series().appointments[1]
    house.room.is_active = False
    house.room.save()
    found = choice(second)
    assert (found.days, found.on, found.groups, found.has_window) == ((), None, (), True)
