"""The geometry of the ribbon: what is drawn where."""

import datetime as dt
from itertools import pairwise

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from clinic import states
from clinic.papers import drawing
from clinic.papers.drawing import Ribbon, Stop, draw
from protocols.planning import Window

TODAY = dt.date(2026, 3, 2)
DAY = dt.timedelta(days=1)


def stop(number: int, on: dt.date, window: Window | None = None, **more) -> Stop:
    return Stop(number, on, window, more.pop("state", states.PROPOSED), f"{number}", **more)


def drawn(stops: list[Stop], **more) -> Ribbon:
    picture = draw(stops, today=more.pop("today", TODAY), **more)
    assert picture is not None
    return picture


@st.composite
def series(draw_from) -> list[Stop]:
    """Steps with a window each, and a date inside it."""
    previous = TODAY + draw_from(st.integers(0, 400)) * DAY
    stops = [stop(1, previous, Window(previous, previous, previous + 60 * DAY))]
    for number in range(2, draw_from(st.integers(1, 14)) + 1):
        least = draw_from(st.integers(1, 120))
        room = draw_from(st.integers(0, 60))
        opens, closes = previous + least * DAY, previous + (least + room) * DAY
        due = opens + draw_from(st.integers(0, room)) * DAY
        previous = opens + draw_from(st.integers(0, room)) * DAY
        stops.append(stop(number, previous, Window(opens, due, closes)))
    return stops


@given(series(), st.integers(-30, 500))
def test_everything_lies_on_the_axis_and_in_order(stops: list[Stop], later: int) -> None:
    picture = drawn(stops, today=TODAY + later * DAY)
    begin, end = picture.axis
    assert 0 <= begin < end <= picture.width
    places = [dot.x for dot in picture.dots]
    assert places == sorted(places)
    assert all(begin <= x <= end for x in places)
    assert all(begin <= bar.x and bar.x + bar.width <= end + 0.2 for bar in picture.bars)
    assert all(begin <= month.x <= end for month in picture.months)
    assert picture.today is None or begin <= picture.today <= end
    assert all(dot.date_y is None or dot.date_y < picture.height for dot in picture.dots)


@given(series())
def test_each_bar_holds_the_dot_of_its_window(stops: list[Stop]) -> None:
    picture = drawn(stops)
    dots = {dot.number: dot for dot in picture.dots}
    assert [bar.number for bar in picture.bars] == list(dots)
    for bar in picture.bars:
        assert bar.x <= dots[bar.number].x <= bar.x + bar.width
        assert bar.due is None or bar.x <= bar.due
    assert not any(dot.is_outside for dot in picture.dots)


@given(series())
def test_no_two_dates_or_gaps_are_written_over_each_other(stops: list[Stop]) -> None:
    picture = drawn(stops)
    for row in drawing.LABEL_ROWS:
        written = [dot.x for dot in picture.dots if dot.date_y == row]
        assert all(b - a >= drawing.DATE_ROOM for a, b in pairwise(written))
    gaps = [gap.x for gap in picture.gaps]
    assert gaps == sorted(gaps)
    months = [month.x for month in picture.months]
    assert all(b - a >= drawing.MONTH_ROOM for a, b in pairwise(months))


@given(series())
def test_a_dense_series_grows_wider_but_not_for_ever(stops: list[Stop]) -> None:
    picture = drawn(stops)
    assert drawing.WIDTH <= picture.width <= round(drawing.WIDTH * drawing.WIDEST)
    assert 4 <= picture.radius <= 10


def test_nothing_to_draw_is_no_picture() -> None:
    assert draw([], today=TODAY) is None


def test_a_date_outside_its_window_is_ringed() -> None:
    window = Window(TODAY + 14 * DAY, TODAY + 21 * DAY, TODAY + 28 * DAY)
    inside, outside = stop(2, TODAY + 28 * DAY, window), stop(2, TODAY + 29 * DAY, window)
    assert [dot.is_outside for dot in drawn([stop(1, TODAY), inside]).dots] == [False, False]
    assert [dot.is_outside for dot in drawn([stop(1, TODAY), outside]).dots] == [False, True]


def test_gaps_are_written_between_dots_and_runs_of_narrow_ones_once() -> None:
    with translation.override("en"):
        wide = drawn([stop(1, TODAY), stop(2, TODAY + 21 * DAY), stop(3, TODAY + 42 * DAY)])
        days = [*range(0, 28, 7), 400]
        narrow = drawn([stop(n, TODAY + day * DAY) for n, day in enumerate(days, 1)])
    assert [gap.text for gap in wide.gaps] == ["21 d", "21 d"]
    assert [gap.text for gap in narrow.gaps] == ["3 × 7 d", "379 d"]


def test_a_session_without_a_date_has_no_gap_written_to_it() -> None:
    due = Window(TODAY + 14 * DAY, TODAY + 21 * DAY, TODAY + 28 * DAY)
    picture = drawn([stop(1, TODAY), stop(2, due.due, due, is_settled=False)])
    assert picture.gaps == ()


def test_closed_days_that_follow_each_other_are_one_stretch() -> None:
    stops = [stop(1, TODAY), stop(2, TODAY + 60 * DAY)]
    closed = [TODAY + day * DAY for day in (5, 6, 7, 20, 900)]
    picture = drawn(stops, closed=closed)
    assert len(picture.closed) == 2
    long, short = picture.closed
    assert long.width == pytest.approx(3 * short.width, abs=0.3)
    assert long.hatching.count("M") == long.hatching.count("L") > 0


def test_january_says_its_year() -> None:
    begin = dt.date(2026, 11, 20)
    with translation.override("en"):
        picture = drawn([stop(1, begin), stop(2, begin + 90 * DAY)], today=begin)
    assert [month.text for month in picture.months] == ["Nov. 2026", "Dec.", "Jan. 2027", "Feb."]


def test_today_is_drawn_when_it_is_near() -> None:
    stops = [stop(1, TODAY + 5 * DAY), stop(2, TODAY + 26 * DAY)]
    assert drawn(stops, today=TODAY).today is not None
    assert drawn(stops, today=TODAY - 60 * DAY).today is None
