"""What is asked last, and what a slow or broken provider may not cost: each seen to be needed."""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction

from clinic.messages import sending
from clinic.messages.channels import Parcel
from clinic.messages.sending import Dispatcher
from clinic.models import Message
from clinic.outbox import handing, leasing
from clinic.outbox.leasing import LEASE, Sender
from patients import contacts
from patients.models import Patient, Series, TreatmentSession
from tests.dispatching import Sink, book, dispatcher, message, send, states
from tests.factories import NOW, House, at, make_patient
from tests.telling import make_message

MINUTE = dt.timedelta(minutes=1)
EMAIL, NUMBER, NEW_NUMBER = "marie@example.test", "+33639981234", "+33639980077"
Change = Callable[[House], object]


# --- What moves between the look and the hand-over -----------------------------------------------


def a_recall(house: House) -> Message:
    """Due now, by e-mail, of the second session of a series; nothing else is to be said."""
    series = house.book_series(through=1).series
    Message.objects.update(status="cancelled", settled_at=NOW)
    contacts.agree(
        patient=house.patient, purpose="recall", channel="email", is_given=True, how="desk",
        by=house.user, now=NOW,
    )  # fmt: skip
    step = house.protocol.steps.get(number=2)
    session = TreatmentSession.objects.create(series=series, step=step, number=2)
    return make_message(session, "recall", clinic=house.clinic)


def change_patient(**fields: str) -> Change:
    return lambda house: Patient.objects.filter(pk=house.patient.pk).update(**fields)


def bounce(house: House) -> None:
    """Another sender's letter to this address came back."""
    contacts.mark_unusable(
        patient=house.patient, channel="email", address=EMAIL, answer="5.1.1", now=NOW
    )


def by_text(house: House) -> None:
    house.patient.preferred_channel = "sms"
    house.patient.save()
    book(house)


def book_session(house: House) -> None:
    """Behind the outbox's back, so that nothing but the last look can see it."""
    TreatmentSession.objects.filter(series__patient=house.patient, number=2).update(
        status="scheduled"
    )


def sent_when_it_moves(
    house: House, change: Change, monkeypatch: pytest.MonkeyPatch
) -> tuple[Sink, int]:
    """All that leaves when the world changes once it was looked at; how often it was worded."""
    sound, worded = sending.worded, []

    def changes_meanwhile(group: Any, **rest: Any) -> Any:
        if not worded:
            change(house)
        worded.append(group)
        return sound(group, **rest)

    monkeypatch.setattr(sending, "worded", changes_meanwhile)
    return send(), len(worded)


@pytest.mark.parametrize(
    ("plan", "change", "sent"),
    [
        (by_text, change_patient(phone=NEW_NUMBER), [(NEW_NUMBER, "fr")]),
        (book, change_patient(language="en"), [(EMAIL, "en")]),
        (book, bounce, [(NUMBER, "fr")]),
        (a_recall, book_session, []),
    ],
    ids=["phone", "language", "unusable address", "session"],
)
def test_what_moves_between_the_look_and_the_hand_over_still_counts(
    house: House, monkeypatch: pytest.MonkeyPatch, plan: Change, change: Change, sent: list
) -> None:
    """Each is a column of its own in the question that begins a message: without it, the message
    leaves as it was looked at."""
    plan(house)
    sink, _worded = sent_when_it_moves(house, change, monkeypatch)
    assert [(parcel.to, parcel.worded.language) for parcel in sink.parcels] == sent


def test_a_wish_of_channel_that_moves_has_it_looked_at_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is begun is not moved by a wish: so the second look shows in the wording alone."""
    book(house)
    _sink, worded = sent_when_it_moves(house, change_patient(preferred_channel="sms"), monkeypatch)
    assert worded == 2


@pytest.mark.parametrize("plan", [book, by_text, a_recall])
def test_where_nothing_moves_it_is_worded_once(
    house: House, monkeypatch: pytest.MonkeyPatch, plan: Change
) -> None:
    """The control: what each of these sends when it is left alone."""
    plan(house)
    sink, worded = sent_when_it_moves(house, lambda _house: None, monkeypatch)
    expected = NUMBER if plan is by_text else EMAIL
    assert [(parcel.to, parcel.worded.language) for parcel in sink.parcels] == [(expected, "fr")]
    assert worded == 1


def begin(sender: Sender, key: int, now: dt.datetime) -> bool:
    with transaction.atomic():
        return handing.begin(sender, handing.how_it_stands(sender, [key]), now=now)


def test_what_was_begun_once_is_not_begun_again(house: House) -> None:
    """It is still this sender's, and nothing moved; but it may have been sent already."""
    book(house)
    sender = Sender("one")
    (claimed,) = leasing.claim(sender, limit=1, now=NOW)
    assert begin(sender, claimed.pk, NOW)
    assert not begin(sender, claimed.pk, NOW + MINUTE)
    claimed.refresh_from_db()
    assert (claimed.begun_at, claimed.attempts) == (NOW, 1)


