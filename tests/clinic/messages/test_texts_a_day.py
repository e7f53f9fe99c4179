"""Text messages have an end each day: a number's three, and the clinic's budget."""

import datetime as dt
from typing import Any

import pytest

from clinic.messages import sending
from clinic.models import Clinic, Message
from tests.dispatching import Sink, book, send
from tests.factories import NOW, House, make_patient

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def house() -> House:
    return House()


def test_what_was_in_doubt_on_another_day_is_not_counted_today(house: House) -> None:
    patient = make_patient(email="", phone="+33639980005")
    for hour in ("09:00", "10:00", "11:00"):
        book(house, f"2026-03-12 {hour}", patient=patient)
    in_doubt = {"status": "doubtful", "sent_to": "+33639980005", "leased_until": None}
    told = Message.objects.filter(kind="booked")
    told.update(**in_doubt, doubted_at=NOW)
    book(house, "2026-03-12 14:00", patient=patient)
    assert send().parcels == []  # three today already
    told.filter(status="doubtful").update(doubted_at=NOW - DAY)
    book(house, "2026-03-12 15:00", patient=patient)
    assert len(send().parcels) == 1


def test_a_number_gets_three_texts_a_day(house: House) -> None:
    patient = make_patient(email="", phone="+33639980004")
    for hour in ("09:00", "10:00", "11:00", "14:00"):
        book(house, f"2026-03-12 {hour}", patient=patient)
        send()
    told = Message.objects.filter(kind="booked").order_by("pk").values_list("status", "reason")
    assert list(told) == [("accepted", "")] * 3 + [("failed", "budget")]


def test_two_clinics_share_a_numbers_three(house: House) -> None:
    patient = make_patient(email="", phone="+33639980004")
    for hour in ("09:00", "10:00", "11:00"):
        book(house, f"2026-03-12 {hour}", patient=patient)
        send()
    book(House(), "2026-03-13 10:00", patient=patient)
    assert send().parcels == []
    assert Message.objects.filter(status="failed", reason="budget").count() == 1


def texting(house: House, count: int) -> None:
    """So many patients, each with a confirmation to get by text message."""
    for number in range(count):
        phone = f"+3363998{number:04}"
        book(house, f"2026-03-12 {9 + number:02}:00", patient=make_patient(email="", phone=phone))


def test_a_batch_keeps_to_the_days_texts(house: House) -> None:
    """The last one's answer is not written down yet when the next one is looked at."""
    Clinic.objects.update(texts_a_day=2)
    texting(house, 3)
    assert len(send().parcels) == 2
    told = Message.objects.filter(kind="booked").order_by("pk").values_list("status", "reason")
    assert list(told) == [("accepted", "")] * 2 + [("failed", "budget")]


def another_takes_the_last_text(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> tuple[Sink, Message]:
    """Another sender begins one while this one words its own."""
    Clinic.objects.update(texts_a_day=1)
    texting(house, 2)
    first, second = Message.objects.filter(kind="booked").order_by("pk")
    sound = sending.worded

    def meanwhile(group: Any, **rest: Any) -> Any:
        mine = Message.objects.filter(pk=second.pk)
        mine.update(begun_at=NOW, claimed_by="other", sent_to=second.patient.phone)
        return sound(group, **rest)

    monkeypatch.setattr(sending, "worded", meanwhile)
    return send(), first


def test_two_senders_do_not_both_take_the_days_last_text(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink, first = another_takes_the_last_text(house, monkeypatch)
    assert sink.parcels == []
    first.refresh_from_db()
    assert (first.status, first.reason) == ("failed", "budget")


def test_without_the_second_count_they_do(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    monkeypatch.setattr(sending.Batch, "_leaves_texts", lambda *_, **__: True)
    sink, _first = another_takes_the_last_text(house, monkeypatch)
    assert len(sink.parcels) == 1
