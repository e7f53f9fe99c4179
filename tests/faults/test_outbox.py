"""Senders that race, and senders that are killed: nothing twice, nothing lost, one in doubt."""

import datetime as dt
import itertools
import os
import random
import time
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection

from clinic import booking
from clinic.messages.channels import Parcel
from clinic.models import Appointment, Kind, Message
from clinic.outbox import leasing
from tests.faults import outboxes
from tests.faults.conftest import Report
from tests.faults.outboxes import Outbox, Paper, sender, written
from tests.faults.processes import Body, children, errors, together

pytestmark = pytest.mark.usefixtures("own_database")

# The whole of it (10,000 and 300) takes minutes: `OUTBOX=10000 KILLS=300 make test ARGS=...`.
MESSAGES = int(os.environ.get("OUTBOX", "1000"))
KILLS = int(os.environ.get("KILLS", "40"))
SENDERS = 5
SHORT_LEASE = 1.0  # seconds: so long a dead sender's messages wait for the others


def statuses() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status, COUNT(*) FROM clinic_message GROUP BY status")
        return dict(cursor.fetchall())


def test_five_senders_send_each_message_once(report: Report, tmp_path: Path) -> None:
    outbox, paper = Outbox.of(MESSAGES), Paper(tmp_path / "sent")
    answers = together([sender(outbox, paper, f"sender-{n}") for n in range(SENDERS)])
    assert errors(answers) == []
    sent = written(paper.path)
    assert len(sent) == MESSAGES
    assert set(sent.values()) == {1}
    assert statuses() == {"accepted": MESSAGES}
    assert sum(1 for answer in answers if answer.value) > 1
    took = max(answer.seconds for answer in answers)
    report(messages=MESSAGES, senders=SENDERS, twice=0, lost=0, a_second=round(MESSAGES / took))


def test_without_the_lease_some_are_sent_twice(tmp_path: Path) -> None:
    """The control: who sends all that is due without claiming it sends it beside the others."""
    outbox, paper = Outbox.of(100), Paper(tmp_path / "sent", before=lambda _: time.sleep(0.005))
    works = [sender(outbox, paper, f"sender-{n}") for n in range(SENDERS)]
    together(works, sabotage=outboxes.no_leases)
    assert max(written(paper.path).values()) > 1


def test_killed_senders_lose_nothing_and_leave_at_most_one_in_doubt_each(
    report: Report, tmp_path: Path
) -> None:
    outbox, paper = Outbox.of(MESSAGES), Paper(tmp_path / "sent")
    kills = killed(outbox, paper)
    time.sleep(SHORT_LEASE)
    assert errors(together([sender(outbox, paper, f"last-{n}") for n in range(SENDERS)])) == []
    leasing.recover(now=outbox.clock())
    sent, found = written(paper.path), statuses()
    doubtful = found.get("doubtful", 0)
    assert found.get("accepted", 0) + doubtful == MESSAGES
    assert doubtful <= kills
    accepted = Message.objects.filter(status="accepted").values_list("public_id", flat=True)
    lost = [public_id for public_id in accepted if sent[public_id] == 0]
    assert lost == []
    assert max(sent.values()) == 1
    report(messages=MESSAGES, kills=kills, lost=0, twice=0, in_doubt=doubtful)


def killed(outbox: Outbox, paper: Paper) -> int:
    """Two senders at a time, killed at a moment left to chance, until so many are dead."""
    kills, numbers = 0, itertools.count()
    slow = Paper(paper.path, after=lambda _: time.sleep(0.001))
    while kills < KILLS:
        bodies = [
            Body(sender(outbox, slow, f"killed-{next(numbers)}", lease=SHORT_LEASE, batch=20))
            for _ in range(2)
        ]
        with children(bodies) as started:
            time.sleep(random.uniform(0.02, 0.2))
            for child in started:
                child.kill()
        kills += len(bodies)
    return kills


def test_who_marks_before_sending_loses_some(tmp_path: Path) -> None:
    """The control: marked as sent first, a kill in between loses the message for good."""
    outbox = Outbox.of(40)
    paper = Paper(tmp_path / "sent", before=lambda _: os.kill(os.getpid(), 9))
    with children(
        [Body(sender(outbox, paper, "dies"), sabotage=outboxes.mark_before_sending)]
    ) as started:
        list(started[0].answers())
    sent = written(paper.path)
    accepted = Message.objects.filter(status="accepted").values_list("public_id", flat=True)
    assert [public_id for public_id in accepted if sent[public_id] == 0]


