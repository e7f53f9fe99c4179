"""A provider that takes all and answers nothing: few are in doubt, and nobody else waits."""

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from clinic.messages import sending
from clinic.messages.channels import InDoubt, Parcel
from clinic.messages.sending import Dispatcher
from clinic.models import Message
from clinic.outbox.leasing import Sender
from tests.dispatching import Sink, book
from tests.factories import NOW, House, make_patient

MINUTE = dt.timedelta(minutes=1)
HERE = {"email": "letters", "sms": "texts"}


class TwoChannels:
    """Letters are never answered; texts go."""

    def __init__(self, seconds: float = 0) -> None:
        self.seconds, self.letters, self.texts = seconds, Sink(before=self.silence), Sink()

    def silence(self, parcel: Parcel) -> None:
        time.sleep(self.seconds)
        raise InDoubt("no answer")

    @contextmanager
    def open(self, channel: str) -> Iterator[Sink]:
        yield getattr(self, HERE[channel])


@pytest.fixture
def crowd(house: House) -> None:
    """Twelve letters, and a text for the visit that comes last."""
    for n, hour in enumerate([9, 10, 11, 14, 15, 16] * 2):
        patient = make_patient(f"P{n:02}", email=f"p{n}@example.test", phone="")
        book(house, f"2026-03-{10 + n // 6} {hour:02}:00", patient=patient)
    book(house, "2026-03-19 10:00", patient=make_patient("T", email="", phone="+33639980004"))


def run(provider: TwoChannels, now: dt.datetime, at_work: Dispatcher | None = None) -> Dispatcher:
    at_work = at_work or Dispatcher(Sender("a", late_a_minute=None), lambda: now, provider.open)
    at_work.clock = lambda: now
    at_work.run()
    return at_work


def doubtful() -> int:
    return Message.objects.filter(status="doubtful").count()


def test_after_three_silences_the_rest_waits_and_the_texts_go(house: House, crowd: None) -> None:
    provider = TwoChannels()
    run(provider, NOW)
    assert doubtful() == sending.SILENCES
    assert Message.objects.filter(kind="booked", status="retry").count() == 12 - sending.SILENCES
    assert len(provider.texts.parcels) == 1


def test_the_next_batch_does_not_try_until_the_pause_is_over(house: House, crowd: None) -> None:
    provider = TwoChannels()
    at_work = run(provider, NOW)
    Message.objects.filter(status="retry").update(next_try_at=NOW)
    run(provider, NOW + MINUTE, at_work)
    assert doubtful() == sending.SILENCES
    run(provider, NOW + 6 * MINUTE, at_work)
    assert doubtful() == 2 * sending.SILENCES


def test_a_slow_silence_takes_no_more_than_its_share_of_the_lease(
    house: House, crowd: None
) -> None:
    """Of a lease of 2 seconds each channel has half a second: one silence of 0.6, and it waits."""
    provider = TwoChannels(0.6)
    sender = Sender("a", dt.timedelta(seconds=2), late_a_minute=None)
    run(provider, NOW, Dispatcher(sender, lambda: NOW, provider.open))
    assert doubtful() == 1
    assert len(provider.texts.parcels) == 1
    assert not Message.objects.filter(kind="booked", status="due").exists()
