"""Moving one visit, and booking one: gaps kept both ways, the old place freed in the same act."""

import datetime as dt

import pytest

from clinic import booking
from clinic.models import Appointment, AuditEntry, Hold
from patients.models import TreatmentSession
from tests.factories import NOW, House, at, make_resource, make_visit_type

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    house = House()
    house.booked = house.book_series().appointments  # 2 March, 23 March, 13 April at 09:00
    return house


def move(house, number, to, **fields):
    return booking.move(
        appointment=house.booked[number - 1],
        starts_at=at(to),
        by=house.user,
        now=NOW,
        **fields,
    )


def messages(answer):
    assert isinstance(answer, booking.Refused), answer
    return [(problem.code, problem.message) for problem in answer.problems]


def test_a_move_replaces_the_appointment_and_frees_the_old_place(house):
    moved = move(house, 2, "2026-03-25 10:00").appointment
    old = house.booked[1]
    old.refresh_from_db()
    assert (old.status, old.cancellation_reason) == ("cancelled", "moved")
    assert (moved.replaces, moved.uid, moved.sequence) == (old, old.uid, 1)
    assert (moved.session, moved.status, moved.starts_at) == (
        old.session,
        "booked",
        at("2026-03-25 10:00"),
    )
    assert set(Hold.objects.filter(appointment=old).values_list("active", flat=True)) == {False}
    assert set(moved.holds.values_list("active", flat=True)) == {True}
    assert AuditEntry.objects.filter(action="appointment.move").count() == 1


def test_may_overlap_its_own_old_place(house):
    assert move(house, 2, "2026-03-23 09:15").appointment.starts_at == at("2026-03-23 09:15")


@pytest.mark.parametrize(
    ("number", "to", "rules"),
    [
        (2, "2026-03-13 09:00", ["after session 1", "before session 3"]),
        (2, "2026-03-31 09:00", ["after session 1", "before session 3"]),
        (2, "2026-03-16 09:00", []),
        (2, "2026-03-30 09:00", []),
        (3, "2026-04-03 09:00", ["after session 2"]),
        (3, "2026-04-21 09:00", ["after session 2"]),
        (3, "2026-04-20 09:00", []),
        (1, "2026-03-10 09:00", ["before session 2"]),
    ],
)
def test_a_move_keeps_the_gaps_to_both_neighbours(house, settings, number, to, rules):
    settings.LANGUAGE_CODE = "en"
    answer = move(house, number, to)
    if not rules:
        assert isinstance(answer, booking.Moved)
        return
    found = [message for code, message in messages(answer) if code == "gap"]
    assert len(found) == len(rules)
    assert all(rule in message for rule, message in zip(rules, found, strict=True))
    assert Appointment.objects.filter(status="booked").count() == 3


def test_a_move_to_the_past_is_refused(house):
    assert messages(move(house, 1, "2026-03-02 07:00"))[0][0] == "past"


def test_a_move_onto_somebody_else_is_refused_and_changes_nothing(house):
    house.occupy(house.practitioner, "2026-03-25 10:00", "2026-03-25 10:30")
    assert messages(move(house, 2, "2026-03-25 10:15"))[0][0] == "taken"
    house.booked[1].refresh_from_db()
    assert house.booked[1].status == "booked"


def test_a_move_outside_the_hours_is_refused(house):
    assert messages(move(house, 2, "2026-03-25 12:30"))[0][0] == "taken"
    assert messages(move(house, 2, "2026-03-28 10:00"))[0][0] == "taken"  # a Saturday


def test_a_move_keeps_the_room_it_had_where_that_is_free(house):
    make_resource(house.clinic, "room", name="Salle 0", position=0)
    room = move(house, 2, "2026-03-25 10:00").appointment.holds.get(resource__kind__code="room")
    assert room.resource == house.room


def test_a_move_takes_another_room_when_its_own_is_taken(house):
    other = make_resource(house.clinic, "room")
    house.occupy(house.room, "2026-03-25 10:00", "2026-03-25 11:00")
    moved = move(house, 2, "2026-03-25 10:00").appointment
    assert moved.holds.get(resource__kind__code="room").resource == other


