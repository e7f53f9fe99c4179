"""What was put aside comes back when its reason is gone; what is one letter is known as one."""

import datetime as dt
from collections.abc import Callable

import pytest

from clinic import booking
from clinic.messages.channels import InDoubt, Parcel, TryLater
from clinic.models import Appointment, Clinic, Message, PatientLink
from clinic.outbox import again, planning
from clinic.outbox.advice import Advice
from clinic.outbox.timing import Telling
from clinic.portal import reaching
from patients import contacts
from patients.models import Patient
from tests.dispatching import Sink, book, send, states
from tests.factories import NOW, House, at, make_appointment, make_patient, make_visit_type

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
TEN = at("2026-03-09 10:00")


def failing(error: Exception) -> Sink:
    def fail(parcel: Parcel) -> None:
        raise error

    return Sink(before=fail)


# --- Between two channels ------------------------------------------------------------------------


def test_the_way_back_to_a_channel_that_was_put_aside(house: House) -> None:
    """No texts left, so a letter; greylisted; then its address goes: the text goes after all."""
    Patient.objects.update(preferred_channel="sms")
    house.patient.refresh_from_db()
    Clinic.objects.update(texts_a_day=0)
    book(house)
    send(sink=failing(TryLater("451 greylisted")))
    Clinic.objects.update(texts_a_day=100)
    contacts.mark_unusable(
        patient=house.patient, channel="email", address=house.patient.email, answer="no", now=NOW
    )
    assert [one.message.channel for one in send(NOW + 10 * MINUTE).parcels] == ["sms"]


# --- One letter ----------------------------------------------------------------------------------


@pytest.fixture
def two(house: House) -> tuple[Appointment, Appointment]:
    """A check-in about one visit and a reminder of another, due at once."""
    past, ahead = book(house, "2026-03-05 10:00"), book(house, "2026-03-12 10:00")
    Message.objects.update(status="cancelled", reason="past", settled_at=NOW)
    Appointment.objects.filter(pk=past.pk).update(status="fulfilled")
    for visit, kind in ((past, "check-in"), (ahead, "reminder")):
        Message.objects.create(
            clinic=visit.clinic, patient=visit.patient, appointment=visit, kind=kind,
            channel="email", round=1, due_at=TEN, next_try_at=TEN, planned_at=NOW,
            starts_at=visit.starts_at, useful_until=TEN + 2 * DAY,
        )  # fmt: skip
    return past, ahead


def the_link() -> PatientLink:
    return PatientLink.objects.order_by("pk")[0]


def move(visit: Appointment, house: House) -> None:
    done = booking.move(
        appointment=visit, starts_at=at("2026-03-13 11:00"), by=house.user, now=TEN + HOUR
    )
    assert isinstance(done, booking.Moved), done


def test_the_link_of_a_letter_in_doubt_ends_with_each_visit_in_it(
    house: House, two: tuple[Appointment, Appointment]
) -> None:
    send(TEN, sink=failing(InDoubt("no answer")))
    assert reaching.endings_of(the_link())[0].name == "channel"
    move(two[1], house)
    assert the_link().revoked_at is not None


def test_so_does_that_of_one_that_is_being_handed_over(
    house: House, two: tuple[Appointment, Appointment]
) -> None:
    moves: list[Callable[[], None]] = [lambda: move(two[1], house)]
    send(TEN, sink=Sink(before=lambda parcel: moves and moves.pop()()))
    assert the_link().revoked_at is not None


def test_one_that_arrived_after_all_is_still_one(
    house: House, two: tuple[Appointment, Appointment]
) -> None:
    send(TEN, sink=failing(InDoubt("no answer")))
    carrier = Message.objects.get(kind="check-in", status="doubtful")
    again.received(message=carrier, by=house.user, now=TEN + HOUR)
    assert Message.objects.get(kind="reminder", round=1).merged_into == carrier
    assert reaching.endings_of(the_link())[0].name == "channel"


def test_what_did_not_go_as_one_is_no_more_one(
    house: House, two: tuple[Appointment, Appointment]
) -> None:
    send(TEN, sink=failing(TryLater("421 busy")))
    assert not Message.objects.filter(merged_into__isnull=False).exists()


