"""The desk's lists: who is in each, who is not, and what they cost."""

import datetime as dt

import pytest

from clinic import booking
from clinic.models import Appointment, Resource
from clinic.moments import to_minute
from clinic.pages import calls, desk
from clinic.pages.agenda import Ask, agenda
from patients.models import Series
from tests.factories import (
    NOW,
    House,
    at,
    make_absence,
    make_appointment,
    make_clinic,
    make_patient,
    make_resource,
)

pytestmark = pytest.mark.django_db
LATER = at("2026-03-02 18:30")


@pytest.fixture
def house() -> House:
    return House()


def visit(house: House, start: str, minutes: int = 30, **fields: str) -> Appointment:
    patient = make_patient(fields.pop("name", "Petit"), "Léa")
    end = (at(start) + dt.timedelta(minutes=minutes)).strftime("%Y-%m-%d %H:%M")
    made = make_appointment(house, patient, start, end)
    if fields:
        Appointment.objects.filter(pk=made.pk).update(**fields)
    return made


def mark(house: House, appointment: Appointment, how: str) -> None:
    marked = booking.mark(
        appointment=appointment, status=how, by=house.user, now=appointment.ends_at
    )
    assert isinstance(marked, booking.Marked), marked


# --- Next in -------------------------------------------------------------------------------------


def test_next_in_is_who_is_still_waited_for(house: House) -> None:
    now = at("2026-03-02 10:00")
    visit(house, "2026-03-02 09:45", 10, name="Before")
    visit(house, "2026-03-02 09:46", 10, name="Begun")
    visit(house, "2026-03-02 10:30", name="Ahead")
    visit(house, "2026-03-02 11:00", name="There", status="arrived")
    visit(house, "2026-03-02 11:30", name="Done", status="fulfilled")
    visit(house, "2026-03-02 12:00", name="Missed", status="noshow")
    visit(house, "2026-03-03 09:00", name="Tomorrow")
    today = agenda(
        Ask(house.clinic, now.date()), resources=tuple(house.clinic.resources.all()), now=now
    )
    found = [entry.patient for entry in desk.next_in(today.visits, now=now)]
    assert found == ["BEGUN Léa", "AHEAD Léa", "THERE Léa"]


def test_what_to_prepare_is_the_parts_of_the_visit() -> None:
    house = House(segments=((30, ("room",)), (20, ("practitioner", "room"))))
    step = house.protocol.steps.first()
    first, second = step.segments.all()
    assert desk.parts([step.pk, None]) == {
        step.pk: f"{first.name} 30 min · {second.name} 20 min",
    }
    assert desk.parts([None]) == {}


# --- To close ------------------------------------------------------------------------------------


def test_to_close_is_what_is_over_and_not_said(house: House) -> None:
    oldest = visit(house, "2026-02-20 09:00", name="Oldest")
    here = visit(house, "2026-03-02 09:00", status="arrived")
    visit(house, "2026-03-02 09:30", status="fulfilled")
    visit(house, "2026-03-02 10:00", status="noshow")
    visit(house, "2026-03-02 18:15")  # still on
    just_over = visit(house, "2026-03-02 18:00")
    make_clinic()
    found = list(desk.to_close(house.clinic, now=LATER))
    assert found == [oldest, here, just_over]
    mark(house, oldest, "fulfilled")
    assert list(desk.to_close(house.clinic, now=LATER)) == [here, just_over]


# --- To call -------------------------------------------------------------------------------------


def called(house: House, now: dt.datetime) -> list[tuple[str, str, bool]]:
    return [
        (call.patient.name, call.what.split()[-1], call.missed_on is not None)
        for call in calls.to_call(house.clinic, now=now)
    ]


