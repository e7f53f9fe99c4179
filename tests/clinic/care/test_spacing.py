"""Booked sessions that the one before left behind."""

import datetime as dt
from typing import Any

import pytest

from clinic.care import spacing
from patients.models import Series, TreatmentSession
from tests.factories import NOW, House, make_patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return House()


def done(session: TreatmentSession, on: dt.date) -> None:
    TreatmentSession.objects.filter(pk=session.pk).update(status="completed", done_on=on)


def numbers(found: tuple[Any, ...]) -> list[int]:
    return [due.session.number for due in found]


def test_a_series_as_it_was_planned_has_none(house: House) -> None:
    series = house.book_series().series
    assert spacing.out_of_window([series.pk]) == ()


@pytest.mark.parametrize(("days", "expected"), [(13, [2]), (14, []), (28, []), (29, [2])])
def test_a_gap_that_is_too_short_or_too_long_is_named(
    house: House, days: int, expected: list[int]
) -> None:
    booked = house.book_series()
    first, second, _third = booked.appointments
    done(first.session, second.on - dt.timedelta(days=days))
    assert numbers(spacing.out_of_window([booked.series.pk])) == expected


def test_what_is_done_is_not_named(house: House) -> None:
    booked = house.book_series()
    first, second, _third = booked.appointments
    done(first.session, second.on - dt.timedelta(days=13))
    done(second.session, second.on)
    assert spacing.out_of_window([booked.series.pk]) == ()


def test_a_series_begun_elsewhere_counts_from_there(house: House) -> None:
    booked = house.book_series()
    first = booked.appointments[0]
    session = TreatmentSession.objects.get(series=booked.series, number=2)
    Series.objects.filter(pk=booked.series.pk).update(previous_on=first.on - dt.timedelta(days=3))
    assert session.step.gap is not None
    assert spacing.out_of_window([booked.series.pk]) == ()  # the first step asks no gap


def test_the_desk_sees_all_that_are_to_come_in_four_queries(
    house: House, django_assert_num_queries: Any
) -> None:
    for count in (1, 3):
        while Series.objects.count() < count:
            booked = house.book_series(patient=make_patient())
            first, second, _third = booked.appointments
            done(first.session, second.on - dt.timedelta(days=13))
        with django_assert_num_queries(4):
            found = spacing.astray_at(house.clinic, now=NOW)
        assert numbers(found) == [2] * count
    assert spacing.astray_at(House().clinic, now=NOW) == ()
    assert spacing.astray_at(house.clinic, now=NOW + dt.timedelta(days=400)) == ()
