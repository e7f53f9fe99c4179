"""A full outbox, and senders that write down what they hand over where no crash can undo it."""

import datetime as dt
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clinic.messages import checking, sending
from clinic.messages.channels import Parcel
from clinic.messages.sending import Dispatcher
from clinic.models import Appointment, Clinic, Kind, Message, User
from clinic.outbox import handing, hours, leasing
from clinic.outbox.leasing import Sender
from patients.models import Channel, Patient
from tests.factories import make_clinic, make_resource, make_user, make_visit_type

DAYTIME = (6 * 60, 22 * 60)  # minutes of the day: no clock changes in them
HALF_AN_HOUR = dt.timedelta(minutes=30)


@dataclass(frozen=True)
class Outbox:
    """`count` messages due now, each of another patient and of a visit three days ahead."""

    clinic: Clinic
    user: User
    now: dt.datetime
    shift: dt.timedelta  # from the database's clock to an hour at which messages may leave

    @classmethod
    def of(
        cls, count: int, *, kind: Kind = Kind.REMINDER, late: dt.timedelta = dt.timedelta()
    ) -> "Outbox":
        clinic = make_clinic(holiday_region="")
        real = leasing.database_now()
        now = hours.later(clinic, real)
        outbox = cls(clinic, make_user(clinic), now, now - real)
        outbox.fill(count, kind, due_at=now - late)
        return outbox

    def fill(self, count: int, kind: Kind, *, due_at: dt.datetime) -> None:
        visit_type, starts_at = make_visit_type(), self.now + dt.timedelta(days=3)
        patients = Patient.objects.bulk_create(
            Patient(
                family_name=f"P{number}", email=f"p{number}@example.test", created_at=self.now,
                phone="",
            )
            for number in range(count)
        )  # fmt: skip
        visits = Appointment.objects.bulk_create(
            Appointment(
                clinic=self.clinic, patient=patient, visit_type=visit_type,
                starts_at=starts_at + dt.timedelta(seconds=number),
                ends_at=starts_at + dt.timedelta(seconds=number) + HALF_AN_HOUR,
                booked_at=self.now, booked_by=self.user,
                changed_at=self.now, changed_by=self.user,
            )
            for number, patient in enumerate(patients)
        )  # fmt: skip
        Message.objects.bulk_create(
            Message(
                clinic=self.clinic, patient=visit.patient, appointment=visit, kind=kind,
                channel=Channel.EMAIL, starts_at=visit.starts_at, due_at=due_at,
                next_try_at=due_at, useful_until=visit.starts_at, planned_at=self.now,
            )
            for visit in visits
        )  # fmt: skip

    def places(self, count: int) -> list[dt.datetime]:
        """So many free half hours from the fourth day on, with a practitioner and a room."""
        for kind in ("practitioner", "room"):
            make_resource(self.clinic, kind, hours=[(day, *DAYTIME) for day in range(7)])
        first = self.now.astimezone(self.clinic.zone).date() + dt.timedelta(days=4)
        a_day = (DAYTIME[1] - DAYTIME[0]) // 30
        return [
            dt.datetime.combine(
                first + dt.timedelta(days=number // a_day),
                dt.time(DAYTIME[0] // 60 + number % a_day // 2, number % 2 * 30),
                self.clinic.zone,
            )
            for number in range(count)
        ]

    def clock(self) -> dt.datetime:
        """The same for every sender: the database's."""
        return leasing.database_now() + self.shift


@dataclass
class Paper:
    """One line for each parcel, on the disk before it is answered: what a provider would know."""

    path: Path
    before: Callable[[Parcel], object] = lambda parcel: None
    after: Callable[[Parcel], object] = lambda parcel: None
    lines: int = field(default=0)

    def send(self, parcel: Parcel) -> str:
        self.before(parcel)
        paper = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(paper, f"{parcel.message.public_id} {parcel.message.starts_at:%H:%M}\n".encode())
        os.close(paper)
        self.after(parcel)
        return parcel.reference

    def close(self) -> None:
        """Nothing was opened."""

    @contextmanager
    def open(self, channel: str) -> Iterator["Paper"]:
        yield self


def written(path: Path) -> Counter[str]:
    """How often each message was handed over."""
    lines = path.read_text().splitlines() if path.exists() else []
    return Counter(line.split()[0] for line in lines)


def sender(
    outbox: Outbox, paper: Paper, name: str, *, lease: float = 180, batch: int = 50
) -> Callable[[], int]:
    """Sends until nothing is left; how many it took up."""

    def work() -> int:
        who = Sender(name, dt.timedelta(seconds=lease), late_a_minute=None)
        at_work, taken = Dispatcher(who, outbox.clock, paper.open), 0
        while found := at_work.run(limit=batch):
            taken += found
        return taken

    return work


# --- Protections taken away, in a child process alone ---------------------------------------------


def no_last_look() -> None:
    """What was claimed is sent as it is."""

    def believed(batch: Any, group: Sequence[Message], *, now: dt.datetime) -> list[Any]:
        messages = Message.objects.filter(pk__in=[one.pk for one in group]).select_related(
            "clinic", "patient", "appointment__clinic"
        )
        return [(m, checking.Verdict(checking.Act.SEND, address=m.patient.email)) for m in messages]

    sending.Batch._judged = believed


def no_leases() -> None:
    """Everybody sends all that is waiting, and marks it afterwards."""

    def begin(batch: Any, ready: sending.Ready, *, now: dt.datetime) -> bool:
        batch.finish()
        return True

    no_last_look()
    leasing.claim = lambda sender, *, limit, now: list(
        Message.objects.filter(status="due").select_related("clinic")[:limit]
    )
    sending.Batch._begin = begin
    handing.accept = lambda sender, sent, *, now: Message.objects.filter(
        pk__in=sent.messages, status="due"
    ).update(status="accepted", settled_at=now)


def mark_before_sending() -> None:
    """Sent first on paper, then for real: what many do."""

    def hand_over(batch: Any, ready: sending.Ready) -> None:
        batch.last = ready.sent("")
        batch.finish()
        batch.transport.send(ready.parcel)

    sending.Batch._hand_over = hand_over
