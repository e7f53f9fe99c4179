"""What providers answer: a refusal is for good, anything else is tried again, nobody waits."""

import datetime as dt
from typing import Any

import pytest

from clinic.messages import sending
from clinic.messages.channels import Parcel, Refused, TryLater
from clinic.models import Message
from patients.models import Patient, UnusableAddress
from tests.dispatching import Sink, book, dispatcher, message, send, states
from tests.factories import NOW, House, at, make_patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    house = House()
    house.patient = make_patient(email="marie@example.test", phone="+33639980001")
    return house


def answering(error: Exception) -> Sink:
    def raises(parcel: Parcel) -> None:
        if parcel.message.channel == "email":
            raise error

    return Sink(raises)


def test_a_refused_address_is_noted_and_the_other_channel_tried(house: House) -> None:
    book(house)
    sink = send(sink=answering(Refused("550 no such user", is_address=True)))
    assert [parcel.to for parcel in sink.parcels] == ["+33639980001"]
    refused = message("booked", channel="email")
    assert (refused.status, refused.reason, refused.answer) == (
        "failed", "refused", "550 no such user",
    )  # fmt: skip
    assert UnusableAddress.objects.get().address == "marie@example.test"
    # The next one goes by the channel that works, without another try.
    sink = send(at("2026-03-09 10:00"))
    assert [parcel.to for parcel in sink.parcels] == ["+33639980001"]


def test_a_corrected_address_is_tried_again(house: House) -> None:
    book(house)
    send(sink=answering(Refused("550")))
    Patient.objects.filter(pk=house.patient.pk).update(email="marie.dupont@example.test")
    sink = send(at("2026-03-09 10:00"))
    assert [parcel.to for parcel in sink.parcels] == ["marie.dupont@example.test"]


def test_a_provider_that_is_away_is_asked_again_later_and_later(house: House) -> None:
    book(house)
    now, waits = NOW, []
    for _ in range(4):
        send(now, sink=answering(TryLater("421 busy")))
        waiting = message("booked")
        assert (waiting.status, waiting.answer) == ("retry", "421 busy")
        waits.append(waiting.next_try_at - now)
        now = waiting.next_try_at
    assert [wait.total_seconds() / 60 for wait in waits] == [5, 15, 30, 60]
    assert len(send(now).parcels) == 1


def test_it_is_given_up_when_it_is_of_no_more_use(house: House) -> None:
    book(house)
    Message.objects.filter(kind="booked").update(useful_until=NOW + dt.timedelta(minutes=4))
    send(sink=answering(TryLater("421 busy")))
    told = Message.objects.filter(kind="booked").values_list("channel", "status", "reason")
    assert set(told) == {("email", "failed", "gave-up"), ("sms", "accepted", "")}


def test_a_provider_that_is_away_for_two_days_is_waited_for(house: House) -> None:
    """The visit is 45 days ahead: its confirmation is of use all that time (R5)."""
    house.patient = make_patient(email="ann@example.test", phone="")
    book(house, "2026-04-16 10:00")
    away = answering(TryLater("down"))
    for hours in range(47):
        send(NOW + dt.timedelta(hours=hours), sink=away)
    assert states()["booked"] == "retry"
    send(NOW + dt.timedelta(hours=56), sink=Sink())
    assert states()["booked"] == "accepted"


def test_past_two_days_of_tries_it_is_given_up(house: House) -> None:
    """Two days in which something may be sent: nights count for nothing."""
    house.patient = make_patient(email="ann@example.test", phone="")
    book(house, "2026-04-16 10:00")
    for hours in range(72):
        send(NOW + dt.timedelta(hours=hours), sink=answering(TryLater("down")))
    assert states()["booked"] == "retry"
    for hours in range(72, 110):
        send(NOW + dt.timedelta(hours=hours), sink=answering(TryLater("down")))
    assert states()["booked"] == "failed gave-up"


def test_what_waited_long_for_a_sender_of_ours_is_not_given_up_at_the_first_answer(
    house: House,
) -> None:
    house.patient = make_patient(email="ann@example.test", phone="")
    book(house, "2026-03-12 10:00")
    send(at("2026-03-04 09:00"), sink=answering(TryLater("451 greylisted")))
    assert states()["booked"] == "retry"
    assert len(send(at("2026-03-04 09:05")).parcels) == 1


def test_a_bare_refusal_marks_the_address_when_it_is_said_again_another_day(house: House) -> None:
    """A server without enhanced status says 550 of a sender that it blocks, too."""
    house.patient = make_patient(email="ann@example.test", phone="")
    book(house)
    bare = answering(Refused("550 no such user", may_be_address=True))
    send(sink=bare)
    assert states()["booked"] == "failed refused"
    assert not UnusableAddress.objects.exists()
    send(at("2026-03-09 10:00"), sink=bare)
    assert UnusableAddress.objects.get().address == "ann@example.test"


def test_a_refusal_that_is_not_about_the_address_leaves_it_alone(house: House) -> None:
    """Our server stands on a blocklist for an hour: everybody's next reminder still goes."""
    house.patient = make_patient(email="ann@example.test", phone="")
    book(house)
    send(sink=answering(Refused("554 5.7.1 client host blocked")))
    assert states()["booked"] == "failed refused"
    assert not UnusableAddress.objects.exists()
    assert len(send(at("2026-03-09 10:00")).parcels) == 1


def test_a_transport_that_breaks_holds_up_nobody(house: House) -> None:
    for number, name in enumerate(("ann", "bob", "cid")):
        patient = make_patient(email=f"{name}@example.test", phone="")
        book(house, f"2026-03-12 1{number}:00", patient=patient)

    def full(parcel: Parcel) -> None:
        if parcel.to.startswith("bob"):
            raise OSError("no space left on device")

    sink = send(sink=Sink(full))
    assert [parcel.to[:3] for parcel in sink.parcels] == ["ann", "cid"]
    told = Message.objects.filter(kind="booked").order_by("pk").values_list("status", "answer")
    assert list(told) == [("accepted", ""), ("doubtful", "OSError"), ("accepted", "")]


def test_a_sender_beats_before_each_parcel(house: House) -> None:
    """A batch over a slow server outlasts what may pass between two signs of life."""
    for number in range(3):
        book(house, f"2026-03-12 1{number}:00", patient=make_patient(email=f"p{number}@a.test"))
    at_work, beats = dispatcher(Sink()), []
    at_work.beat = lambda: beats.append(1)
    at_work.run()
    assert len(beats) == 3


def test_one_bad_recipient_stops_nobody(house: House) -> None:
    for number in range(3):
        book(
            house,
            f"2026-03-12 1{number}:00",
            patient=make_patient(email=f"p{number}@example.test", phone=""),
        )

    def refuses_the_second(parcel: Parcel) -> None:
        if parcel.to == "p1@example.test":
            raise Refused("550")

    sink = send(sink=Sink(refuses_the_second))
    assert [parcel.to for parcel in sink.parcels] == ["p0@example.test", "p2@example.test"]


def test_what_cannot_be_worded_is_put_aside(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    book(house, patient=make_patient("Poison", email="a@example.test"))
    book(house, "2026-03-12 11:00")
    sound = sending.worded

    def fails(group: Any, **rest: Any) -> Any:
        if group[0].patient.family_name == "Poison":
            raise ZeroDivisionError
        return sound(group, **rest)

    monkeypatch.setattr(sending, "worded", fails)
    assert [parcel.to for parcel in send().parcels] == ["marie@example.test"]
    assert Message.objects.get(kind="booked", status="failed").reason == "wording"
