"""Windows count from the session before, done or booked; a gap binds both of its sessions."""

import datetime as dt

import pytest

from patients.models import TreatmentSession
from patients.series import add_sessions, course, open_series, rules_for
from protocols.planning import Window
from tests.factories import NOW, make_patient, make_protocol, make_user

pytestmark = pytest.mark.django_db


def make_series(sessions=3, previous_on=None, gap=("P2W", "P3W", "P4W")):
    return open_series(
        patient=make_patient(),
        protocol=make_protocol(sessions=sessions, gap=gap),
        numbers=range(1, sessions + 1),
        previous_on=previous_on,
        by=make_user(),
        now=NOW,
    )


def day(text):
    return dt.date.fromisoformat(f"2026-{text}")


def test_a_series_has_the_sessions_asked_for_once():
    series = make_series(4)
    add_sessions(series=series, numbers=[3, 4])
    assert list(series.sessions.values_list("number", flat=True)) == [1, 2, 3, 4]


def test_windows_count_from_the_date_done_before_the_date_booked():
    sessions = list(make_series().sessions.all())
    sessions[0].done_on = day("03-04")
    due = list(course(sessions, {1: day("03-02"), 2: day("03-23")}, None))
    assert [item.window for item in due] == [
        None,
        Window(day("03-18"), day("03-25"), day("04-01")),
        Window(day("04-06"), day("04-13"), day("04-20")),
    ]
    assert [item.on for item in due] == [day("03-04"), day("03-23"), None]


def test_a_session_without_a_date_hands_on_its_due_day():
    sessions = list(make_series().sessions.all())
    last = list(course(sessions, {1: day("03-02")}, None))[2]
    assert last.window == Window(day("04-06"), day("04-13"), day("04-20"))


def test_a_session_is_bound_to_both_neighbours():
    sessions = list(make_series().sessions.all())
    rules = rules_for(sessions[1], sessions, {1: day("03-02"), 3: day("04-13")}, None)
    assert [(rule.other_number, rule.is_before) for rule in rules] == [(1, True), (3, False)]
    allowed = [n for n in range(1, 32) if all(r.allows(day(f"03-{n:02}")) for r in rules)]
    assert allowed == list(range(16, 31))


def test_there_is_room_for_a_session_that_lost_its_date() -> None:
    """Session 2 of 3 was cancelled: two weeks to it and two from it, whichever of the two moves."""
    sessions = list(make_series().sessions.all())
    (after,) = rules_for(sessions[2], sessions, {1: day("03-02"), 3: day("04-13")}, None)
    assert (after.other_number, after.gap) == (1, None)
    assert [after.allows(day(on)) for on in ("03-29", "03-30", "06-30")] == [False, True, True]
    (before,) = rules_for(sessions[0], sessions, {1: day("03-02"), 3: day("04-13")}, None)
    assert [before.allows(day(on)) for on in ("03-16", "03-17")] == [True, False]


def test_a_month_counts_back_as_it_counted_forward():
    sessions = list(make_series(2, gap=("P1M", "P1M", "P1M")).sessions.all())
    (rule,) = rules_for(sessions[0], sessions, {2: day("02-28")}, None)
    days = [dt.date(2026, 1, n) for n in range(26, 32)]
    assert [on.day for on in days if rule.allows(on)] == [28, 29, 30, 31]


def test_the_first_session_is_bound_to_the_one_done_elsewhere():
    series = make_series(previous_on=day("03-02"))
    sessions = list(series.sessions.exclude(number=1))
    (rule,) = rules_for(sessions[0], sessions, {}, series.previous_on)
    assert (rule.other_number, rule.other_on) == (None, day("03-02"))
    assert (rule.allows(day("03-15")), rule.allows(day("03-16"))) == (False, True)


def test_a_session_without_dated_neighbours_is_bound_to_nothing():
    sessions = list(make_series().sessions.all())
    assert rules_for(sessions[1], sessions, {}, None) == ()
    assert {session.status for session in sessions} == {TreatmentSession.Status.NOT_STARTED}
