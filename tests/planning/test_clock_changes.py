"""Starts, hours and busy spans where the clocks change."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from protocols.planning import (
    Duration,
    Frame,
    Gap,
    Hours,
    Problem,
    Resource,
    Segment,
    Step,
    openings,
    plan,
)

EVERY_DAY = range(7)


def starts(zone, on, *, hours=("00:00", "24:00"), busy=(), minutes=30, grid=30):
    """The starts (time and offset) of visits to one room on one day: tried one after the other."""
    found, taken = [], [list(span) for span in busy]
    while True:
        answer = plan({
            "timezone": zone, "start_on": on, "first_within_days": 0, "grid_minutes": grid,
            "steps": [{"phase": "", "segments": [{"minutes": minutes, "needs": ["room"]}]}],
            "resources": [{"id": "room", "kind": "room", "busy": taken, "hours": [
                {"weekday": day, "from": hours[0], "to": hours[1]} for day in EVERY_DAY]}],
        })  # fmt: skip
        if not answer["sessions"]:
            return found
        session = answer["sessions"][0]
        found.append(session["starts_at"][11:16] + session["starts_at"][19:])
        taken.append([session["starts_at"], session["ends_at"]])


def test_a_skipped_time_is_no_start():
    found = starts("Europe/Paris", "2026-03-29", hours=("01:00", "04:00"))
    assert found == ["01:00+01:00", "01:30+01:00", "03:00+02:00", "03:30+02:00"]


def test_of_a_repeated_time_the_first_is_a_start():
    found = starts("Europe/Paris", "2026-10-25", hours=("02:00", "03:30"), minutes=30)
    assert found == ["02:00+02:00", "02:30+02:00", "03:00+01:00"]


def test_lasting_is_real_time():
    """From the first 2:00 to the last 3:00 there are two hours."""
    assert starts(
        "Europe/Paris", "2026-10-25", hours=("02:00", "03:00"), minutes=120
    ) == ["02:00+02:00"]  # fmt: skip


def test_hours_that_end_in_a_skipped_time_end_at_the_jump():
    assert starts("Europe/Paris", "2026-03-29", hours=("01:00", "02:30")) == [
        "01:00+01:00",
        "01:30+01:00",
    ]


def test_busy_from_the_first_to_the_last_of_a_repeated_time():
    busy = [("2026-10-25T02:00", "2026-10-25T02:30")]
    found = starts("Europe/Paris", "2026-10-25", hours=("01:30", "03:30"), busy=busy)
    assert found == ["01:30+02:00", "03:00+01:00"]


def test_busy_with_an_offset_means_one_of_the_two():
    busy = [("2026-10-25T02:00+02:00", "2026-10-25T02:30+02:00")]
    found = starts("Europe/Paris", "2026-10-25", hours=("01:30", "03:30"), busy=busy)
    assert found == ["01:30+02:00", "02:30+02:00", "03:00+01:00"]


def test_half_an_hour_of_clock_change():
    found = starts("Australia/Lord_Howe", "2026-10-04", hours=("01:00", "03:30"))
    assert found == ["01:00+10:30", "01:30+10:30", "02:30+11:00", "03:00+11:00"]


def test_a_day_that_a_zone_left_out_has_no_start():
    assert starts("Pacific/Apia", "2011-12-30") == []
    assert starts("Pacific/Apia", "2011-12-29", hours=("23:00", "24:00")) == [
        "23:00-10:00",
        "23:30-10:00",
    ]


def test_a_visit_may_end_at_midnight_but_not_after():
    late = ("22:00", "24:00")
    assert starts("Europe/Paris", "2026-06-01", hours=late, minutes=60) == [
        "22:00+02:00",
        "23:00+02:00",
    ]
    assert starts("Europe/Paris", "2026-06-01", minutes=1440, grid=60) == ["00:00+02:00"]
    assert starts("Europe/Paris", "2026-06-01", minutes=1455, grid=60) == []


@pytest.mark.parametrize(
    ("day", "count"), [("2026-03-29", 23), ("2026-06-01", 24), ("2026-10-25", 24)]
)
def test_hours_in_a_day(day, count):
    """25 real hours, but one start of two that read the same."""
    assert len(starts("Europe/Paris", day, minutes=60, grid=60)) == count


def test_hours_that_touch_inside_a_cell_are_joined():
    answer = plan({
        "timezone": "Europe/Paris", "start_on": "2026-06-01", "first_within_days": 0,
        "steps": [{"phase": "", "segments": [{"minutes": 60, "needs": ["room"]}]}],
        "resources": [{"id": "room", "kind": "room", "busy": [], "hours": [
            {"weekday": 0, "from": "09:25", "to": "10:00"},
            {"weekday": 0, "from": "09:00", "to": "09:25"}]}],
    })  # fmt: skip
    assert answer["sessions"][0]["starts_at"] == "2026-06-01T09:00:00+02:00"


def test_calendars_from_numbers_are_those_from_documents():
    """UTC minutes, as a database has them, and hours with dates of validity."""
    zone = ZoneInfo("Europe/Paris")
    day = Duration.parse("P1D")
    step = Step("", Gap(day, day, day), (Segment(30, ("room",)),))
    frame = Frame.for_steps(zone, date(2026, 3, 28), [step], first_within_days=3)
    hours = [
        Hours(6, 0, 240, valid_from=date(2026, 3, 29)),
        Hours(6, 600, 660, valid_until=date(2026, 3, 29)),
    ]
    begin = int(datetime(2026, 3, 29, 3, 10, tzinfo=zone).timestamp()) // 60
    busy = [(begin, begin + 1), (begin, begin), (begin - 10**7, begin - 10**6)]
    room = Resource("room", "room", frame.calendar(hours, busy))
    problem = Problem(
        frame=frame,
        start_on=date(2026, 3, 28),
        steps=(step,),
        resources=(room,),
        grid_minutes=30,
        first_within_days=3,
    )
    times = [f"{one.starts_at:%H:%M}" for one in openings(problem, step, date(2026, 3, 29))]
    assert times == ["00:00", "00:30", "01:00", "01:30", "03:30"]


def test_local_mean_time_of_odd_seconds():
    """Paris left its local mean time (9 minutes 21 seconds ahead) in 1911."""
    found = starts("Europe/Paris", "1911-03-10", hours=("22:00", "24:00"))
    assert found == ["22:00+00:09:21", "22:30+00:09:21", "23:00+00:09:21", "23:30+00:09:21"]
    assert starts("Europe/Paris", "1911-03-11", hours=("09:00", "10:00")) == [
        "09:00+00:00",
        "09:30+00:00",
    ]
