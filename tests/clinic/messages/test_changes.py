"""What a patient hears when a visit changes before the last change was said: only the truth."""

import datetime as dt

import pytest

from clinic import booking
from clinic.models import Appointment, Message, MessageRule
from patients.models import Patient
from tests.dispatching import Sink, book, send
from tests.factories import House, at, make_patient

pytestmark = pytest.mark.django_db
NIGHT, MORNING = at("2026-03-03 21:00"), at("2026-03-04 08:00")
MINUTES = dt.timedelta(minutes=10)


@pytest.fixture
def house() -> House:
    house = House()
    house.patient = make_patient(email="marie@example.test", phone="+33639980001")
    return house


def move(house: House, visit: Appointment, to: str, now: dt.datetime) -> Appointment:
    done = booking.move(appointment=visit, starts_at=at(to), by=house.user, now=now)
    assert isinstance(done, booking.Moved), done
    return done.appointment


def cancel(house: House, visit: Appointment, now: dt.datetime) -> None:
    done = booking.cancel(appointment=visit, reason="clinic", by=house.user, now=now)
    assert isinstance(done, booking.Cancelled), done


def said(sink: Sink) -> list[tuple[str, str]]:
    return [(parcel.message.kind, parcel.worded.subject) for parcel in sink.parcels]


def test_moved_by_night_and_then_cancelled_the_place_that_was_known_is_cancelled(
    house: House,
) -> None:
    visit = book(house)
    send()
    cancel(house, move(house, visit, "2026-03-13 15:00", NIGHT), NIGHT + MINUTES)
    sink = send(MORNING)
    assert [kind for kind, _subject in said(sink)] == ["cancelled"]
    (parcel,) = sink.parcels
    assert "jeudi 12 mars" in parcel.worded.subject
    assert "10:00" in parcel.worded.subject
    assert "15:00" not in parcel.worded.text
    assert parcel.worded.method == "CANCEL"
    assert str(visit.uid) in (parcel.worded.calendar or b"").decode()


def test_moved_twice_before_a_word_of_it_the_last_place_is_told_as_a_move(house: House) -> None:
    visit = book(house)
    send()
    between = move(house, visit, "2026-03-13 10:00", NIGHT)
    move(house, between, "2026-03-13 15:00", NIGHT + MINUTES)
    sink = send(MORNING)
    assert [kind for kind, _subject in said(sink)] == ["moved"]
    assert "15:00" in sink.texts[0]


def test_booked_and_moved_and_cancelled_before_a_word_of_it_nothing_is_said(house: House) -> None:
    visit = book(house)
    cancel(house, move(house, visit, "2026-03-13 10:00", NIGHT), NIGHT + MINUTES)
    assert send(MORNING).parcels == []


def test_who_got_no_confirmation_by_rule_hears_of_a_move_and_of_a_cancellation(
    house: House,
) -> None:
    """They left with a card."""
    MessageRule.objects.create(clinic=house.clinic, kind="booked", is_on=False)
    visit = move(house, book(house), "2026-03-13 10:00", MORNING)
    assert [kind for kind, _subject in said(send(MORNING))] == ["moved"]
    cancel(house, visit, MORNING + MINUTES)
    assert [kind for kind, _subject in said(send(MORNING + MINUTES))] == ["cancelled"]


def test_who_could_not_be_written_to_and_can_now_hears_of_a_cancellation(house: House) -> None:
    """Somebody rang them meanwhile, and noted an address."""
    Patient.objects.update(email="", phone="")
    visit = book(house)
    send()
    assert Message.objects.get(kind="booked").status == "failed"
    Patient.objects.update(email="new@example.test")
    cancel(house, visit, MORNING)
    assert [kind for kind, _subject in said(send(MORNING))] == ["cancelled"]