def test_a_sender_that_slept_past_its_lease_sends_nothing_of_it(tmp_path: Path) -> None:
    """Stopped in the middle of its batch; the others go on; it wakes up and finds nothing left."""
    outbox = Outbox.of(20)
    asleep = tmp_path / "asleep"

    def sleeps(parcel: Parcel) -> None:
        asleep.touch()
        time.sleep(SHORT_LEASE * 3)

    paper = Paper(tmp_path / "sent")
    sleeper = Paper(paper.path, before=sleeps)
    with children([Body(sender(outbox, sleeper, "sleeper", lease=SHORT_LEASE))]) as started:
        while not asleep.exists():
            time.sleep(0.01)
        time.sleep(SHORT_LEASE * 1.2)
        (other,) = together([sender(outbox, paper, "other")])
        (slept,) = list(started[0].answers())
    assert (other.error, slept.error) == ("", "")
    assert max(written(paper.path).values()) == 1
    assert statuses() == {"accepted": 19, "doubtful": 1}


# --- Moved or cancelled while it is on its way ---------------------------------------------------

INTERLEAVINGS = int(os.environ.get("INTERLEAVINGS", "200"))


def test_what_was_moved_or_cancelled_meanwhile_is_not_said(report: Report, tmp_path: Path) -> None:
    """A third of the visits are cancelled and a third moved while five senders work. What left
    before is followed by word of it, what had not left does not leave."""
    outbox, paper = Outbox.of(INTERLEAVINGS, kind=Kind.BOOKED), Paper(tmp_path / "sent")
    visits = list(Appointment.objects.order_by("?"))
    third = len(visits) // 3
    gone, moving = visits[:third], visits[third : 2 * third]
    places = outbox.places(len(moving))
    changes = [
        lambda: [cancel(visit, outbox) for visit in gone],
        lambda: [move(*each, outbox) for each in zip(moving, places, strict=True)],
    ]
    senders = [sender(outbox, paper, f"s-{n}", batch=5) for n in range(SENDERS)]
    answers = together([*changes, *senders])
    assert errors(answers) == []
    assert [set(answer.value) for answer in answers[:2]] == [{"Cancelled"}, {"Moved"}]
    assert errors(together([sender(outbox, paper, "last")])) == []
    sent = written(paper.path)
    said = [followed(visit, "cancelled", visit, sent) for visit in gone]
    moved = [followed(visit, "moved", visit.replaced_by, sent) for visit in moving]
    assert len(sent) == INTERLEAVINGS + sum(said) - (len(said) - sum(said)) + sum(moved)
    report(
        cancelled=len(gone), taken_back=sum(said), moved=len(moving), told_anew=sum(moved), wrong=0
    )


def followed(visit: Appointment, kind: str, told_of: Appointment, sent: Counter[str]) -> bool:
    """Whether the first word had left. Then the change follows it, and else neither is said."""
    (first,) = Message.objects.filter(appointment=visit, kind="booked")
    news = Message.objects.filter(appointment=told_of, kind=kind).first()
    had_left = sent[first.public_id] == 1
    assert (first.status == "accepted", news is not None) == (had_left, had_left)
    assert news is None or sent[news.public_id] == 1
    return had_left


def move(visit: Appointment, starts_at: dt.datetime, outbox: Outbox) -> str:
    answer = booking.move(
        appointment=visit, starts_at=starts_at, by=outbox.user, now=outbox.clock()
    )
    return type(answer).__name__


def cancel(visit: Appointment, outbox: Outbox) -> str:
    answer = booking.cancel(appointment=visit, reason="patient", by=outbox.user, now=outbox.clock())
    return type(answer).__name__


def test_without_the_last_look_a_cancelled_visit_is_announced(tmp_path: Path) -> None:
    """The control: claimed, then cancelled behind the outbox's back, then sent without a look."""
    outbox, paper = Outbox.of(5), Paper(tmp_path / "sent")
    Appointment.objects.update(status="cancelled", cancellation_reason="patient")
    (answer,) = together([sender(outbox, paper, "blind")], sabotage=outboxes.no_last_look)
    assert answer.error == ""
    assert len(written(paper.path)) == 5