def test_a_move_to_a_named_practitioner_takes_nobody_else(house):
    other = make_resource(house.clinic, "practitioner")
    assert move(house, 2, "2026-03-25 10:00", only=[other]).appointment.practitioner == other
    house.occupy(other, "2026-04-15 10:00", "2026-04-15 11:00")
    assert messages(move(house, 3, "2026-04-15 10:00", only=[other]))[0][0] == "taken"


def test_the_same_move_twice_is_one(house):
    first = move(house, 2, "2026-03-25 10:00", key="k")
    house.booked[1].refresh_from_db()
    again = move(house, 2, "2026-03-25 10:00", key="k")
    assert again.appointment == first.appointment


def test_of_two_movers_one_wins(house):
    stale = Appointment.objects.get(pk=house.booked[1].pk)
    move(house, 2, "2026-03-25 10:00")
    answer = booking.move(
        appointment=stale, starts_at=at("2026-03-26 10:00"), by=house.user, now=NOW
    )
    assert messages(answer)[0][0] == "changed"
    assert Appointment.objects.filter(session=stale.session, status="booked").count() == 1


def test_a_cancelled_appointment_cannot_be_moved(house):
    booking.cancel(appointment=house.booked[1], reason="patient", by=house.user, now=NOW)
    assert messages(move(house, 2, "2026-03-25 10:00"))[0][0] == "not_booked"


class TestLooking:
    def test_the_window_of_a_session_is_what_both_neighbours_leave(self, house):
        window = booking.move_window(booking.visit_of(house.booked[1]), now=NOW)
        assert (window.opens, window.closes, window.due) == (
            dt.date(2026, 3, 16),
            dt.date(2026, 3, 30),
            dt.date(2026, 3, 23),
        )
        assert len(window.rules) == 2

    def test_openings_count_the_own_place_as_free(self, house):
        visit = booking.visit_of(house.booked[1])
        starts = [
            f"{p.starts_at:%H:%M}"
            for p in booking.openings(visit, on=dt.date(2026, 3, 23), now=NOW)
        ]
        assert starts[:3] == ["09:00", "09:15", "09:30"]
        assert (starts[-1], len(starts)) == ("17:30", 28)

    def test_a_day_without_a_place_is_not_offered(self, house):
        house.occupy(house.practitioner, "2026-03-24 09:00", "2026-03-24 18:00")
        visit = booking.visit_of(house.booked[1])
        week = [dt.date(2026, 3, day) for day in range(21, 27)]
        assert booking.free_days(visit, week, now=NOW) == (
            dt.date(2026, 3, 23),
            dt.date(2026, 3, 25),
            dt.date(2026, 3, 26),
        )


class TestSingleVisits:
    def book(self, house, start, key="k"):
        return booking.book_visit(
            clinic=house.clinic,
            patient=house.patient,
            visit_type=make_visit_type(),
            starts_at=at(start),
            by=house.user,
            now=NOW,
            key=key,
        )

    def test_a_consultation_is_booked_without_a_series(self, house):
        booked = self.book(house, "2026-03-03 14:00")
        (appointment,) = booked.appointments
        assert (booked.series, appointment.session) == (None, None)
        assert {hold.resource for hold in appointment.holds.all()} == {
            house.practitioner,
            house.room,
        }

    def test_the_patient_is_not_booked_twice_at_one_time(self, house):
        make_resource(house.clinic, "practitioner"), make_resource(house.clinic, "room")
        assert messages(self.book(house, "2026-03-23 09:15"))[0][0] == "taken"

    def test_a_cancelled_session_is_booked_again_in_its_window(self, house):
        booking.cancel(appointment=house.booked[1], reason="patient", by=house.user, now=NOW)
        session = TreatmentSession.objects.get(number=2)
        words = {"session": session, "clinic": house.clinic, "by": house.user, "now": NOW}
        early = booking.book_session(starts_at=at("2026-03-10 09:00"), key="a", **words)
        assert {code for code, _message in messages(early)} == {"gap"}
        booked = booking.book_session(starts_at=at("2026-03-24 09:00"), key="b", **words)
        assert booked.appointments[0].session == session
        session.refresh_from_db()
        assert session.status == "scheduled"
        again = booking.book_session(starts_at=at("2026-03-25 09:00"), key="c", **words)
        assert messages(again)[0][0] == "not_open"