# --- The last look at a recall -------------------------------------------------------------------


def do_session(house: House) -> None:
    TreatmentSession.objects.filter(series__patient=house.patient, number=2).update(
        status="completed", done_on=NOW.date()
    )


def stop_series(house: House) -> None:
    Series.objects.filter(patient=house.patient).update(
        status="revoked", closed_at=NOW, closed_by=house.user
    )


@pytest.mark.parametrize("change", [book_session, do_session, stop_series])
def test_a_recall_that_is_no_longer_so_is_not_sent(house: House, change: Change) -> None:
    """Nobody planned anew since: the last look is all that stands before the patient."""
    a_recall(house)
    change(house)
    assert send().parcels == []
    assert states()["recall"] == "cancelled not-needed"


# --- A slow provider, and one that is not there --------------------------------------------------


@dataclass
class SlowSink(Sink):
    """Needs 40 seconds for each parcel, on the database's clock and on the machine's."""

    handed: list[dt.timedelta] = field(default_factory=list)  # since the batch was claimed

    def send(self, parcel: Parcel) -> str:
        self.handed.append(self.gone)
        return super().send(parcel)

    @property
    def gone(self) -> dt.timedelta:
        return dt.timedelta(seconds=40) * len(self.parcels)

    def clock(self) -> dt.datetime:
        return NOW + self.gone


def book_some(house: House, count: int) -> None:
    for number in range(count):
        hour = at("2026-03-12 14:00") + number * 30 * MINUTE
        who = make_patient(email=f"p{number}@example.test")
        book(house, f"{hour:%Y-%m-%d %H:%M}", patient=who)


def confirmations() -> list[tuple[str, str]]:
    rows = Message.objects.filter(kind="booked").order_by("starts_at")
    return list(rows.values_list("status", "claimed_by"))


@pytest.fixture
def slow(house: House, monkeypatch: pytest.MonkeyPatch) -> SlowSink:
    """Six letters were due, and one batch of a slow sender is over."""
    book_some(house, 6)
    sink, machine = SlowSink(), time.monotonic
    with monkeypatch.context() as patched:
        patched.setattr(time, "monotonic", lambda: machine() + sink.gone.total_seconds())
        Dispatcher(Sender("slow"), sink.clock, sink.open).run()
    return sink


def test_a_slow_batch_begins_nothing_past_half_its_lease(slow: SlowSink) -> None:
    """What begins later may be answered when the lease is over, and is then in doubt."""
    assert slow.handed
    assert max(slow.handed) <= LEASE / 2
    assert len(slow.handed) < 6


def test_what_a_slow_batch_left_is_due_at_once(slow: SlowSink) -> None:
    left = 6 - len(slow.handed)
    assert confirmations()[-left:] == [("due", "")] * left
    other = Sink()
    dispatcher(other, slow.clock(), name="other").run()
    assert len(other.parcels) == left


def test_what_a_provider_that_is_not_there_left_is_due_at_once(house: House) -> None:
    book_some(house, 2)

    @contextmanager
    def closed(_channel: str) -> Iterator[Sink]:
        raise ConnectionRefusedError
        yield Sink()

    with suppress(ConnectionRefusedError):  # whoever catches it
        Dispatcher(Sender("a"), lambda: NOW, closed).run()
    assert confirmations() == [("due", "")] * 2


# --- A number's three a day ----------------------------------------------------------------------


def test_texts_in_flight_count_against_a_numbers_three(house: House) -> None:
    """A family with one telephone, and a sender for each: each begins while the provider of the
    one before has not answered yet."""
    for number in range(4):
        who = make_patient(email="", phone=NUMBER)
        book(house, f"2026-03-12 {9 + number:02}:00", patient=who)
    handed: list[str] = []

    def next_one(parcel: Parcel) -> None:
        assert message("booked", pk=parcel.message.pk).status == "claimed"
        handed.append(parcel.to)
        dispatcher(Sink(next_one), name=f"sender {len(handed)}").run(limit=1)

    dispatcher(Sink(next_one)).run(limit=1)
    assert handed == [NUMBER] * 3
    told = Message.objects.filter(kind="booked").order_by("pk").values_list("status", "reason")
    assert list(told) == [("accepted", "")] * 3 + [("failed", "budget")]
