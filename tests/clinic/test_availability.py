"""Database to calendars: what is free, in a number of queries that nothing makes grow."""

import datetime as dt

import pytest

from clinic import availability
from clinic.availability import Horizon
from clinic.models import Hold, WorkingHours
from clinic.moments import day_bounds, from_minute, to_minute, to_minute_up
from protocols import planning
from tests.factories import PARIS, House, at, make_absence, make_clinic, make_resource

MONDAY = dt.date(2026, 3, 2)
STEP = planning.Step("visit", None, (planning.Segment(30, ("practitioner", "room")),))


def free_starts(house, on=MONDAY, **fields):
    calendars = availability.calendars(Horizon(house.clinic, on, on), [STEP], **fields)
    problem = calendars.problem((STEP,), on)
    return [f"{opening.starts_at:%H:%M}" for opening in planning.openings(problem, STEP, on)]


@pytest.mark.django_db
class TestFree:
    def test_is_what_hours_leave(self):
        starts = free_starts(House())
        assert (starts[0], starts[12], starts[13], starts[-1]) == (
            "09:00",
            "12:00",
            "14:00",
            "17:30",
        )

    def test_a_minute_of_another_booking_takes_each_start_it_touches(self):
        house = House()
        house.occupy(house.room, "2026-03-02 09:44", "2026-03-02 09:46")
        assert free_starts(house)[:3] == ["09:00", "10:00", "10:15"]

    def test_bookings_that_touch_do_not_clash(self):
        house = House()
        house.occupy(house.room, "2026-03-02 09:30", "2026-03-02 10:00")
        assert free_starts(house)[:2] == ["09:00", "10:00"]

    def test_bookings_that_touch_take_all_from_first_to_last(self):
        house, other = House(), House()
        house.occupy(house.room, "2026-03-02 09:30", "2026-03-02 09:45")
        house.occupy(house.room, "2026-03-02 10:15", "2026-03-02 11:00")
        house.occupy(house.room, "2026-03-02 09:45", "2026-03-02 10:15")
        house.occupy(house.practitioner, "2026-03-02 11:00", "2026-03-02 12:00")
        other.occupy(other.room, "2026-03-02 11:00", "2026-03-02 17:00")
        assert free_starts(house)[:3] == ["09:00", "12:00", "14:00"]

    def test_an_inactive_hold_takes_nothing(self):
        house = House()
        appointment = house.occupy(house.room, "2026-03-02 09:30", "2026-03-02 10:00")
        appointment.status, appointment.cancellation_reason = "cancelled", "patient"
        appointment.save()
        assert not Hold.objects.get().active
        assert free_starts(house)[:3] == ["09:00", "09:15", "09:30"]

    def test_hours_hold_from_a_day_until_another(self):
        house = House()
        WorkingHours.objects.filter(resource=house.practitioner).update(
            valid_from=dt.date(2026, 3, 3), valid_until=dt.date(2026, 3, 4)
        )
        open_days = [day for day in range(2, 6) if free_starts(house, dt.date(2026, 3, day))]
        assert open_days == [3]

    def test_an_absence_over_midnight_takes_both_ends(self):
        house = House()
        make_absence(house.clinic, "2026-03-02 17:00", "2026-03-03 10:00", house.practitioner)
        assert free_starts(house)[-1] == "16:30"
        assert free_starts(house, dt.date(2026, 3, 3))[0] == "10:00"

    def test_another_clinics_rooms_and_closures_do_not_count(self):
        house, other = House(), make_clinic()
        make_resource(other, "practitioner"), make_resource(other, "room")
        make_absence(other, "2026-03-02 00:00", "2026-03-03 00:00")
        assert free_starts(house) == free_starts(House())
        assert len(free_starts(house)) == 28

    def test_a_resource_without_hours_is_there_and_never_free(self):
        house = House()
        WorkingHours.objects.filter(resource=house.room).delete()
        horizon = Horizon(house.clinic, MONDAY, MONDAY)
        calendars = availability.calendars(horizon, [STEP])
        assert calendars.by_id[house.room.public_id] == house.room
        assert free_starts(house) == []

    def test_resources_come_whole_without_another_query(self, django_assert_num_queries):
        house = House()
        calendars = availability.calendars(Horizon(house.clinic, MONDAY, MONDAY), [STEP])
        with django_assert_num_queries(0):
            found = calendars.by_id[house.practitioner.public_id]
            assert found.kind == house.practitioner.kind
            assert found.is_practitioner
        columns = [field.attname for field in type(found)._meta.concrete_fields]
        assert all(getattr(found, name) == getattr(house.practitioner, name) for name in columns)

    def test_a_resource_out_of_use_is_not_proposed(self):
        house = House()
        house.room.is_active = False
        house.room.save()
        assert free_starts(house) == []

    def test_the_past_of_today_is_taken_for_a_patient(self):
        house = House()
        step = availability.with_patient([STEP])[0]
        calendars = availability.calendars(
            Horizon(house.clinic, MONDAY, MONDAY),
            [step],
            patient=house.patient,
            now=at("2026-03-02 16:50"),
        )
        starts = planning.openings(calendars.problem((step,), MONDAY), step, MONDAY)
        assert [f"{opening.starts_at:%H:%M}" for opening in starts] == ["17:00", "17:15", "17:30"]


