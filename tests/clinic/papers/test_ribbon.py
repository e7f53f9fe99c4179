"""The ribbon of proposals and of running series."""

import datetime as dt

import pytest

from clinic import booking, states
from clinic.pages.series import loaded
from clinic.papers import ribbon
from tests.factories import PARIS, House, at

TODAY = dt.date(2026, 3, 2)
DAY = dt.timedelta(days=1)


@pytest.fixture
def house(db: None) -> House:
    return House()


def test_a_proposal_is_drawn_with_its_alternatives(house: House) -> None:
    proposal = house.propose()
    picture = ribbon.of_proposal(proposal, today=TODAY)
    assert picture is not None
    assert [dot.number for dot in picture.dots] == [1, 2, 3]
    assert {dot.state for dot in picture.dots} == {states.PROPOSED}
    wanted = [f"2-{a.starts_at:%Y-%m-%d}" for a in proposal.sessions[1].alternatives]
    assert [option.key for option in picture.dots[1].options] == wanted


def test_the_blocked_session_stands_in_red_on_its_due_day(house: House) -> None:
    house.practitioner.hours.update(valid_until=dt.date(2026, 3, 25))
    proposal = house.propose()
    assert proposal.blocked_at == 3
    picture = ribbon.of_proposal(proposal, today=TODAY)
    assert picture is not None
    assert [dot.state.code for dot in picture.dots] == ["proposed", "proposed", "blocked"]
    assert [bar.is_blocked for bar in picture.bars] == [False, False, True]
    assert len(picture.gaps) == 1


def test_a_running_series_shows_states_and_what_is_to_book(house: House) -> None:
    booked = house.book_series(through=3)
    first, second, third = booked.appointments
    later = at("2026-03-02 18:00")
    booking.mark(appointment=first, status="fulfilled", by=house.user, now=later)
    booking.cancel(appointment=third, reason="patient", note="", by=house.user, now=later)
    picture = ribbon.of_series(booked.series, today=TODAY)
    assert picture is not None
    assert [dot.state.code for dot in picture.dots] == ["done", "booked", "to-book"]
    assert [dot.is_done for dot in picture.dots] == [True, False, False]
    due = second.starts_at.astimezone(PARIS).date() + 21 * DAY
    assert picture.dots[2].date.startswith(f"{due.day} ")


def test_the_ribbon_of_a_loaded_series_asks_nothing(
    house: House, django_assert_num_queries
) -> None:
    house.book_series()
    (series,) = loaded()
    with django_assert_num_queries(0):
        picture = ribbon.of_series(series, today=TODAY)
    assert len(picture.dots) == 3


def test_a_missed_session_is_struck_on_the_day_it_was_missed(house: House) -> None:
    booked = house.book_series()
    first = booked.appointments[0]
    booking.mark(appointment=first, status="noshow", by=house.user, now=at("2026-03-02 18:00"))
    picture = ribbon.of_series(booked.series, today=TODAY)
    assert picture is not None
    assert [dot.state.code for dot in picture.dots] == ["noshow", "booked", "booked"]
    assert picture.dots[0].date.startswith("2 ")
    assert len(picture.gaps) == 1


def test_a_stopped_series_shows_only_what_took_place(house: House) -> None:
    booked = house.book_series()
    later = at("2026-03-02 18:00")
    booking.mark(appointment=booked.appointments[0], status="fulfilled", by=house.user, now=later)
    booking.stop_series(
        series=booked.series, reason="patient", by=house.user, clinic=house.clinic, now=later
    )
    picture = ribbon.of_series(booked.series, today=TODAY)
    assert picture is not None
    assert [dot.state.code for dot in picture.dots] == ["done"]