def test_a_text_in_doubt_about_three_visits_counts_once(house: House) -> None:
    patient = make_patient(email="", phone="+33639980004")
    for hour in (9, 10, 11):
        book(house, f"2026-03-12 {hour:02}:00", patient=patient)
    send(sink=failing(InDoubt("no answer")))
    assert Message.objects.filter(status="doubtful").count() == 3
    book(house, "2026-03-13 10:00", patient=patient)
    assert len(send().parcels) == 1


def test_a_confirmation_by_text_says_when_although_a_reminder_leaves_today(house: House) -> None:
    patient = make_patient(email="", phone="+33639980002")
    book(house, "2026-03-12 10:00", patient=patient)
    send()
    now = at("2026-03-11 10:00")
    booking.book_visit(
        clinic=house.clinic, patient=patient, visit_type=make_visit_type(),
        starts_at=at("2026-03-26 15:00"), by=house.user, now=now, key="",
    )  # fmt: skip
    texts = send(now).texts
    assert len(texts) == 2
    assert any("26 mars" in text for text in texts)


def test_a_confirmation_of_a_series_goes_again_as_a_whole(house: House) -> None:
    booked = house.book_series(start_on=NOW.date() + 7 * DAY)
    send()
    carrier = Message.objects.get(kind="booked", merged_into=None)
    gone = booked.appointments[1]
    booking.cancel(appointment=gone, reason="patient", by=house.user, now=NOW + MINUTE)
    made = again.again(message=carrier, by=house.user, now=NOW + HOUR)
    assert isinstance(made, Message)
    told = Message.objects.filter(kind="booked", round=1).values_list("appointment", flat=True)
    assert set(told) == {booked.appointments[n].pk for n in (0, 2)}
    letters = [one for one in send(NOW + HOUR).parcels if one.message.kind == "booked"]
    assert len(letters) == 1


# --- Links end with what was done, and not with what was refused ---------------------------------


def test_a_refused_cancellation_ends_no_link(house: House) -> None:
    visit = book(house, "2026-03-05 10:00")
    send()
    booking.mark(appointment=visit, status="fulfilled", by=house.user, now=visit.ends_at)
    visit.refresh_from_db()
    done = booking.cancel(
        appointment=visit, reason="patient", by=house.user, now=visit.ends_at + HOUR
    )
    assert isinstance(done, booking.Refused)
    assert the_link().revoked_at is None


def test_a_refused_move_ends_no_link(house: House) -> None:
    """Somebody marked the patient as arrived after the other one's page was read."""
    visit = book(house, "2026-03-12 10:00")
    send()
    stale = Appointment.objects.get(pk=visit.pk)
    now = at("2026-03-12 09:50")
    booking.mark(appointment=visit, status="arrived", by=house.user, now=now)
    done = booking.move(
        appointment=stale, starts_at=at("2026-03-13 11:00"), by=house.user, now=now + MINUTE
    )
    assert isinstance(done, booking.Refused)
    assert the_link().revoked_at is None


# --- Advice after a session ----------------------------------------------------------------------


def planned_aftercare(house: House, begins: str, ends: str) -> Appointment:
    visit = make_appointment(house, house.patient, begins, ends)
    planning.plan([visit], Telling({}, "", Advice(has_after=True), 0), news=None, now=NOW)
    return visit


def test_on_a_saturday_evening_it_goes_on_monday_morning(house: House) -> None:
    visit = planned_aftercare(house, "2026-03-07 19:00", "2026-03-07 19:45")
    send(at("2026-03-07 19:46"))
    booking.mark(appointment=visit, status="fulfilled", by=house.user, now=at("2026-03-07 20:01"))
    assert send(at("2026-03-07 20:17")).parcels == []
    assert len(send(at("2026-03-09 08:00")).parcels) == 1


def test_who_was_said_to_be_absent_by_mistake_gets_it(house: House) -> None:
    visit = planned_aftercare(house, "2026-03-05 10:00", "2026-03-05 10:30")
    end = visit.ends_at
    booking.mark(appointment=visit, status="noshow", by=house.user, now=end - 5 * MINUTE)
    send(end)
    assert states()["aftercare"] == "cancelled no-show"
    for status, minutes in (("booked", 1), ("fulfilled", 40)):
        visit.refresh_from_db()
        now = end + minutes * MINUTE
        booking.mark(appointment=visit, status=status, by=house.user, now=now)
    assert len(send(end + 40 * MINUTE).parcels) == 1
