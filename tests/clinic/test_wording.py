"""Codes and figures in words."""

import datetime as dt
from dataclasses import dataclass
from typing import get_args

import pytest
from django.utils import translation
from phonenumber_field.phonenumber import PhoneNumber

from clinic import wording
from protocols.planning import Cost, Duration, Gap
from protocols.planning.plans import Reason, Why


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@dataclass(frozen=True)
class More:
    days_more: int = 0
    preferences_more: int = 0
    changes_more: int = 0


def gap(*texts: str) -> Gap:
    return Gap(*map(Duration.parse, texts))


def test_every_code_of_the_planner_has_its_words() -> None:
    assert set(wording.REASONS) == set(get_args(Reason))
    assert set(wording.BLOCKS) == set(get_args(Why))


def test_no_code_says_nothing() -> None:
    assert (wording.reason(None), wording.block(None), wording.gap(None)) == ("", "", "")


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (("P14D", "P21D", "P28D"), "14–28 d, ideally 21"),
        (("P2W", "P3W", "P4W"), "14–28 d, ideally 21"),
        (("P1W", "P10D", "P2W"), "7–14 d, ideally 10"),
        (("P4W", "P4W", "P4W"), "4 weeks"),
        (("P4M", "P6M", "P1Y"), "4 months to 1 year, ideally 6 months"),
        (("P2W", "P3W", "P1M"), "2 weeks to 1 month, ideally 3 weeks"),
    ],
)
def test_a_gap_is_said_in_days_unless_it_has_months(texts: tuple[str, ...], said: str) -> None:
    assert wording.gap(gap(*texts)) == said


@pytest.mark.parametrize(
    ("more", "same", "said"),
    [
        (More(days_more=2), True, "2 days further from the ideal; same practitioner"),
        (More(days_more=-1), True, "1 day nearer to the ideal; same practitioner"),
        (More(), False, "as near to the ideal; with Dr Roux"),
        (
            More(1, 2, 1),
            False,
            "1 day further from the ideal; 2 more sessions outside the wishes; "
            "1 more change of practitioner; with Dr Roux",
        ),
        (More(1, 0, 1), True, "1 day further from the ideal; 1 more change of practitioner"),
        (
            More(0, -1, -2),
            True,
            "as near to the ideal; 1 more session within the wishes; "
            "2 changes of practitioner less; same practitioner",
        ),
    ],
)
def test_the_difference_of_an_alternative_is_said_in_plain_words(
    more: More, same: bool, said: str
) -> None:
    assert wording.difference(more, same_practitioner=same, practitioner="Dr Roux") == said


def test_the_cost_of_a_series_names_only_what_it_costs() -> None:
    assert wording.summary(Cost()) == "every session on its ideal day"
    assert wording.summary(Cost(3, 1, 2)) == (
        "3 days from the ideal in all; 1 session outside the wishes; 2 changes of practitioner"
    )


def test_a_change_of_cost_compares_the_two() -> None:
    assert wording.change_of_cost(Cost(3, 1, 0), Cost(5, 1, 1)) == (
        "2 days further from the ideal; 1 more change of practitioner"
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [("fr", "mardi 14 avril 2026, 09:30"), ("en", "Tuesday 14 April 2026, 09:30")],
)
def test_a_moment_is_said_in_the_readers_language(language: str, said: str) -> None:
    with translation.override(language):
        assert wording.moment(dt.datetime(2026, 4, 14, 9, 30)) == said


def spring(day: int, hour: int = 0) -> dt.datetime:
    return dt.datetime(2026, 3, day, hour, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("starts", "ends", "said"),
    [
        (spring(3), spring(4), "Tuesday 3 March 2026, all day"),
        (spring(3), spring(6), "Tuesday 3 March 2026 to Thursday 5 March 2026, whole days"),
        (spring(3, 9), spring(3, 12), "Tuesday 3 March 2026, 09:00–12:00"),
        (spring(3), spring(3, 12), "Tuesday 3 March 2026, 00:00–12:00"),
        (spring(3, 9), spring(4), "Tuesday 3 March 2026, 09:00 – Wednesday 4 March 2026, 00:00"),
    ],
)
def test_a_stretch_from_midnight_to_midnight_is_whole_days(
    starts: dt.datetime, ends: dt.datetime, said: str
) -> None:
    assert wording.stretch(starts, ends) == said


@pytest.mark.parametrize(
    ("language", "number", "said"),
    [
        ("fr", "+33123456789", "01 23 45 67 89"),
        ("fr", "+3225551234", "+32 2 555 12 34"),
        ("en", "+33123456789", "+33 1 23 45 67 89"),
    ],
)
def test_the_clinics_number_is_written_as_its_patient_dials_it(
    language: str, number: str, said: str
) -> None:
    with translation.override(language):
        assert wording.phone(PhoneNumber.from_string(number)) == said


def test_today_is_over_rather_than_full() -> None:
    assert wording.reason("due_full", is_today=True) == "today, the ideal day, has no time left"
    assert wording.reason("due_full") == "the ideal day is full"
    assert wording.reason("due_closed", is_today=True) == wording.reason("due_closed")
