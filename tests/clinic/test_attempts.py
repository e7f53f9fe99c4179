"""Which appointment of a session counts, and on which day it is."""

import datetime as dt

import pytest

from clinic import attempts, booking
from clinic.models import Clinic
from clinic.pages.series import loaded
from tests.factories import NOW, House


@pytest.fixture
def house(db: None) -> House:
    return House()


def test_a_cancelled_attempt_is_the_latest_but_stands_no_more(house: House) -> None:
    first, second, third = house.book_series().appointments
    booking.cancel(appointment=first, reason="patient", by=house.user, now=NOW)
    (series,) = loaded()
    sessions = list(series.sessions.all())
    assert [attempts.standing(session) for session in sessions] == [None, second, third]
    assert [attempts.latest(session) for session in sessions] == [first, second, third]
    assert attempts.dates(sessions) == {2: second.on, 3: third.on}


def test_the_day_of_a_visit_is_its_clinics(house: House) -> None:
    first = house.book_series().appointments[0]
    Clinic.objects.update(timezone="Pacific/Honolulu")  # there it is still the evening before
    (series,) = loaded()
    dates = attempts.dates(series.sessions.all())
    assert dates[1] == first.starts_at.date() - dt.timedelta(days=1)
