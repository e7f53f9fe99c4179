"""A sender for tests: its own clock, and a transport that keeps what it is given."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from clinic import booking
from clinic.messages.channels import Parcel
from clinic.messages.sending import Dispatcher
from clinic.models import Appointment, Message
from clinic.outbox.leasing import Sender
from tests.factories import NOW, House, at, make_visit_type


@dataclass
class Sink:
    """Takes every parcel; `before` each of them may raise, or change the world."""

    before: Callable[[Parcel], object] = lambda parcel: None
    parcels: list[Parcel] = field(default_factory=list)
    opened: int = 0

    def send(self, parcel: Parcel) -> str:
        self.before(parcel)
        self.parcels.append(parcel)
        return f"sink-{len(self.parcels)}"

    def close(self) -> None:
        """Nothing was opened."""

    @contextmanager
    def open(self, channel: str) -> Iterator["Sink"]:
        self.opened += 1
        yield self

    @property
    def texts(self) -> list[str]:
        return [parcel.worded.text for parcel in self.parcels]


def dispatcher(
    sink: Sink, now: dt.datetime = NOW, name: str = "a", **options: object
) -> Dispatcher:
    return Dispatcher(Sender(name, **options), lambda: now, sink.open)  # type: ignore[arg-type]


def send(now: dt.datetime = NOW, sink: Sink | None = None, **options: object) -> Sink:
    """Send all that is due at `now`."""
    sink = Sink() if sink is None else sink
    at_work = dispatcher(sink, now, **{"late_a_minute": None} | options)
    for _ in range(20):
        if not at_work.run():
            return sink
    raise AssertionError("the outbox does not empty")


def states() -> dict[str, str]:
    """Kind → status, and why."""
    return {
        message.kind: f"{message.status} {message.reason}".strip()
        for message in Message.objects.order_by("pk")
    }


def book(house: House, starts_at: str = "2026-03-12 10:00", **who: Any) -> Appointment:
    booked = booking.book_visit(
        clinic=house.clinic,
        patient=who.get("patient", house.patient),
        visit_type=make_visit_type(),
        starts_at=at(starts_at),
        by=house.user,
        now=NOW,
        key="",
    )
    assert isinstance(booked, booking.Booked), booked
    return booked.appointments[0]


def message(kind: str, **where: Any) -> Message:
    return Message.objects.get(kind=kind, **where)