def test_a_missed_session_is_to_call_until_it_is_booked_again(house: House) -> None:
    booked = house.book_series()
    assert called(house, LATER) == []
    mark(house, booked.appointments[0], "noshow")
    assert called(house, LATER) == [("DUPONT Marie", "1", True)]
    (call,) = calls.to_call(house.clinic, now=LATER)
    assert call.address == f"/sessions/{booked.series.public_id}/1/book/"
    again = booking.book_session(
        session=booked.series.sessions.get(number=1),
        clinic=house.clinic,
        starts_at=at("2026-03-03 09:00"),
        by=house.user,
        now=LATER,
        key="",
    )
    assert isinstance(again, booking.Booked), again
    assert called(house, LATER) == []


def test_a_cancelled_session_is_to_call_once_its_window_opens(house: House) -> None:
    first, second, _third = house.book_series().appointments
    booking.cancel(appointment=second, reason="patient", by=house.user, now=NOW)
    opens = first.starts_at + dt.timedelta(weeks=2)
    assert called(house, opens - dt.timedelta(days=1)) == []
    assert called(house, opens) == [("DUPONT Marie", "2", False)]
    (call,) = calls.to_call(house.clinic, now=opens)
    on = first.starts_at.astimezone(house.clinic.zone).date()
    assert (call.window.opens, call.window.closes) == (
        on + dt.timedelta(weeks=2),
        on + dt.timedelta(weeks=4),
    )
    assert not call.is_past(today=call.window.closes)
    assert call.is_past(today=call.window.closes + dt.timedelta(days=1))


def test_only_the_first_session_without_a_place_is_to_call(house: House) -> None:
    first, second, third = house.book_series().appointments
    for appointment in (second, third):
        booking.cancel(appointment=appointment, reason="patient", by=house.user, now=NOW)
    much_later = first.starts_at + dt.timedelta(weeks=30)
    assert called(house, much_later) == [("DUPONT Marie", "2", False)]


def test_a_stopped_series_is_not_called(house: House) -> None:
    booked = house.book_series()
    mark(house, booked.appointments[0], "noshow")
    booking.stop_series(
        series=Series.objects.get(), reason="patient", by=house.user, clinic=house.clinic, now=LATER
    )
    assert called(house, LATER) == []


def test_a_missed_single_visit_is_to_call_until_there_is_a_later_one(house: House) -> None:
    missed = visit(house, "2026-03-02 09:00", status="noshow")
    visit(house, "2026-01-15 09:00", status="noshow", name="Longago")
    assert called(house, LATER) == [("PETIT Léa", "Consultation", True)]
    (call,) = calls.to_call(house.clinic, now=LATER)
    assert call.address == f"/visits/new/?patient={missed.patient.public_id}"
    make_appointment(house, missed.patient, "2026-03-20 09:00", "2026-03-20 09:30")
    assert called(house, LATER) == []


def test_calls_belong_to_the_clinic_of_the_last_appointment(house: House) -> None:
    booked = house.book_series()
    mark(house, booked.appointments[0], "noshow")
    assert calls.to_call(make_clinic(), now=LATER) == []
    assert len(calls.to_call(house.clinic, now=LATER)) == 1


def test_missed_ones_come_before_those_whose_window_closes(house: House) -> None:
    first, second, _third = house.book_series().appointments
    booking.cancel(appointment=second, reason="patient", by=house.user, now=NOW)
    visit(house, "2026-03-16 09:00", status="noshow")
    found = called(house, first.starts_at + dt.timedelta(weeks=3))
    assert [missed for _name, _what, missed in found] == [True, False]


# --- To move -------------------------------------------------------------------------------------


def moving(house: House, now: dt.datetime = NOW) -> list[tuple[str, tuple[str, ...]]]:
    return [(entry.patient, entry.missing) for entry in desk.to_move(house.clinic, now=now)]


def held(house: House, resource: Resource, start: str, end: str) -> Appointment:
    return house.occupy(resource, start, end)


def test_nothing_is_to_move_where_everything_is_open(house: House) -> None:
    house.book_series()
    assert moving(house) == []


