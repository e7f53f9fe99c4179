"""The patient says that they will come."""

import datetime as dt

import pytest

from clinic import booking
from clinic.models import Appointment, AuditEntry
from tests.factories import NOW, House, at

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(minutes=5)


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def appointment(house: House) -> Appointment:
    return house.book_series().appointments[0]


def confirm(house: House, appointment: Appointment, now: dt.datetime = NOW):
    return booking.confirm(appointment=appointment, by=house.user, now=now)


def test_confirmed_is_noted_once_with_its_audit_row(house: House, appointment: Appointment) -> None:
    first = confirm(house, appointment)
    again = confirm(house, appointment, LATER)
    assert isinstance(first, booking.Confirmed)
    assert isinstance(again, booking.Confirmed)
    assert again.appointment.confirmed_at == NOW
    (entry,) = AuditEntry.objects.filter(action="appointment.confirm")
    assert (entry.by, entry.patient) == (house.user, house.patient)
    assert entry.subject == f"appointment:{appointment.public_id}"


def test_what_is_cancelled_or_over_cannot_be_confirmed(
    house: House, appointment: Appointment
) -> None:
    over = confirm(house, appointment, at("2026-06-01 09:00"))
    assert isinstance(over, booking.Refused)
    booking.cancel(appointment=appointment, reason="patient", by=house.user, now=NOW)
    gone = confirm(house, appointment)
    assert isinstance(gone, booking.Refused)
    assert [over.problems[0].code, gone.problems[0].code] == ["past", "not_booked"]
    appointment.refresh_from_db()
    assert appointment.confirmed_at is None
