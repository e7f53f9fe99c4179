"""Leases what is due, looks at it again, words it, hands it over and writes down the answer.

Nothing travels inside a transaction. Between two parcels there is one commit: the answer to the
last one and the beginning of the next. So a sender that is killed leaves at most one parcel in
doubt, and the others wait for somebody else.
"""

import datetime as dt
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from django.db import transaction

from clinic.line import in_line
from clinic.messages import looking
from clinic.messages.channels import (
    InDoubt,
    Parcel,
    Refused,
    Transport,
    TryLater,
    transport_for,
)
from clinic.messages.checking import Act, Verdict
from clinic.messages.looking import Looked, look_at
from clinic.messages.wording import Own, Worded, own_texts, worded
from clinic.models import Message, PatientLink
from clinic.outbox import handing, hours, leasing, links, otherwise, reasons
from clinic.outbox.handing import Sent
from clinic.outbox.leasing import Sender
from patients import contacts
from patients.models import Channel

logger = logging.getLogger(__name__)
Clock = Callable[[], dt.datetime]
BACK_OFF = tuple(dt.timedelta(minutes=minutes) for minutes in (5, 15, 30, 60, 120, 240, 480))
GIVE_UP_AFTER = dt.timedelta(hours=48)  # of tries; reliability R5; its use may be over before
REFUSED_AGAIN = dt.timedelta(days=1)  # our choice
SILENCES = 3  # so many left unanswered, and this channel waits
LONG_AGO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
LOOKS = 5  # what moves more often while it is looked at is left to the next batch


@dataclass
class Dispatcher:
    """One sender at work. `clock` is the database's; a test may bring its own."""

    sender: Sender
    clock: Clock = leasing.database_now
    open_transport: Callable[[str], AbstractContextManager[Transport]] = transport_for
    done: Counter[str] = field(default_factory=Counter)
    beat: Callable[[], object] = lambda: None  # before each parcel: it goes on
    silent_until: dict[str, dt.datetime] = field(default_factory=dict)  # by channel

    def run(self, *, limit: int = 100) -> int:
        """Send what is due now, one batch; how many messages were taken up."""
        claimed = leasing.claim(self.sender, limit=limit, now=self.clock())
        by_channel = {
            channel: mine
            for channel in Channel
            if (mine := [message for message in claimed if message.channel == channel])
        }
        # Half the lease, shared: a provider that is slow leaves the other channel its time.
        share = self.sender.lease.total_seconds() / 2 / max(1, len(by_channel))
        try:
            for channel, mine in by_channel.items():
                self._send_by(channel, list(parcels(mine)), time.monotonic() + share)
        finally:
            leasing.give_back(self.sender)
        return len(claimed)

    def _send_by(self, channel: str, groups: list[list[Message]], give_up_at: float) -> None:
        """All of one channel over one connection, until its time is over or nobody answers."""
        if self.clock() < self.silent_until.get(channel, LONG_AGO):
            return self._wait_for(channel, groups)
        messages = [message for group in groups for message in group]
        looked = look_at(self.sender, [message.pk for message in messages])
        own = own_texts({message.clinic for message in messages})
        with self.open_transport(channel) as transport:
            batch = Batch(self, transport, channel, looked, own)
            try:
                for n, group in enumerate(groups):
                    is_over = time.monotonic() > give_up_at
                    if batch.silences >= SILENCES or (is_over and batch.silences):
                        self.silent_until[channel] = self.clock() + BACK_OFF[0]
                        return self._wait_for(channel, groups[n:])
                    if is_over:
                        return None
                    self.beat()
                    batch.send(group)
            finally:
                batch.finish()
        return None

    def _wait_for(self, channel: str, groups: Sequence[Sequence[Message]]) -> None:
        """Nobody answers there: each more that is tried would be one more in doubt."""
        now = self.clock()
        for group in groups:
            self.put_off(group, f"no answer by {channel}", now=now)

    def put_off(self, group: Sequence[Message], answer: str, *, now: dt.datetime) -> None:
        """Later, as long as it is of use; then by the other channel, and the desk should know."""
        for message in group:
            wait = BACK_OFF[min(message.attempts, len(BACK_OFF) - 1)]
            until = hours.later(message.clinic, now + wait)
            if until <= message.useful_until and tried_for(message.attempts) <= GIVE_UP_AFTER:
                leasing.put_off(self.sender, [message.pk], until=until, answer=answer)
                self.done["retry"] += 1
                continue
            with in_line(), transaction.atomic():
                leasing.fail(
                    self.sender, [message.pk], reason=reasons.GAVE_UP, answer=answer, now=now
                )
                otherwise.say([message], now=now)
            self.done["failed"] += 1


