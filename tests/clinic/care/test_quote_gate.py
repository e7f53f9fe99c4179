"""From the clinic's sum on no series without a quote; and none before its time to think."""

import datetime as dt
from typing import Any

import pytest
import time_machine

from clinic import booking, jobs
from clinic.care import gates
from clinic.care.gates import Confirming, Obstacle
from clinic.care.quote_gate import need_of, quote_given
from patients.models import Quote, Series
from tests.factories import NOW, House, make_clinic
from tests.quoting import make_price, make_quote

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def house() -> House:
    return House()


def confirming(house: House, **fields: Any) -> Confirming:
    defaults = {
        "clinic": house.clinic,
        "patient": house.patient,
        "protocol": house.protocol,
        "numbers": (1, 2, 3),
        "first_on": TODAY + dt.timedelta(days=7),
        "today": TODAY,
    }
    return Confirming(**defaults | fields)


def obstacles(house: House, **fields: Any) -> list[Obstacle]:
    return list(quote_given(confirming(house, **fields)))


def codes(house: House, **fields: Any) -> list[str]:
    return [obstacle.code for obstacle in obstacles(house, **fields)]


@pytest.mark.parametrize(("cents", "expected"), [(9_999, []), (10_000, ["quote-missing"])])
def test_three_sessions_need_a_quote_from_300_euros(
    house: House, cents: int, expected: list[str]
) -> None:
    make_price(house.clinic, house.protocol, cents)
    assert codes(house) == expected


def test_the_sum_is_the_clinics_own(house: House) -> None:
    make_price(house.clinic, house.protocol, 10_000)
    house.clinic.quote_from_euros = 301
    assert codes(house) == []


def test_a_protocol_without_prices_is_no_wall(house: House) -> None:
    assert codes(house) == []
    assert need_of(confirming(house)).price.unpriced == 3


def test_a_quote_that_stands_opens_the_way(house: House) -> None:
    make_price(house.clinic, house.protocol)
    make_quote(house)
    assert codes(house) == ["quote-missing"]
    quote = make_quote(house, give=True)
    assert codes(house) == []
    Quote.objects.filter(pk=quote.pk).update(status="refused", answered_at=NOW)
    assert codes(house) == ["quote-missing"]


def test_a_quote_counts_until_its_day_whether_the_worker_ran_or_not(house: House) -> None:
    make_price(house.clinic, house.protocol)
    make_quote(house, give=True, valid_until=TODAY)
    assert codes(house) == []
    assert codes(house, today=TODAY + dt.timedelta(days=1)) == ["quote-missing"]


def booked(house: House, through: int, **asked: Any) -> Series:
    series = house.book_series(through=through, **asked).series
    assert series is not None
    return series


def test_the_whole_series_counts_not_only_what_is_booked_now(house: House) -> None:
    make_price(house.clinic, house.protocol, 15_000)
    series = booked(house, through=1)
    assert codes(house, numbers=(2,)) == []
    assert codes(house, numbers=(2,), series=series) == ["quote-missing"]


def test_the_quote_of_a_series_serves_the_rest_of_it_and_no_other(house: House) -> None:
    make_price(house.clinic, house.protocol)
    make_quote(house, give=True, valid_until=TODAY)
    series = booked(house, through=1)
    later = TODAY + dt.timedelta(days=100)
    assert codes(house, numbers=(2, 3), series=series, today=later) == []
    assert codes(house) == ["quote-missing"]


def test_the_time_to_think_counts_from_the_day_it_was_given() -> None:
    house = House(reflection_days=15)
    assert codes(house) == ["quote-missing"]
    make_quote(house, give=True)
    earliest = TODAY + dt.timedelta(days=15)
    (obstacle,) = obstacles(house, first_on=earliest - dt.timedelta(days=1))
    assert (obstacle.code, obstacle.until) == ("reflection", earliest)
    assert codes(house, first_on=earliest) == []


def test_the_day_it_was_given_is_the_clinics() -> None:
    house = House(reflection_days=1)
    late = dt.datetime(2026, 3, 2, 23, 30, tzinfo=dt.UTC)  # already the 3rd in Paris
    make_quote(house, give=True, now=late)
    assert need_of(confirming(house)).earliest == dt.date(2026, 3, 4)


def test_the_rest_of_a_series_needs_no_time_to_think() -> None:
    house = House(reflection_days=15)
    make_quote(house, give=True)
    series = booked(house, through=1, start_on=TODAY + dt.timedelta(days=15))
    assert codes(house, numbers=(2, 3), series=series, first_on=TODAY) == []


# --- Through booking -----------------------------------------------------------------------------


def test_booking_is_refused_without_the_quote_and_ties_the_one_that_is_given(house: House) -> None:
    make_price(house.clinic, house.protocol)
    refused = house.book()
    assert isinstance(refused, booking.Refused)
    assert [problem.code for problem in refused.problems] == ["quote-missing"]
    assert Series.objects.count() == 0
    quote = make_quote(house, give=True)
    series = house.book_series().series
    quote.refresh_from_db()
    assert quote.series == series


def test_with_the_gate_off_nobody_would_ask(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control of the test above."""
    make_price(house.clinic, house.protocol)
    others = tuple(gate for gate in gates.CONFIRM_GATES if gate is not quote_given)
    monkeypatch.setattr(gates, "CONFIRM_GATES", others)
    assert isinstance(house.book(), booking.Booked)


def test_the_worker_marks_what_is_over_at_every_clinic(house: House) -> None:
    """A second clinic whose day is not over yet keeps the quotes of its last day."""
    quote = make_quote(house, give=True, valid_until=TODAY)
    after = dt.datetime(2026, 3, 3, 8, 0, tzinfo=dt.UTC)
    make_clinic(timezone="America/Toronto")
    with time_machine.travel(dt.datetime(2026, 3, 3, 1, 0, tzinfo=dt.UTC), tick=False):
        assert jobs.expire_quotes() == 0
    with time_machine.travel(after, tick=False):
        assert [jobs.expire_quotes() for _time in range(2)] == [1, 0]
    quote.refresh_from_db()
    assert quote.status == "expired"
