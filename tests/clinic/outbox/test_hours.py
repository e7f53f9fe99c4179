"""Nothing leaves at night, on Sundays or on public holidays; what falls there goes earlier."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.models import Clinic
from clinic.outbox import hours
from tests.factories import PARIS, at

MINUTE = dt.timedelta(minutes=1)
FIRST, FIVE_YEARS = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), 5 * 365 * 24 * 60
MOMENTS = st.integers(0, FIVE_YEARS).map(lambda minutes: FIRST + minutes * MINUTE)


def clinic(**fields: object) -> Clinic:
    return Clinic(**{"timezone": "Europe/Paris", "holiday_region": "FR"} | fields)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-02 07:59", False),
        ("2026-03-02 08:00", True),
        ("2026-03-02 19:59", True),
        ("2026-03-02 20:00", False),
        ("2026-03-01 12:00", False),  # a Sunday
        ("2026-05-01 12:00", False),  # a Friday, and a holiday
        ("2026-04-06 12:00", False),  # Easter Monday
        ("2026-02-28 12:00", True),  # a Saturday
    ],
)
def test_open_hours(moment: str, is_open: bool) -> None:
    assert hours.is_open(clinic(), at(moment)) is is_open


@pytest.mark.parametrize(
    ("moment", "earlier", "later"),
    [
        ("2026-03-03 10:00", "2026-03-03 10:00", "2026-03-03 10:00"),
        ("2026-03-03 06:30", "2026-03-02 19:45", "2026-03-03 08:00"),
        ("2026-03-03 21:00", "2026-03-03 19:45", "2026-03-04 08:00"),
        ("2026-03-03 19:50", "2026-03-03 19:45", "2026-03-03 19:50"),
        ("2026-03-08 10:00", "2026-03-07 19:45", "2026-03-09 08:00"),  # a Sunday
        ("2026-05-03 10:00", "2026-05-02 19:45", "2026-05-04 08:00"),
        ("2026-05-01 10:00", "2026-04-30 19:45", "2026-05-02 08:00"),  # a holiday
        # The clocks go forward on Sunday 29 March 2026, and back on Sunday 25 October.
        ("2026-03-30 07:00", "2026-03-28 19:45", "2026-03-30 08:00"),
        ("2026-10-26 07:00", "2026-10-24 19:45", "2026-10-26 08:00"),
    ],
)
def test_what_falls_in_the_quiet_goes_to_the_nearest_open_time(
    moment: str, earlier: str, later: str
) -> None:
    assert hours.earlier(clinic(), at(moment)) == at(earlier)
    assert hours.later(clinic(), at(moment)) == at(later)


def test_a_clinic_narrows_its_hours() -> None:
    narrow = clinic(messages_from_hour=10, messages_until_hour=18)
    assert hours.later(narrow, at("2026-03-03 08:00")) == at("2026-03-03 10:00")
    assert hours.earlier(narrow, at("2026-03-03 19:00")) == at("2026-03-03 17:45")


def test_holidays_are_those_of_the_clinics_region() -> None:
    good_friday = at("2026-04-03 12:00")
    assert hours.is_open(clinic(), good_friday)
    assert not hours.is_open(clinic(holiday_region="FR-57"), good_friday)


@given(MOMENTS, st.sampled_from(["Europe/Paris", "Indian/Reunion", "America/Toronto"]))
def test_both_ways_end_in_open_hours_and_never_beyond(moment: dt.datetime, zone: str) -> None:
    house = clinic(timezone=zone)
    before, after = hours.earlier(house, moment), hours.later(house, moment)
    assert before <= moment <= after
    assert hours.is_open(house, before)
    assert hours.is_open(house, after)
    if hours.is_open(house, moment):
        assert after == moment


def test_wall_clock_stays_across_a_clock_change() -> None:
    for on in (dt.date(2026, 3, 28), dt.date(2026, 3, 30), dt.date(2026, 10, 26)):
        assert hours.at(clinic(), on, 600).astimezone(PARIS).time() == dt.time(10)
