"""What a patient hears when a visit changes before the last change was said: only the truth."""

import datetime as dt

import pytest

from clinic import booking
from clinic.models import Appointment, Message, MessageRule, WorkingHours
from patients.models import Patient
from tests.dispatching import Sink, book, send
from tests.factories import House, at, make_patient, make_visit_type

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


# --- A text message has room for one thing -------------------------------------------------------


@pytest.fixture
def texted(house: House) -> House:
    """Two visits that are known, of a patient with a phone alone; the next reminder is due."""
    house.patient = make_patient(email="", phone="+33639980002")
    book(house, "2026-03-12 10:00")
    book(house, "2026-03-19 10:00")
    send()
    return house


def test_a_text_about_a_cancellation_says_what_is_cancelled(texted: House) -> None:
    later = Appointment.objects.get(starts_at=at("2026-03-19 10:00"))
    cancel(texted, later, at("2026-03-11 09:58"))
    sink = send(at("2026-03-11 10:00"))
    assert sorted(parcel.message.kind for parcel in sink.parcels) == ["cancelled", "eve"]
    (text,) = (p.worded.text for p in sink.parcels if p.message.kind == "cancelled")
    assert "jeudi 19 mars 2026 à 10:00" in text


def test_a_text_about_a_move_says_the_new_hour(texted: House) -> None:
    later = Appointment.objects.get(starts_at=at("2026-03-19 10:00"))
    move(texted, later, "2026-03-26 15:00", at("2026-03-11 09:58"))
    sink = send(at("2026-03-11 10:00"))
    (text,) = (p.worded.text for p in sink.parcels if p.message.kind == "moved")
    assert "jeudi 26 mars 2026 à 15:00" in text


# --- When it is due ------------------------------------------------------------------------------


def test_two_days_ahead_there_is_still_a_reminder_the_day_before(house: House) -> None:
    """Booked on Monday at 11 for Wednesday at 15: not on the same day, and not too late."""
    booked = booking.book_visit(
        clinic=house.clinic,
        patient=house.patient,
        visit_type=make_visit_type(),
        starts_at=at("2026-03-04 15:00"),
        by=house.user,
        now=at("2026-03-02 11:00"),
        key="",
    )
    assert isinstance(booked, booking.Booked), booked
    assert Message.objects.get(kind="eve").due_at == at("2026-03-03 10:00")


def test_for_tomorrow_there_is_none(house: House) -> None:
    book(house, "2026-03-03 15:00")
    assert set(Message.objects.values_list("kind", flat=True)) == {"booked"}


def test_what_could_go_at_the_hour_of_the_visit_alone_is_for_the_desk(house: House) -> None:
    """Booked by night for eight in the morning: the patient should be rung."""
    WorkingHours.objects.filter(from_minute=9 * 60).update(from_minute=8 * 60)
    book(house, "2026-03-03 08:00")
    assert send(at("2026-03-02 21:00")).parcels == []
    told = Message.objects.get(kind="booked")
    assert (told.status, told.reason) == ("failed", "too-late")