def test_an_absence_puts_what_it_covers_on_the_list(house: House) -> None:
    held(house, house.practitioner, "2026-03-03 09:00", "2026-03-03 09:30")
    held(house, house.practitioner, "2026-03-03 11:00", "2026-03-03 11:30")
    held(house, house.room, "2026-03-03 09:00", "2026-03-03 09:30")
    make_absence(house.clinic, "2026-03-03 09:00", "2026-03-03 11:00", house.practitioner)
    assert moving(house) == [("AUTRE Une", ("Dr Roux",))]


def test_a_closure_and_a_holiday_put_everything_on_the_list(house: House) -> None:
    held(house, house.practitioner, "2026-03-03 09:00", "2026-03-03 09:30")
    held(house, house.room, "2026-03-04 09:00", "2026-03-04 09:30")
    held(house, house.room, "2026-05-01 09:00", "2026-05-01 09:30")  # 1 May
    make_absence(house.clinic, "2026-03-03 00:00", "2026-03-04 00:00")
    assert [missing for _name, missing in moving(house)] == [("Dr Roux",), ("Salle 1",)]


def test_new_hours_put_what_lies_outside_them_on_the_list(house: House) -> None:
    held(house, house.practitioner, "2026-03-03 09:00", "2026-03-03 09:30")
    held(house, house.practitioner, "2026-03-10 09:00", "2026-03-10 09:30")
    house.practitioner.hours.filter(weekday=1).update(valid_until=dt.date(2026, 3, 10))
    (entry,) = desk.to_move(house.clinic, now=NOW)
    assert entry.on == dt.date(2026, 3, 10)


def test_what_is_past_cancelled_or_elsewhere_is_not_to_move(house: House) -> None:
    make_absence(house.clinic, "2026-03-01 00:00", "2026-03-10 00:00")
    held(house, house.practitioner, "2026-03-02 07:00", "2026-03-02 07:30")  # past at NOW
    gone = held(house, house.practitioner, "2026-03-03 09:00", "2026-03-03 09:30")
    kept = held(house, house.practitioner, "2026-03-04 09:00", "2026-03-04 09:30")
    booking.cancel(appointment=gone, reason="patient", by=house.user, now=NOW)
    other = House()
    held(other, other.practitioner, "2026-03-04 09:00", "2026-03-04 09:30")
    assert [entry.pk for entry in desk.to_move(house.clinic, now=NOW)] == [kept.pk]
    assert desk.to_move(other.clinic, now=NOW) == []


# --- Cost ----------------------------------------------------------------------------------------


def one_of_each(house: House, number: int) -> None:
    """Somebody for every list: coming today, to call, to close, to move."""
    house.patient = make_patient("Serie", f"Une {number}")
    make_resource(house.clinic, "practitioner", name=f"Dr {number}")
    make_resource(house.clinic, "room", name=f"Salle {number + 2}")
    house.book_series()
    house.patient = make_patient("Serie", f"Deux {number}")
    mark(house, house.book_series().appointments[0], "noshow")
    visit(house, "2026-02-20 09:00", name=f"Close {number}")
    visit(house, "2026-02-20 10:00", name=f"Call {number}", status="noshow")
    held(house, house.practitioner, f"2026-03-06 1{number + 5}:00", f"2026-03-06 1{number + 5}:30")


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_cost_the_same_for_many(
    house: House, count: int, django_assert_num_queries
) -> None:
    for number in range(count):
        one_of_each(house, number)
    make_absence(house.clinic, "2026-03-05 00:00", "2026-03-07 00:00")
    resources = tuple(house.clinic.resources.select_related("kind"))
    today = agenda(Ask(house.clinic, NOW.date()), resources=resources, now=NOW)
    with django_assert_num_queries(23):
        lists = desk.lists(today, by=house.user, now=NOW)
    found = (lists.next_in.total, lists.to_call.total, lists.to_close.total, lists.to_move.total)
    assert found == (count, 2 * count, count, count)
    assert all(entry.starts > to_minute(NOW) for entry in lists.to_move.rows)
