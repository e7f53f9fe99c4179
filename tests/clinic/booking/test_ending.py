"""Cancelling one, stopping the rest, and what became of an appointment on its day."""

import datetime as dt

import pytest

from clinic import booking
from clinic.models import Appointment, AuditEntry, Hold
from patients.models import Series, TreatmentSession
from tests.factories import NOW, House, at

pytestmark = pytest.mark.django_db

DURING = at("2026-03-02 09:10")


@pytest.fixture
def house():
    house = House()
    booked = house.book_series()
    house.series, house.booked = booked.series, booked.appointments
    return house


def states(house):
    return list(house.series.sessions.order_by("number").values_list("status", flat=True))


def codes(answer):
    assert isinstance(answer, booking.Refused), answer
    return [problem.code for problem in answer.problems]


class TestCancel:
    def cancel(self, house, number=2, reason="patient", **fields):
        return booking.cancel(
            appointment=house.booked[number - 1], reason=reason, by=house.user, now=NOW, **fields
        )

    def test_frees_the_place_and_the_session_waits_again(self, house):
        self.cancel(house, note="Grippe du chat")
        appointment = Appointment.objects.get(pk=house.booked[1].pk)
        assert (appointment.status, appointment.cancellation_reason, appointment.changed_by) == (
            "cancelled",
            "patient",
            house.user,
        )
        assert states(house) == ["scheduled", "not-started", "scheduled"]
        assert not Hold.objects.filter(appointment=appointment, active=True).exists()
        assert AuditEntry.objects.filter(action="appointment.cancel").count() == 1

    def test_the_place_can_be_booked_by_somebody_else(self, house):
        self.cancel(house)
        house.occupy(house.practitioner, "2026-03-23 09:00", "2026-03-23 09:30")

    @pytest.mark.parametrize("reason", ["", "moved", "nonsense"])
    def test_asks_for_a_reason(self, house, reason):
        assert codes(self.cancel(house, reason=reason)) == ["reason"]

    def test_a_note_of_a_page_is_refused(self, house):
        assert codes(self.cancel(house, note="x" * 201)) == ["note"]

    def test_twice_is_refused(self, house):
        self.cancel(house)
        assert codes(self.cancel(house)) == ["not_booked"]
        assert AuditEntry.objects.filter(action="appointment.cancel").count() == 1


class TestStop:
    def stop(self, house, **fields):
        defaults = {"reason": "patient", "by": house.user, "clinic": house.clinic, "now": NOW}
        return booking.stop_series(series=house.series, **defaults | fields)

    def test_cancels_what_is_to_come_and_keeps_what_is_done(self, house):
        booking.mark(appointment=house.booked[0], status="fulfilled", by=house.user, now=DURING)
        assert self.stop(house, now=DURING).cancelled == 2
        assert states(house) == ["completed", "cancelled", "cancelled"]
        series = Series.objects.get()
        assert (series.status, series.closed_at, series.closed_by) == (
            "revoked",
            DURING,
            house.user,
        )

    def test_twice_is_refused(self, house):
        self.stop(house)
        assert codes(self.stop(house)) == ["series_ended"]

    def test_asks_for_a_reason(self, house):
        assert codes(self.stop(house, reason="")) == ["reason"]


class TestMarks:
    def test_done_completes_the_session_on_its_day(self, house):
        booking.mark(appointment=house.booked[0], status="arrived", by=house.user, now=DURING)
        booking.mark(appointment=house.booked[0], status="fulfilled", by=house.user, now=DURING)
        session = TreatmentSession.objects.get(number=1)
        assert (session.status, session.done_on) == ("completed", dt.date(2026, 3, 2))

    def test_the_last_one_done_completes_the_series_and_undoing_reopens_it(self, house):
        for appointment in house.booked:
            now = appointment.starts_at
            booking.mark(appointment=appointment, status="fulfilled", by=house.user, now=now)
        assert Series.objects.get().status == "completed"
        booking.mark(appointment=house.booked[2], status="booked", by=house.user, now=now)
        assert Series.objects.get().status == "active"
        assert states(house) == ["completed", "completed", "scheduled"]

    def test_a_no_show_frees_the_place_and_the_session_waits_again(self, house):
        booking.mark(appointment=house.booked[0], status="noshow", by=house.user, now=DURING)
        assert states(house)[0] == "not-started"
        assert not Hold.objects.filter(appointment=house.booked[0], active=True).exists()

    def test_a_no_show_is_undone_while_its_place_is_free(self, house):
        booking.mark(appointment=house.booked[0], status="noshow", by=house.user, now=DURING)
        booking.mark(appointment=house.booked[0], status="booked", by=house.user, now=DURING)
        assert states(house)[0] == "scheduled"
        booking.mark(appointment=house.booked[0], status="noshow", by=house.user, now=DURING)
        house.occupy(house.room, "2026-03-02 09:00", "2026-03-02 09:30")
        assert codes(
            booking.mark(appointment=house.booked[0], status="booked", by=house.user, now=DURING)
        ) == ["taken"]
        assert Appointment.objects.get(pk=house.booked[0].pk).status == "noshow"

    def test_what_is_to_come_cannot_be_marked_done(self, house):
        answer = booking.mark(
            appointment=house.booked[1], status="fulfilled", by=house.user, now=NOW
        )
        assert codes(answer) == ["too_early"]

    def test_a_cancelled_one_cannot_be_marked(self, house):
        booking.cancel(appointment=house.booked[0], reason="patient", by=house.user, now=NOW)
        answer = booking.mark(
            appointment=house.booked[0], status="arrived", by=house.user, now=DURING
        )
        assert codes(answer) == ["changed"]