def tried_for(attempts: int) -> dt.timedelta:
    """How long, nights apart, when it is tried once more: counted from the first try, so that what
    waited long for a sender of ours is not given up at once."""
    waits = [BACK_OFF[min(n, len(BACK_OFF) - 1)] for n in range(attempts + 1)]
    return sum(waits, dt.timedelta())


def parcels(messages: Iterable[Message]) -> Iterator[list[Message]]:
    """What leaves together, the earliest visits first."""
    found: dict[leasing.Parcel, list[Message]] = {}
    for message in messages:
        found.setdefault(leasing.parcel_of(message), []).append(message)
    yield from found.values()


@dataclass
class Batch:
    """One connection's worth. `last`: sent, and not written down yet."""

    dispatcher: Dispatcher
    transport: Transport
    channel: str
    looked: dict[int, Looked]
    own: Own  # the clinics' own wordings
    last: Sent | None = None
    silences: int = 0

    @property
    def sender(self) -> Sender:
        return self.dispatcher.sender

    def send(self, group: Sequence[Message]) -> None:
        """What moved since it was looked at is looked at again, and worded anew."""
        for _look in range(LOOKS):
            now = self.dispatcher.clock()
            ready = self._ready(group, now=now)
            if ready is None:
                return
            if self._begin(ready, now=now):
                self._hand_over(ready)
                return
            self._look_again(group)

    def _ready(self, group: Sequence[Message], *, now: dt.datetime) -> "Ready | None":
        """Those of a group that may leave, worded; what may not is put aside."""
        judged = self._judged(group, now=now)
        if any(verdict.act is not Act.SEND for _message, verdict in judged):
            self._look_again(group)  # nothing is given up for what was so a minute ago
            judged = self._judged(group, now=now)
        leaving = [
            (message, verdict)
            for message, verdict in judged
            if verdict.act is Act.SEND or self._settle(message, verdict, now=now)
        ]
        if not leaving:
            return None
        return self._worded([message for message, _ in leaving], leaving[0][1].address, now=now)

    def _judged(
        self, group: Sequence[Message], *, now: dt.datetime
    ) -> list[tuple[Message, Verdict]]:
        """Each that is still ours, as it was last looked at, with what to do."""
        texts = looking.texts_of(group[0], now=now)
        mine = [self.looked[message.pk] for message in group if message.pk in self.looked]
        return [
            (one.message, one.verdict(texts, at_any_hour=self.sender.at_any_hour, now=now))
            for one in mine
        ]

    def _look_again(self, group: Sequence[Message]) -> None:
        keys = [message.pk for message in group]
        for key in keys:
            self.looked.pop(key, None)
        self.looked |= look_at(self.sender, keys)

    def _worded(
        self, messages: Sequence[Message], address: str, *, now: dt.datetime
    ) -> "Ready | None":
        """Worded; a text that cannot be is put aside, and the run goes on."""
        key = links.new_key()
        try:
            said = worded(
                messages,
                link=links.address_of(key),
                stop_link=links.stop_address_of(key),
                now=now,
                own=self.own,
            )
        except Exception:
            logger.exception("Message %s could not be worded.", messages[0].public_id)
            keys = [message.pk for message in messages]
            leasing.fail(self.sender, keys, reason=reasons.WORDING, now=now)
            self.dispatcher.done["failed"] += len(messages)
            return None
        return Ready(tuple(messages), key, address, said)

    def _begin(self, ready: "Ready", *, now: dt.datetime) -> bool:
        """The answer to the last parcel and the beginning of this one, in one commit."""
        seen = {message.pk: self.looked[message.pk].seen for message in ready.messages}
        with in_line(), transaction.atomic():
            self._write_last(now=now)
            begun = self._leaves_texts(ready, now=now) and handing.begin(
                self.sender, seen, sent_to=ready.address, now=now
            )
            if begun:
                links.write([ready.key], [wanted_link(ready.messages, now=now)], now=now)
        self.last = None
        return begun

    def _leaves_texts(self, ready: "Ready", *, now: dt.datetime) -> bool:
        """Counted once more behind a lock: two senders must not both take the day's last text."""
        if self.channel != Channel.SMS:
            return True
        leasing.one_at_a_time(leasing.TEXTING)
        judged = self._judged(ready.messages, now=now)
        return all(verdict.act is Act.SEND for _message, verdict in judged)

    def _hand_over(self, ready: "Ready") -> None:
        try:
            provider_id = self.transport.send(ready.parcel)
        except Refused as problem:
            self._refused(ready, problem)
        except TryLater as problem:
            now = self.dispatcher.clock()
            self.dispatcher.put_off(ready.messages, problem.answer, now=now)
        except InDoubt as problem:
            self._doubt(ready, problem.answer)
        except Exception as problem:  # whatever it is, the next parcel must go
            logger.exception("Message %s: the transport broke.", ready.messages[0].public_id)
            self._doubt(ready, type(problem).__name__)
        else:
            self.last = ready.sent(provider_id)

    def _doubt(self, ready: "Ready", answer: str) -> None:
        self.silences += 1
        leasing.doubt(self.sender, ready.keys, answer=answer, now=self.dispatcher.clock())
        self.dispatcher.done["doubtful"] += len(ready.messages)

    def finish(self) -> None:
        """Write down the last answer."""
        with in_line(), transaction.atomic():
            self._write_last(now=self.dispatcher.clock())
        self.last = None

    def _write_last(self, *, now: dt.datetime) -> None:
        if self.last is not None:
            handing.accept(self.sender, self.last, now=now)
            self.dispatcher.done["accepted"] += len(self.last.messages)

    def _refused(self, ready: "Ready", problem: Refused) -> None:
        """By the other channel, if there is one; to a wrong address never again."""
        now, messages = self.dispatcher.clock(), ready.messages
        with in_line(), transaction.atomic():
            if problem.is_address or (problem.may_be_address and self._was_refused(ready, now)):
                contacts.mark_unusable(
                    patient=messages[0].patient,
                    channel=self.channel,
                    address=ready.address,
                    answer=problem.answer,
                    now=now,
                )
            leasing.fail(
                self.sender, ready.keys, reason=reasons.REFUSED, answer=problem.answer, now=now
            )
            otherwise.say(messages, now=now)
        self.dispatcher.done["failed"] += len(messages)

    def _was_refused(self, ready: "Ready", now: dt.datetime) -> bool:
        """Before today too: a list that blocks us for an hour must not silence an address."""
        before = Message.objects.filter(
            patient=ready.messages[0].patient_id, channel=self.channel, sent_to=ready.address
        )
        since = now - REFUSED_AGAIN
        return before.filter(reason=reasons.REFUSED, settled_at__lte=since).exists()

    def _settle(self, message: Message, verdict: Verdict, *, now: dt.datetime) -> bool:
        """What is not sent; false, so that it is left out."""
        if verdict.act is Act.WAIT and verdict.until:
            leasing.put_off(self.sender, [message.pk], until=verdict.until)
        elif verdict.act is Act.FAIL:
            leasing.fail(self.sender, [message.pk], reason=verdict.reason, now=now)
        else:
            with transaction.atomic():
                leasing.drop(self.sender, [message.pk], reason=verdict.reason, now=now)
                if verdict.act is Act.SWITCH:
                    otherwise.say_by(verdict.channel, [message], now=now)
        self.dispatcher.done[verdict.act.value] += 1
        return False


@dataclass(frozen=True)
class Ready:
    """Worded, with the key that its link holds."""

    messages: tuple[Message, ...]
    key: str
    address: str
    said: Worded

    @property
    def keys(self) -> tuple[int, ...]:
        return tuple(message.pk for message in self.messages)

    @property
    def parcel(self) -> Parcel:
        stop_link = links.stop_address_of(self.key)
        return Parcel(self.messages[0], self.address, self.said, stop_link)

    def sent(self, provider_id: str) -> Sent:
        return Sent(
            messages=self.keys,
            sent_to=self.address,
            subject=self.said.subject,
            text=self.said.kept,
            language=self.said.language,
            parts=self.said.parts,
            provider_id=provider_id,
        )


def wanted_link(messages: Sequence[Message], *, now: dt.datetime) -> links.Wanted:
    last = max(*(message.starts_at for message in messages), now)
    first = messages[0]
    return links.Wanted(
        first.patient, first.clinic, last + links.LIVES, first, PatientLink.Purpose.PAGE
    )
