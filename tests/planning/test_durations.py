"""Durations and windows: calendar arithmetic, and which gaps are well-formed."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.planning import Duration, Gap, Window


def gap(least, ideal, most):
    return Gap(*map(Duration.parse, (least, ideal, most)))


@pytest.mark.parametrize(
    ("text", "day", "after"),
    [
        ("P1D", date(2026, 12, 31), date(2027, 1, 1)),
        ("P2W", date(2028, 2, 20), date(2028, 3, 5)),
        ("P1M", date(2027, 1, 31), date(2027, 2, 28)),
        ("P1M", date(2028, 1, 31), date(2028, 2, 29)),
        ("P13M", date(2027, 1, 30), date(2028, 2, 29)),
        ("P1Y", date(2028, 2, 29), date(2029, 2, 28)),
        ("P4Y", date(2028, 2, 29), date(2032, 2, 29)),
    ],
)
def test_adding_to_a_date(text, day, after):
    assert Duration.parse(text).after(day) == after


@pytest.mark.parametrize(
    ("text", "day", "before"),
    [
        ("P3D", date(2027, 1, 1), date(2026, 12, 29)),
        ("P1M", date(2027, 3, 31), date(2027, 2, 28)),
        ("P1Y", date(2028, 2, 29), date(2027, 2, 28)),
    ],
)
def test_taking_from_a_date(text, day, before):
    assert Duration.parse(text).before(day) == before


@pytest.mark.parametrize("text", ["", "P", "P0W", "-P1D", "P1H", "P1.5D", "p1d", "P1D ", "P１D"])
def test_what_is_no_duration(text):
    with pytest.raises(ValueError, match="expected an ISO 8601 duration such as P2W"):
        Duration.parse(text)


@pytest.mark.parametrize("text", ["P1D", "P2W", "P3M", "P4Y"])
def test_a_duration_writes_itself(text):
    assert str(Duration.parse(text)) == text


@pytest.mark.parametrize("text", ["P9999Y", "P999999999M", "P999999999D"])
def test_past_the_end_of_the_calendar(text):
    with pytest.raises(OverflowError):
        Duration.parse(text).after(date(2027, 1, 1))


@pytest.mark.parametrize(
    ("short", "long", "always"),
    [
        ("P4W", "P1M", True),  # 28 days, the shortest month
        ("P29D", "P1M", False),
        ("P30D", "P1M", False),
        ("P1M", "P31D", True),
        ("P1M", "P30D", False),
        ("P59D", "P2M", True),
        ("P60D", "P2M", False),
        ("P2M", "P62D", True),
        ("P2M", "P61D", False),
        ("P365D", "P1Y", True),
        ("P366D", "P1Y", False),
        ("P1Y", "P366D", True),
        ("P1Y", "P12M", True),
        ("P13M", "P1Y", False),
        ("P1460D", "P4Y", True),  # 1896 to 1900, and 29 February clipped
        ("P1461D", "P4Y", False),
        ("P2W", "P14D", True),
    ],
)
def test_which_is_never_longer(short, long, always):
    assert Duration.parse(short).always_at_most(Duration.parse(long)) is always


months = st.integers(1, 30).map(lambda n: Duration(n, "M"))
days = st.integers(1, 900).map(lambda n: Duration(n, "D"))
DATES = [date(1896, 1, 1) + timedelta(days=n) for n in range(366 * 9)]


@given(months, days)
def test_never_longer_means_on_every_date(one, other):
    """Against dates around the leap year that 1900 was not; the year 2000 cannot be shorter."""
    for short, long in ((one, other), (other, one)):
        if short.always_at_most(long):
            assert all(short.after(day) <= long.after(day) for day in DATES)


@given(months)
def test_the_bounds_of_months_are_reached(one):
    lengths = {(one.after(day) - day).days for day in DATES}
    assert Duration(min(lengths), "D").always_at_most(one)
    assert not Duration(min(lengths) + 1, "D").always_at_most(one)
    assert one.always_at_most(Duration(max(lengths) + 1, "D"))


def test_a_gap_opens_a_window():
    window = gap("P4W", "P1M", "P2M").window(date(2027, 1, 31))
    assert window == Window(date(2027, 2, 28), date(2027, 2, 28), date(2027, 3, 31))


def test_both_ends_of_a_window_are_in_it():
    two_to_four = gap("P2W", "P3W", "P4W")
    previous = date(2027, 3, 1)
    allowed = [n for n in range(60) if two_to_four.allows(previous, previous + timedelta(days=n))]
    assert allowed == list(range(14, 29))


def test_what_is_wrong_with_a_gap():
    assert gap("P4W", "P1M", "P2M").problem() is None
    assert gap("P3W", "P2W", "P4W").problem() == (
        "expected min <= ideal on any date, but P3W may pass P2W"
    )
    assert gap("P1W", "P30D", "P1M").problem() == (
        "expected ideal <= max on any date, but P30D may pass P1M"
    )
