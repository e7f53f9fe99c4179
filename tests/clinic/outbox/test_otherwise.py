"""A wish that changes moves what waits; no message is lost between two channels."""

import pytest

from clinic import registration
from clinic.models import Message, Role, StaffMember
from clinic.outbox.again import again
from patients import contacts
from tests.dispatching import book, send
from tests.factories import NOW, House, at, make_patient

pytestmark = pytest.mark.django_db
DUE = at("2026-03-09 10:00")


@pytest.fixture
def house() -> House:
    house = House()
    house.clinic.sends_texts = True
    house.clinic.save()
    house.patient = make_patient(email="marie@example.test", phone="+33639980001")
    return house


def prefer(house: House, channel: str) -> None:
    house.patient.refresh_from_db()
    by = StaffMember(user=house.user, clinic=house.clinic, role=Role.RECEPTION)
    saved = registration.update(
        patient=house.patient, fields={"preferred_channel": channel},
        version=house.patient.version, by=by, now=NOW,
    )  # fmt: skip
    assert not isinstance(saved, registration.Stale)


def waiting() -> set[tuple[str, str]]:
    rows = Message.objects.filter(status__in=Message.WAITING)
    return set(rows.values_list("kind", "channel"))


def sent() -> list[tuple[str, str]]:
    return [(one.message.kind, one.to) for one in send(DUE).parcels]


def test_what_waits_follows_the_wish_in_its_time(house: House) -> None:
    book(house)
    send()
    before = dict(Message.objects.filter(kind="eve").values_list("channel", "next_try_at"))
    prefer(house, "sms")
    assert waiting() == {("reminder", "sms"), ("eve", "sms")}
    after = Message.objects.get(kind="eve", channel="sms")
    assert after.next_try_at == before["email"]
    assert sent() == [("reminder", "+33639980001")]


def test_there_and_back_again_it_is_said_once(house: House) -> None:
    book(house)
    send()
    for channel in ("sms", "email", "sms", "email"):
        prefer(house, channel)
    assert waiting() == {("reminder", "email"), ("eve", "email")}
    assert sent() == [("reminder", "marie@example.test")]
    assert Message.objects.filter(kind="reminder").count() == 2


def test_a_wish_that_cannot_be_met_is_told_by_the_other(house: House) -> None:
    book(house)
    send()
    prefer(house, "sms")
    contacts.mark_unusable(
        patient=house.patient, channel="sms", address="+33639980001", answer="no", now=NOW
    )
    assert sent() == [("reminder", "marie@example.test")]


def test_a_wish_without_an_address_moves_nothing(house: House) -> None:
    house.patient.phone = ""
    house.patient.save()
    book(house)
    prefer(house, "sms")
    assert {channel for _kind, channel in waiting()} == {"email"}


def test_no_wish_moves_nothing(house: House) -> None:
    book(house)
    prefer(house, "sms")
    moved = waiting()
    prefer(house, "")
    assert waiting() == moved


def test_what_the_desk_sent_by_hand_stays(house: House) -> None:
    book(house)
    send()
    done = Message.objects.get(kind="booked")
    made = again(message=done, by=house.user, now=NOW)
    assert isinstance(made, Message)
    prefer(house, "sms")
    made.refresh_from_db()
    assert (made.status, made.channel) == ("due", "email")


def test_nothing_of_somebody_else_moves(house: House) -> None:
    other = make_patient("Autre", email="autre@example.test", phone="+33639980002")
    book(house, patient=other)
    prefer(house, "sms")
    assert {channel for _kind, channel in waiting()} == {"email"}