@pytest.mark.django_db
@pytest.mark.parametrize("days", [1, 182, 730])
@pytest.mark.parametrize("rooms", [1, 3])
def test_three_queries_whatever_the_horizon(django_assert_num_queries, days, rooms):
    house = House()
    for _n in range(rooms - 1):
        make_resource(house.clinic, "room")
    last = MONDAY + dt.timedelta(days=days)
    with django_assert_num_queries(3):  # resources with hours, absences, holds
        availability.calendars(Horizon(house.clinic, MONDAY, last), [STEP])


@pytest.mark.django_db
class TestClosedDays:
    def closed(self, **clinic):
        house_clinic = make_clinic(**clinic)
        horizon = Horizon(house_clinic, dt.date(2026, 1, 1), dt.date(2026, 12, 31))
        return house_clinic, horizon

    def test_are_the_eleven_holidays_of_france(self):
        _clinic, horizon = self.closed()
        days = ["01-01", "04-06", "05-01", "05-08", "05-14", "05-25"]
        days += ["07-14", "08-15", "11-01", "11-11", "12-25"]
        assert sorted(availability.closed_dates(horizon)) == [
            dt.date.fromisoformat(f"2026-{day}") for day in days
        ]

    @pytest.mark.parametrize(
        ("region", "day"),
        [
            ("FR-57", "2026-04-03"),
            ("FR-6AE", "2026-12-26"),
            ("FR-971", "2026-05-27"),
            ("FR-974", "2026-12-20"),
        ],
    )
    def test_follow_the_region(self, region, day):
        _clinic, horizon = self.closed(holiday_region=region)
        assert dt.date.fromisoformat(day) in availability.closed_dates(horizon)

    def test_take_only_whole_days_of_a_closure(self):
        clinic, horizon = self.closed(holiday_region="")
        absences = [(None, at("2026-03-02 12:00"), at("2026-03-05 00:00"))]
        assert availability.closed_dates(horizon, absences) == {
            dt.date(2026, 3, 3),
            dt.date(2026, 3, 4),
        }
        assert clinic.timezone == "Europe/Paris"


class TestMoments:
    def test_minutes_round_outwards(self):
        moment = dt.datetime(2026, 3, 2, 8, 0, 30, tzinfo=dt.UTC)
        assert to_minute_up(moment) - to_minute(moment) == 1
        assert to_minute_up(from_minute(to_minute(moment))) == to_minute(moment)

    @pytest.mark.parametrize(("day", "hours"), [("03-29", 23), ("10-25", 25), ("06-01", 24)])
    def test_a_local_day_is_as_long_as_the_clocks_make_it(self, day, hours):
        start, end = day_bounds(dt.date.fromisoformat(f"2026-{day}"), PARIS)
        assert end - start == dt.timedelta(hours=hours)
