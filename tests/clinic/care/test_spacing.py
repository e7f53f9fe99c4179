"""Sessions that left their window when the one before was done on another day."""

import datetime as dt
from typing import Any

import pytest

from clinic.care import spacing
from clinic.models import Appointment
from patients.models import TreatmentSession
from tests.factories import NOW, House

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return House()  # three sessions, two to four weeks apart


def booked(house: House) -> list[Appointment]:
    return list(house.book_series().appointments)


def done_on(session: TreatmentSession | None, on: dt.date) -> None:
    assert session is not None
    Appointment.objects.filter(session=session).update(status="fulfilled")
    TreatmentSession.objects.filter(pk=session.pk).update(status="completed", done_on=on)


def test_nothing_is_outside_as_long_as_all_is_as_booked(house: House) -> None:
    booked(house)
    assert spacing.left_behind_at(house.clinic, now=NOW) == {}


@pytest.mark.parametrize(("later", "is_outside"), [(7, False), (8, True), (-7, False), (-8, True)])
def test_the_window_moves_with_the_day_the_session_was_done(
    house: House, later: int, is_outside: bool
) -> None:
    first, second, _third = booked(house)
    on = second.on - dt.timedelta(weeks=3) + dt.timedelta(days=later)
    done_on(first.session, on)
    expected = {second.pk} if is_outside else set()
    assert set(spacing.left_behind_at(house.clinic, now=NOW)) == expected


def test_the_window_that_was_left_is_told(house: House) -> None:
    first, second, _third = booked(house)
    done_on(first.session, dt.date(2026, 1, 5))
    window = spacing.left_behind_at(house.clinic, now=NOW)[second.pk]
    assert (window.opens, window.closes) == (dt.date(2026, 1, 19), dt.date(2026, 2, 2))


def test_what_is_past_or_stopped_is_no_longer_asked_for(house: House) -> None:
    first, _second, third = booked(house)
    done_on(first.session, dt.date(2026, 1, 5))
    assert spacing.left_behind_at(house.clinic, now=third.starts_at) == {}
    assert third.session is not None
    series = third.session.series
    type(series).objects.filter(pk=series.pk).update(
        status="revoked", closed_at=NOW, closed_by=house.user
    )
    assert spacing.left_behind_at(house.clinic, now=NOW) == {}


def test_one_query(house: House, django_assert_num_queries: Any) -> None:
    booked(house)
    with django_assert_num_queries(1):
        spacing.left_behind_at(house.clinic, now=NOW)


def test_only_what_is_asked_about_is_told(house: House) -> None:
    first, second, third = booked(house)
    done_on(first.session, dt.date(2026, 1, 5))
    asked = Appointment.objects.filter(pk__in=[second.pk, third.pk])
    assert set(spacing.left_behind(asked)) == {second.pk}
    assert spacing.left_behind(asked.filter(pk=third.pk)) == {}
