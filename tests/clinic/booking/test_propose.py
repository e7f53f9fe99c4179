"""What is proposed: the optimum over the clinic's real calendars, with picks and ways out."""

import datetime as dt

import pytest

from clinic import booking
from clinic.booking import Pick
from clinic.models import Appointment
from protocols.planning import Wishes
from tests.factories import NOW, House, at, make_absence, make_patient, make_resource

pytestmark = pytest.mark.django_db


def times(proposal):
    return [f"{session.starts_at:%Y-%m-%d %H:%M}" for session in proposal.sessions]


def test_proposes_the_due_days_on_an_empty_calendar():
    house = House()
    proposal = house.propose()
    assert proposal.status == "planned"
    assert times(proposal) == ["2026-03-02 09:00", "2026-03-23 09:00", "2026-04-13 09:00"]
    assert [session.gap_days for session in proposal.sessions] == [None, 21, 21]
    assert [session.reason for session in proposal.sessions] == [None, None, None]


def test_keeps_nine_o_clock_across_the_clock_change():
    offsets = [s.starts_at.utcoffset() for s in House().propose().sessions]
    assert offsets == [dt.timedelta(hours=1), dt.timedelta(hours=1), dt.timedelta(hours=2)]


def test_avoids_what_is_booked_absent_closed_and_a_holiday():
    house = House(sessions=1)
    house.occupy(house.room, "2026-03-02 09:00", "2026-03-02 12:30")
    make_absence(house.clinic, "2026-03-02 14:00", "2026-03-02 16:00", house.practitioner)
    assert times(house.propose()) == ["2026-03-02 16:00"]
    make_absence(house.clinic, "2026-03-02 00:00", "2026-03-04 00:00")
    assert times(house.propose()) == ["2026-03-04 09:00"]
    assert times(house.propose(start_on=dt.date(2026, 4, 6))) == ["2026-04-07 09:00"]


def test_a_public_holiday_on_the_due_day_is_named_as_the_reason():
    house = House(sessions=2)
    second = house.propose(start_on=dt.date(2026, 3, 16)).sessions[1]  # due on Easter Monday
    assert (second.on, second.reason) == (dt.date(2026, 4, 7), "due_closed")


def test_another_regions_holidays_do_not_close_this_clinic():
    house = House(sessions=1)
    house.clinic.holiday_region = ""
    assert times(house.propose(start_on=dt.date(2026, 4, 6))) == ["2026-04-06 09:00"]


def test_does_not_put_the_patient_in_two_places():
    house = House(sessions=1)
    other = make_resource(house.clinic, "practitioner")
    room = make_resource(house.clinic, "room")
    own = house.occupy(other, "2026-03-02 09:00", "2026-03-02 12:30")
    assert times(house.propose()) == ["2026-03-02 09:00"]
    assert times(house.propose(patient=own.patient)) == ["2026-03-02 14:00"]
    assert room.is_active


def test_proposes_nothing_before_now():
    house = House(sessions=1)
    proposal = booking.propose(house.ask(), now=at("2026-03-02 09:20"))
    assert times(proposal) == ["2026-03-02 09:30"]


def test_takes_only_practitioners_who_may_perform():
    house = House(sessions=1, performers=["nurse"])
    assert house.propose().status == "infeasible"
    nurse = make_resource(house.clinic, "practitioner", qualification="nurse")
    assert house.propose().sessions[0].practitioner == nurse


def test_holds_each_resource_for_its_segments_only():
    house = House(
        sessions=1,
        segments=((30, ("prep",)), (20, ("practitioner", "room")), (15, ("room", "led"))),
    )
    prep, led = make_resource(house.clinic, "prep"), make_resource(house.clinic, "led")
    place = house.propose().sessions[0].place
    start = place.starts_at.astimezone(dt.UTC)
    held = {
        resource.name: (
            (begin * 60 - start.timestamp()) // 60,
            (end * 60 - start.timestamp()) // 60,
        )
        for resource, begin, end in place.holds
    }
    assert held == {
        prep.name: (0, 30),
        house.practitioner.name: (30, 50),
        house.room.name: (30, 65),
        led.name: (50, 65),
    }


def test_a_must_is_kept_and_a_wish_is_counted():
    house = House(sessions=1)
    must = house.propose(require=Wishes(weekdays=frozenset({2}), from_minute=14 * 60))
    assert times(must) == ["2026-03-04 14:00"]
    wish = house.propose(prefer=Wishes(weekdays=frozenset({2})))
    assert (times(wish), wish.cost.preferences_unmet) == (["2026-03-02 09:00"], 1)


