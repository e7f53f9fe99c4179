"""The sender over a real connection to a server that fails in every way, and comes back."""

import datetime as dt
import os
from collections.abc import Iterator
from typing import Any

import pytest

from clinic import booking
from clinic import settings as defaults
from clinic.messages.sending import Dispatcher
from clinic.models import Message
from clinic.outbox.leasing import Sender
from tests.clinic.messages.smtp_server import Script, serving
from tests.clinic.messages.test_smtp import configure
from tests.dispatching import book
from tests.factories import NOW, House, at, make_patient

pytestmark = pytest.mark.django_db

ANSWERS = {
    "busy450": ("rcpt", "450 mailbox busy"),
    "busy451": ("data", "451 try again later"),
    "busy452": ("rcpt", "452 out of storage"),
    "gone550": ("rcpt", "550 no such user"),
    "spam554": ("data", "554 refused"),
    "drop": ("data", "drop"),
    "hang": ("data", "hang"),
    "close421": ("rcpt", "421 closing"),
}
HANG = float(os.environ.get("HANG", "3"))  # seconds
LONGEST_WAIT = 60.0
WAITS = {"busy450", "busy451", "busy452", "close421"}
DOUBTS = {"drop", "hang"}


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def server(script: Script, settings: Any) -> Iterator[Script]:
    with serving(script) as (host, port):
        configure(settings, host, port)
        yield script


def due(house: House, *names: str) -> None:
    """A confirmation for each of these patients, at one of the house's hours."""
    clocks = [f"{h:02}:{m}" for h in (9, 10, 11, 14, 15, 16, 17) for m in ("00", "30")]
    starts = [f"2026-03-{day} {clock}" for day in (12, 13) for clock in clocks]
    for name, start in zip(names, starts, strict=False):
        book(house, start, patient=make_patient(email=f"{name}@example.test", phone=""))


def send(now: dt.datetime = NOW, **options: Any) -> Dispatcher:
    at_work = Dispatcher(Sender("one", **{"late_a_minute": None} | options), lambda: now)
    at_work.run()
    return at_work


def became() -> dict[str, str]:
    rows = Message.objects.filter(kind="booked").select_related("patient")
    return {m.patient.email.partition("@")[0]: f"{m.status} {m.reason}".strip() for m in rows}


def test_one_bad_recipient_after_the_other_stops_nobody(
    house: House, script: Script, server: Script
) -> None:
    for name, (where, answer) in ANSWERS.items():
        getattr(script, where)[name] = answer
    due(house, *(each for name in ANSWERS for each in (name, f"after-{name}")))
    send()
    found = became()
    assert {name for name in found if name.startswith("after")} == {
        name for name, what in found.items() if what == "accepted"
    }
    for name in ANSWERS:
        ends = "retry" if name in WAITS else "doubtful" if name in DOUBTS else "failed refused"
        assert found[name] == ends, name
    failed = Message.objects.filter(status="failed")
    assert {m.answer[:3] for m in failed} == {"550", "554"}
    assert all(m.settled_at == NOW for m in failed)  # on the desk's list the same minute


def test_what_a_slow_server_took_is_not_sent_at_every_try(
    house: House, script: Script, server: Script
) -> None:
    """It answers after we gave up waiting, each time: the patient would have it eight times."""
    script.data["hang"] = "hang"
    due(house, "hang")
    for hour in range(8):
        send(NOW + dt.timedelta(hours=hour))
    assert script.asked["hang"] == 1
    assert became() == {"hang": "doubtful"}
    assert Message.objects.get(kind="booked").answer.startswith("SMTPServerDisconnected")


def test_a_server_that_hangs_holds_up_nobody_for_longer_than_it_is_waited_for(
    house: House, script: Script, server: Script, settings: Any
) -> None:
    """`HANG=60 make test ARGS=…`: a whole minute, with the product's own time limits."""
    if HANG >= LONGEST_WAIT:
        settings.EMAIL_TIMEOUT = defaults.EMAIL_TIMEOUT
        settings.EMAIL_ANSWER_TIMEOUT = defaults.EMAIL_ANSWER_TIMEOUT
    script.pause, script.data["hang"], script.rcpt["slow"] = HANG, "hang", "slow"
    due(house, "hang", "one", "slow", "two")
    send()
    # Whoever waits until the server comes round finds two more that were taken.
    assert became() == {"hang": "doubtful", "one": "accepted", "slow": "retry", "two": "accepted"}


def test_without_the_doubt_it_is(
    house: House, script: Script, server: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: whatever is not answered is tried again."""
    monkeypatch.setattr("clinic.messages.smtp.Smtp._is_in_doubt", lambda self: False)
    script.data["hang"] = "hang"
    due(house, "hang")
    for hour in range(3):
        send(NOW + dt.timedelta(hours=hour))
    assert script.asked["hang"] == 3


def test_without_a_way_to_tell_a_refusal_the_rest_would_not_go(
    house: House, script: Script, server: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: whoever lets an error through stops at the first bad recipient."""
    script.rcpt["gone550"] = "550 no such user"
    due(house, "gone550", "after")

    def through(self: Any, ready: Any) -> None:
        self.transport.send(ready.parcel)

    monkeypatch.setattr("clinic.messages.sending.Batch._hand_over", through)
    with pytest.raises(Exception, match="550"):
        send()
    assert script.taken == []


def test_after_six_hours_without_a_provider_only_what_is_of_use_goes_in_order_and_at_a_pace(
    house: House, settings: Any, script: Script
) -> None:
    early = book(house, "2026-03-02 10:00", patient=make_patient(email="over@example.test"))
    for number, start in enumerate(("2026-03-04 09:00", "2026-03-03 09:00", "2026-03-03 16:00")):
        book(house, start, patient=make_patient(email=f"p{number}@example.test", phone=""))
    several = make_patient(email="several@example.test", phone="")
    for start in ("2026-03-05 09:00", "2026-03-06 09:00"):
        book(house, start, patient=several)
    configure(settings, "127.0.0.1", 9)  # nobody listens there
    for minutes in (0, 5, 20, 50):
        send(NOW + dt.timedelta(minutes=minutes))
    assert set(became().values()) == {"retry"}
    back = NOW + dt.timedelta(hours=6)
    assert early.starts_at < back
    with serving(script) as (host, port):
        configure(settings, host, port)
        Message.objects.filter(status="retry").update(next_try_at=back)
        send(back, late_a_minute=2)
        first = [to for to, _letter in script.taken]
        send(back + dt.timedelta(seconds=30), late_a_minute=2)
        assert [to for to, _letter in script.taken] == first
        for minute in range(1, 5):
            send(back + dt.timedelta(minutes=minute, seconds=1), late_a_minute=2)
    assert [to.partition("@")[0] for to, _letter in script.taken] == ["p1", "p2", "p0", "several"]
    assert became()["over"] == "cancelled past"
    assert Message.objects.filter(merged_into__isnull=False).count() == 1


def test_a_cancellation_while_the_provider_is_away_is_all_that_is_said(
    house: House, settings: Any, script: Script
) -> None:
    visit = book(house, patient=make_patient(email="a@example.test", phone=""))
    configure(settings, "127.0.0.1", 9)
    send()
    booking.cancel(appointment=visit, reason="patient", by=house.user, now=NOW)
    with serving(script) as (host, port):
        configure(settings, host, port)
        send(at("2026-03-02 12:00"))
    assert script.taken == []  # nothing was ever told: there is nothing to take back
