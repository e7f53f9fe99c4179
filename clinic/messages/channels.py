"""How a message travels: one way of handing it over, whatever carries it.

    with transport_for(channel) as transport:
        reference = transport.send(parcel)

`send` returns the provider's own id, or our reference where it tells none. It raises `Refused` for
good, `TryLater` when it may still go, `InDoubt` where nobody can know; nothing else. Each is about
one parcel: the next may be sent over the same transport.
"""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings

from clinic.messages.clean import on_one_line
from clinic.messages.wording import Worded
from clinic.models import Message
from clinic.models.messages import LONGEST_ANSWER
from patients.models import Channel


@dataclass(frozen=True)
class Parcel:
    """A message as it is handed over; `to` is an e-mail address or an E.164 number."""

    message: Message
    to: str
    worded: Worded
    stop_link: str = ""

    @property
    def reference(self) -> str:
        """The same for each try of one round, so that whoever gets it twice can tell."""
        return f"{self.message.public_id}.{self.message.round}"


class NotSent(Exception):
    """`answer`: what the provider said, in one line, for the desk."""

    def __init__(self, answer: str) -> None:
        self.answer = on_one_line(answer, LONGEST_ANSWER)
        super().__init__(self.answer)


class Refused(NotSent):
    """For good. `is_address`: this address or number is wrong, and will be tomorrow; else it was
    the text, or something about us, and the address may well be right. `may_be_address`: the words
    do not tell which."""

    def __init__(
        self, answer: str, *, is_address: bool = False, may_be_address: bool = False
    ) -> None:
        self.is_address, self.may_be_address = is_address, may_be_address
        super().__init__(answer)


class TryLater(NotSent):
    """The provider is busy, away or not to be reached; or something of ours is wrong."""


class InDoubt(NotSent):
    """It was handed over whole, and no answer came. To try again might say it a second time, and a
    provider that is slow to answer would have it said at every try: a person decides."""


class Transport(Protocol):
    def send(self, parcel: Parcel) -> str: ...
    def close(self) -> None: ...


class NotSetUp:
    """Where real patients are and no provider is named: nothing is lost, and nothing is said."""

    def __init__(self, variable: str) -> None:
        self.variable = variable

    def send(self, parcel: Parcel) -> str:
        raise TryLater(f"{self.variable} is not set")

    def close(self) -> None:
        """Nothing was opened."""


VARIABLES = {Channel.EMAIL: "EMAIL_URL", Channel.SMS: "SMS_URL"}
REAL = {Channel.EMAIL: "clinic.messages.smtp.Smtp", Channel.SMS: "clinic.messages.gateways.Gateway"}
LOCAL = "clinic.messages.mailbox.Mailbox"


def is_local(channel: str) -> bool:
    """Whether what goes by this channel stays on this machine, for anyone to look at."""
    return not settings.IS_PRODUCTION and not has_provider(channel)


def is_set_up(channel: str) -> bool:
    """Whether anything can go by this channel at all."""
    return has_provider(channel) or is_local(channel)


def has_provider(channel: str) -> bool:
    return bool(getattr(settings, VARIABLES[Channel(channel)]))


def open_transport(channel: str) -> Transport:
    channel = Channel(channel)
    if not is_set_up(channel):
        return NotSetUp(VARIABLES[channel])
    module, _dot, name = (LOCAL if is_local(channel) else REAL[channel]).rpartition(".")
    transport: Transport = getattr(importlib.import_module(module), name)()
    return transport


@contextmanager
def transport_for(channel: str) -> Iterator[Transport]:
    """One for a batch: an e-mail server is connected to once, at the first message."""
    transport = open_transport(channel)
    try:
        yield transport
    finally:
        transport.close()


def any_local() -> bool:
    """Whether there is a mailbox to look into."""
    return any(is_local(channel) for channel in Channel)