def test_a_series_begun_elsewhere_counts_from_its_last_session():
    house = House()
    proposal = house.propose(previous_on=dt.date(2026, 2, 16), from_number=2)
    assert [session.number for session in proposal.sessions] == [2, 3]
    assert times(proposal) == ["2026-03-09 09:00", "2026-03-30 09:00"]
    assert proposal.sessions[0].gap_days == 21


class TestPicks:
    def test_the_rest_is_planned_anew_from_the_pick(self):
        house = House()
        pick = Pick(2, at("2026-03-25 10:00"))
        proposal = house.propose(picks=(pick,))
        assert times(proposal) == ["2026-03-02 09:00", "2026-03-25 10:00", "2026-04-15 09:00"]
        assert [session.is_picked for session in proposal.sessions] == [False, True, False]
        assert proposal.cost.days_off_ideal == 2

    def test_alternatives_compare_with_the_proposal_as_it_stands(self):
        house = House()
        before = house.propose()
        chosen = next(a for a in before.sessions[1].alternatives if a.days_more == 2)
        after = house.propose(picks=(chosen.pick,))
        assert after.cost.days_off_ideal == before.cost.days_off_ideal + 2
        back = [
            a for a in after.sessions[1].alternatives if a.starts_at == before.sessions[1].starts_at
        ]
        assert [a.days_more for a in back] == [-2]
        assert house.propose(picks=(back[0].pick,)).cost == before.cost

    def test_an_alternative_costs_what_it_says(self):
        house = House()
        house.occupy(house.practitioner, "2026-04-14 09:00", "2026-04-14 18:00")
        before = house.propose()
        for session in before.sessions:
            for other in session.alternatives:
                after = house.propose(picks=(other.pick,))
                assert after.cost.days_off_ideal - before.cost.days_off_ideal == other.days_more

    def test_a_pick_outside_its_window_is_named_and_left_out(self):
        proposal = House().propose(picks=(Pick(2, at("2026-06-01 09:00")),))
        assert [warning.code for warning in proposal.warnings] == ["pick_lost"]
        assert times(proposal)[1] == "2026-03-23 09:00"

    def test_a_pick_that_was_taken_is_named_and_left_out(self):
        house = House()
        house.occupy(house.room, "2026-03-25 10:00", "2026-03-25 10:15")
        proposal = house.propose(picks=(Pick(2, at("2026-03-25 10:00")),))
        assert [warning.code for warning in proposal.warnings] == ["pick_lost"]

    def test_a_new_pick_drops_the_later_ones(self):
        ask = House().ask(picks=(Pick(2, NOW), Pick(3, NOW)))
        assert [pick.number for pick in ask.with_pick(Pick(2, NOW)).picks] == [2]


class TestInfeasible:
    def test_shows_the_part_that_fits_and_what_blocks(self):
        house = House()
        make_absence(house.clinic, "2026-03-28 00:00", "2026-06-30 00:00")
        proposal = house.propose()
        assert (proposal.status, proposal.blocked_at, proposal.why) == ("infeasible", 3, "closed")
        assert times(proposal) == ["2026-03-02 09:00", "2026-03-23 09:00"]
        assert proposal.is_bookable

    def test_each_way_out_makes_it_fit(self):
        house = House(sessions=2)
        make_absence(house.clinic, "2026-03-14 00:00", "2026-05-02 00:00", house.practitioner)
        other = make_resource(house.clinic, "practitioner")
        proposal = house.propose(require=Wishes(practitioner=house.practitioner.public_id))
        assert proposal.status == "infeasible"
        assert "wish_practitioner" in [way.code for way in proposal.loosenings]
        for way in proposal.loosenings:
            assert booking.propose(way.ask, now=NOW).status == "planned", way
        assert other.is_active

    def test_a_window_that_closed_before_the_start_is_named(self):
        proposal = House().propose(previous_on=dt.date(2025, 12, 1), from_number=2)
        assert (proposal.blocked_at, proposal.why) == (2, "window_empty")
        assert [way.code for way in proposal.loosenings] == ["anew"]
        assert not proposal.is_bookable


def test_warns_of_a_patient_who_cannot_be_reached_and_of_a_running_series():
    house = House()
    assert house.propose().warnings == ()
    house.book_series()
    house.patient = make_patient("Muet", phone="", email="")
    assert [warning.code for warning in house.propose().warnings] == ["unreachable"]
    running = Appointment.objects.first().patient
    assert [w.code for w in house.propose(patient=running).warnings] == ["runs_already"]


def test_asks_the_database_as_often_for_a_long_horizon(django_assert_num_queries):
    for house in (House(sessions=2), House(sessions=9, gap=("P1M", "P2M", "P3M"))):
        ask = house.ask()
        # How the patient stands (3), hours, absences, holds, the patient's day, their series,
        # and the gate of the quote: prices, and the one that stands.
        with django_assert_num_queries(10):
            booking.propose(ask, now=NOW)
