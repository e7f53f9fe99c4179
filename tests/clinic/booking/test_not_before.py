"""A day before which no session may be: the planner, the moves and the re-check keep it."""

import datetime as dt

import pytest

from clinic import booking
from clinic.booking import Booked, Moved, Refused
from clinic.models import Appointment
from patients import screening
from patients.models import TreatmentSession
from tests.factories import NOW, House, at, make_absence, make_patient, make_visit_type
from tests.screening import NOTHING, TODAY, answer, asking, decide, eight, latest

pytestmark = pytest.mark.django_db

HOLD = dt.date(2026, 3, 10)


@pytest.fixture
def house() -> House:
    house = House()
    house.protocol = asking()
    return house


def hold(house: House, until: dt.date = HOLD) -> None:
    screening.hold(
        patient=house.patient, until=until, reason="voyage", by=house.user, now=eight(TODAY)
    )


def days_of(proposal: booking.Proposal) -> list[dt.date]:
    return [session.on for session in proposal.sessions]


def test_the_first_session_moves_to_the_day(house: House) -> None:
    assert days_of(house.propose())[0] == TODAY
    hold(house)
    proposal = house.propose()
    assert days_of(proposal) == [HOLD, dt.date(2026, 3, 31), dt.date(2026, 4, 21)]
    assert [p.code for p in proposal.warnings] == ["not-before", "screening-missing"]
    assert proposal.obstacles == ()


def test_a_date_answered_holds_as_well(house: House) -> None:
    answer(house.patient, house.protocol, NOTHING | {"painkiller": "2026-03-02"}, by=house.user)
    assert days_of(house.propose())[0] == dt.date(2026, 3, 4)


def test_a_blocker_with_a_date_is_planned_from_that_day(house: House) -> None:
    answer(house.patient, house.protocol, NOTHING | {"infection": "yes"}, by=house.user)
    decide(latest(house.patient, "infection"), "not_before", HOLD, by=house.user)
    assert isinstance(house.book(), Booked)
    assert Appointment.objects.earliest("starts_at").on == HOLD


@pytest.mark.parametrize("until", [dt.date(2026, 3, 10), dt.date(2026, 9, 1)])
def test_it_stays_the_best_series(house: House, until: dt.date) -> None:
    """The same as for somebody free who asks for that day, dates, hours, cost and choices."""
    make_absence(house.clinic, "2026-03-30 00:00", "2026-04-02 00:00", house.practitioner)
    house.occupy(house.room, "2026-03-10 09:00", "2026-03-10 12:30")
    free = house.propose(patient=make_patient(), start_on=until)
    hold(house, until)
    held = house.propose()
    assert held.cost == free.cost
    assert [
        (s.starts_at, [other.starts_at for other in s.alternatives]) for s in held.sessions
    ] == [(s.starts_at, [other.starts_at for other in s.alternatives]) for s in free.sessions]


def test_later_sessions_keep_their_window_and_no_day_before_it(house: House) -> None:
    """The rest of a series done elsewhere: its window is 16 to 30 March."""
    hold(house, dt.date(2026, 3, 25))
    done = {"from_number": 2, "previous_on": TODAY}
    assert days_of(house.propose(**done))[0] == dt.date(2026, 3, 25)
    hold(house, dt.date(2026, 4, 20))
    assert (house.propose(**done).status, house.propose(**done).blocked_at) == ("infeasible", 2)


def test_what_was_shown_before_is_not_booked_before_the_day(house: House) -> None:
    token = house.propose().token
    hold(house)
    refused = booking.book(token=token, key="", by=house.user, clinic=house.clinic, now=NOW)
    assert isinstance(refused, Refused)
    assert [problem.code for problem in refused.problems] == ["not-before"]


def test_the_look_at_the_calendars_keeps_the_day_too(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clinic.care import gates

    token = house.propose().token
    hold(house)
    monkeypatch.setattr(gates, "CONFIRM_GATES", ())
    refused = booking.book(token=token, key="", by=house.user, clinic=house.clinic, now=NOW)
    assert isinstance(refused, Refused)
    assert refused.was_taken


@pytest.mark.parametrize(("to", "moved"), [("2026-03-06 09:00", False), ("2026-03-10 09:00", True)])
def test_a_session_is_not_moved_before_the_day(house: House, to: str, moved: bool) -> None:
    first, *_rest = house.book_series(through=1).appointments
    hold(house)
    answered = booking.move(appointment=first, starts_at=at(to), by=house.user, now=NOW)
    assert isinstance(answered, Moved) == moved


def test_no_free_day_is_shown_before_the_day(house: House) -> None:
    first, *_rest = house.book_series(through=1).appointments
    hold(house)
    week = [TODAY + dt.timedelta(days=n) for n in range(10)]
    free = booking.free_days(booking.visit_of(first), week, now=NOW)
    assert free == (dt.date(2026, 3, 10), dt.date(2026, 3, 11))
    assert booking.openings(booking.visit_of(first), on=dt.date(2026, 3, 9), now=NOW) == ()


@pytest.mark.parametrize(
    ("to", "booked"), [("2026-03-06 09:00", False), ("2026-03-10 09:00", True)]
)
def test_a_waiting_session_is_not_booked_before_the_day(
    house: House, to: str, booked: bool
) -> None:
    series = house.book_series(through=1).series
    first = Appointment.objects.get()
    booking.cancel(appointment=first, reason="patient", by=house.user, now=NOW)
    hold(house)
    answered = booking.book_session(
        session=TreatmentSession.objects.get(series=series),
        clinic=house.clinic,
        starts_at=at(to),
        by=house.user,
        now=NOW,
        key="",
    )
    assert isinstance(answered, Booked) == booked


def test_a_single_visit_is_free(house: House) -> None:
    hold(house)
    booked = booking.book_visit(
        clinic=house.clinic,
        patient=house.patient,
        visit_type=make_visit_type(),
        starts_at=at("2026-03-03 09:00"),
        by=house.user,
        now=NOW,
        key="",
    )
    assert isinstance(booked, Booked)


def test_the_hold_of_one_patient_is_nobody_elses(house: House) -> None:
    hold(house)
    assert days_of(house.propose(patient=make_patient()))[0] == TODAY


def test_a_lifted_hold_lets_the_planner_go(house: House) -> None:
    hold(house)
    screening.lift(patient=house.patient, reason="annulé", by=house.user, now=eight(TODAY))
    assert days_of(house.propose())[0] == TODAY
