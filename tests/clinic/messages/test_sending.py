"""Each message is looked at again when it leaves: only what is still so is said, and only once."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from clinic import booking
from clinic.messages import sending
from clinic.messages.looking import look_at
from clinic.models import Appointment, Message, MessageRule, PatientLink
from clinic.outbox import handing, links
from clinic.outbox.again import again
from patients import contacts
from patients.models import Patient
from tests.dispatching import Sink, book, dispatcher, message, send, states
from tests.factories import NOW, House, at, make_patient

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def house() -> House:
    house = House()
    house.patient = make_patient(email="marie@example.test", phone="+33639980001")
    return house


def test_a_booking_is_confirmed_at_once_and_reminded_in_its_time(house: House) -> None:
    book(house)
    assert len(send().parcels) == 1
    assert states() == {"booked": "accepted", "reminder": "due", "eve": "due"}
    assert send().parcels == []
    sink = send(at("2026-03-09 10:00"))
    (parcel,) = sink.parcels
    assert (parcel.to, parcel.message.kind) == ("marie@example.test", "reminder")
    assert "10:00" in parcel.worded.text


def test_what_was_sent_is_kept_without_the_key_of_its_link(house: House) -> None:
    book(house)
    (parcel,) = send().parcels
    kept = message("booked")
    key = parcel.worded.text.partition("/r/")[2].partition("/")[0]
    assert len(key) >= 22
    assert key not in kept.text
    assert (kept.sent_to, kept.provider_id) == ("marie@example.test", "sink-1")
    assert kept.subject == parcel.worded.subject
    link = links.find(key, purpose=PatientLink.Purpose.PAGE, now=NOW)
    assert link is not None
    assert (link.patient, link.message) == (house.patient, kept)


def test_a_series_is_confirmed_in_one_message(house: House) -> None:
    booked = house.book_series()
    sink = send()
    (parcel,) = sink.parcels
    confirmed = Message.objects.filter(kind="booked").order_by("starts_at")
    assert [m.status for m in confirmed] == ["accepted"] * 3
    assert [m.merged_into for m in confirmed] == [None, confirmed[0], confirmed[0]]
    for appointment in booked.appointments:
        local = appointment.starts_at.astimezone(house.clinic.zone)
        assert f"{local:%H:%M}" in parcel.worded.text


# --- What is no longer so ------------------------------------------------------------------------


def set_status(visit: Appointment, status: str, **fields: Any) -> None:
    Appointment.objects.filter(pk=visit.pk).update(status=status, **fields)


@pytest.mark.parametrize(("reason", "why"), [("moved", "moved"), ("patient", "cancelled")])
def test_a_visit_that_is_off_is_not_announced(house: House, reason: str, why: str) -> None:
    visit = book(house)
    set_status(visit, "cancelled", cancellation_reason=reason)  # behind the outbox's back
    assert send().parcels == []
    assert states()["booked"] == f"cancelled {why}"


def test_nothing_is_said_about_the_past(house: House) -> None:
    book(house, "2026-03-12 10:00")
    assert send(at("2026-03-12 10:00")).parcels == []
    assert set(states().values()) == {"cancelled past"}


def test_a_reminder_past_its_use_is_for_the_desk(house: House) -> None:
    visit = book(house)
    Message.objects.filter(kind="booked").update(useful_until=NOW + HOUR)
    assert send(NOW + 2 * HOUR).parcels == []
    assert visit.starts_at > NOW + 2 * HOUR
    assert states()["booked"] == "failed too-late"


def test_who_has_arrived_is_not_reminded(house: House) -> None:
    visit = book(house)
    set_status(visit, "arrived")
    assert send().parcels == []


def test_at_night_a_message_waits_for_the_morning(house: House) -> None:
    book(house)
    assert send(at("2026-03-02 21:00")).parcels == []
    waiting = message("booked")
    assert (waiting.status, waiting.next_try_at) == ("retry", at("2026-03-03 08:00"))
    assert len(send(at("2026-03-03 08:00")).parcels) == 1


def test_what_stays_on_the_machine_may_be_looked_at_by_night(house: House) -> None:
    book(house)
    assert len(send(at("2026-03-02 21:00"), at_any_hour=True).parcels) == 1


def test_a_visit_before_the_morning_is_for_the_desk(house: House) -> None:
    house.clinic.messages_from_hour = 10
    house.clinic.save()
    book(house, "2026-03-03 09:00")
    assert send(at("2026-03-02 21:00")).parcels == []
    assert states()["booked"] == "failed too-late"


def aftercare(house: House, visit: Appointment, kind: str = "aftercare") -> Message:
    return Message.objects.create(
        clinic=house.clinic,
        patient=visit.patient,
        appointment=visit,
        kind=kind,
        channel="email",
        starts_at=visit.starts_at,
        due_at=visit.ends_at,
        next_try_at=visit.ends_at,
        useful_until=visit.ends_at + DAY,
        planned_at=NOW,
    )


@pytest.mark.parametrize(
    ("status", "kind", "becomes"),
    [
        ("fulfilled", "aftercare", "accepted"),
        ("arrived", "aftercare", "retry"),  # sessions run late: see below
        ("booked", "aftercare", "retry"),
        ("noshow", "aftercare", "cancelled no-show"),
        ("fulfilled", "check-in", "accepted"),
        ("arrived", "check-in", "retry"),
        ("noshow", "check-in", "cancelled no-show"),
    ],
)
def test_advice_after_a_visit_is_for_who_came(
    house: House, status: str, kind: str, becomes: str
) -> None:
    visit = book(house)
    Message.objects.update(status="cancelled", settled_at=NOW)
    aftercare(house, visit, kind)
    set_status(visit, status)
    send(visit.ends_at)
    assert states()[kind] == becomes


def test_advice_does_not_come_before_a_session_that_runs_late_and_not_after_its_end(
    house: House,
) -> None:
    visit = book(house)
    Message.objects.update(status="cancelled", settled_at=NOW)
    aftercare(house, visit)
    set_status(visit, "arrived")
    assert send(visit.ends_at + 5 * MINUTE).parcels == []  # waits half an hour from here
    done = booking.mark(
        appointment=visit, status="fulfilled", by=house.user, now=visit.ends_at + 10 * MINUTE
    )
    assert isinstance(done, booking.Marked), done
    assert len(send(visit.ends_at + 10 * MINUTE).parcels) == 1


def test_nobody_marked_it_done_an_hour_past_its_end_it_is_taken_for_done(house: House) -> None:
    visit = book(house)
    Message.objects.update(status="cancelled", settled_at=NOW)
    aftercare(house, visit)
    set_status(visit, "arrived")
    assert send(visit.ends_at + 59 * MINUTE).parcels == []
    Message.objects.filter(kind="aftercare").update(next_try_at=NOW)
    assert len(send(visit.ends_at + HOUR).parcels) == 1


def test_what_was_switched_off_is_no_longer_sent_but_by_hand(house: House) -> None:
    book(house)
    send()
    MessageRule.objects.create(clinic=house.clinic, kind="reminder", is_on=False)
    assert send(at("2026-03-09 10:00")).parcels == []
    assert states()["reminder"] == "cancelled not-needed"
    by_hand = again(message=message("reminder"), by=house.user, now=at("2026-03-09 11:00"))
    assert isinstance(by_hand, Message), by_hand
    assert len(send(at("2026-03-09 11:00")).parcels) == 1


# --- Whom it may reach, and how ------------------------------------------------------------------


def refuse(patient: Patient, *channels: str, purpose: str = "reminder") -> None:
    for channel in channels:
        contacts.agree(
            patient=patient, purpose=purpose, channel=channel, is_given=False, how="desk",
            by=None, now=NOW,
        )  # fmt: skip


def test_who_refused_is_not_written_to(house: House) -> None:
    book(house)
    refuse(house.patient, "email", "sms")
    assert send().parcels == []
    assert states()["booked"] == "cancelled opted-out"


def test_who_refused_one_channel_is_told_by_the_other(house: House) -> None:
    book(house)
    refuse(house.patient, "email")
    (parcel,) = send().parcels
    assert (parcel.to, parcel.message.channel) == ("+33639980001", "sms")
    assert message("booked", channel="email").reason == "other-channel"


def test_a_wish_about_advice_leaves_reminders_alone(house: House) -> None:
    book(house)
    refuse(house.patient, "email", "sms", purpose="aftercare")
    assert len(send().parcels) == 1


@pytest.mark.parametrize(
    ("fields", "clinic", "why"),
    [
        ({"email": "", "phone": ""}, {}, "no-address"),
        ({"email": "", "phone": "+33139980001"}, {}, "no-address"),  # a land line
        ({"email": "", "phone": "+33639980002"}, {"sends_texts": False}, "no-address"),
        ({"email": "", "phone": "+8801712345678"}, {}, "prefix"),
        ({"email": "", "phone": "+33639980003"}, {"texts_a_day": 0}, "budget"),
    ],
)
def test_who_cannot_be_reached_is_for_the_desk(
    house: House, fields: dict[str, str], clinic: dict[str, Any], why: str
) -> None:
    for name, value in clinic.items():
        setattr(house.clinic, name, value)
    house.clinic.save()
    book(house, patient=make_patient(**fields))
    assert send().parcels == []
    failed = Message.objects.get(kind="booked", status="failed")
    assert failed.reason == why


# --- Between the claim and the sending -----------------------------------------------------------


def test_a_visit_moved_between_claim_and_sending_is_told_at_its_new_hour(house: House) -> None:
    """The sender holds the old message and looks again: it finds the new hour only."""
    visit = book(house)
    sink = Sink()
    at_work = dispatcher(sink)
    claimed = sending.leasing.claim(at_work.sender, limit=10, now=NOW)
    assert [m.kind for m in claimed] == ["booked"]
    looked = look_at(at_work.sender, [m.pk for m in claimed])
    moved = booking.move(
        appointment=visit, starts_at=at("2026-03-13 11:00"), by=house.user, now=NOW
    )
    assert isinstance(moved, booking.Moved)
    batch = sending.Batch(at_work, sink, "email", looked, {})
    batch.send(claimed)
    batch.finish()
    assert sink.parcels == []
    (parcel,) = send().parcels
    assert "11:00" in parcel.worded.text
    assert "10:00" not in parcel.worded.text


def stop(house: House) -> None:
    contacts.stop(patient=house.patient, channel="email", how="unsubscribed", now=NOW)


def correct(house: House) -> None:
    Patient.objects.filter(pk=house.patient.pk).update(email="new@example.test")


def arrive(house: House) -> None:
    Appointment.objects.update(status="arrived")


@pytest.mark.parametrize(
    ("change", "sent"), [(stop, []), (correct, ["new@example.test"]), (arrive, [])]
)
def test_what_changes_after_the_batch_was_read_still_counts(
    house: House, change: Callable[[House], None], sent: list[str]
) -> None:
    book(house)
    sink = Sink()
    at_work = dispatcher(sink)
    claimed = sending.leasing.claim(at_work.sender, limit=10, now=NOW)
    looked = look_at(at_work.sender, [m.pk for m in claimed])
    change(house)
    batch = sending.Batch(at_work, sink, "email", looked, {})
    batch.send(claimed)
    batch.finish()
    assert [parcel.to for parcel in sink.parcels] == sent


def correct_while_it_is_worded(house: House, monkeypatch: pytest.MonkeyPatch) -> Sink:
    book(house)
    sound = sending.worded

    def corrects_meanwhile(group: Any, **rest: Any) -> Any:
        correct(house)
        return sound(group, **rest)

    monkeypatch.setattr(sending, "worded", corrects_meanwhile)
    return send()


def test_what_changes_while_it_is_worded_still_counts(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink = correct_while_it_is_worded(house, monkeypatch)
    assert [parcel.to for parcel in sink.parcels] == ["new@example.test"]
    assert PatientLink.objects.count() == 1  # what was worded for nothing left no key behind


def test_without_that_question_in_the_beginning_the_old_address_is_written_to(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: begun whatever happened since the look."""
    monkeypatch.setattr(handing, "AS_SEEN", "id = %s AND %s <> ''")
    sink = correct_while_it_is_worded(house, monkeypatch)
    assert [parcel.to for parcel in sink.parcels] == ["marie@example.test"]


def test_a_message_withdrawn_between_the_look_and_the_beginning_does_not_leave(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = book(house)
    sound = sending.worded

    def cancels_meanwhile(group: Any, **rest: Any) -> Any:
        booking.cancel(appointment=visit, reason="patient", by=house.user, now=NOW)
        return sound(group, **rest)

    monkeypatch.setattr(sending, "worded", cancels_meanwhile)
    assert send().parcels == []
    assert states() == {
        "booked": "cancelled cancelled",
        "reminder": "cancelled cancelled",
        "eve": "cancelled cancelled",
    }


def test_two_senders_never_send_one_message(house: House) -> None:
    book(house)
    sink = Sink()
    one, other = dispatcher(sink, name="one"), dispatcher(sink, name="other")
    one.run()
    other.run()
    assert len(sink.parcels) == 1


@pytest.mark.parametrize("patients", [1, 3])
def test_a_parcel_costs_the_same_queries_however_many_there_are(
    house: House, patients: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(patients):
        book(
            house, f"2026-03-12 1{number}:00",
            patient=make_patient(email=f"p{number}@example.test"),
        )  # fmt: skip
    at_work = dispatcher(Sink())
    with django_assert_max_num_queries(16 + 9 * patients):
        assert at_work.run() == patients
