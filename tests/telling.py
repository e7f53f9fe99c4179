"""Messages for tests, as the outbox would plan them: see `tests.factories`."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from clinic.messages.channels import Parcel
from clinic.messages.mailbox import Mailbox
from clinic.messages.wording import Worded, worded
from clinic.models import Appointment, Kind, Message
from patients.models import Channel, TreatmentSession
from tests.factories import NOW, House

LINK = "http://127.0.0.1:8000/p/AbCdEfGhIjKlMnOpQrStUv/"
STOP = "http://127.0.0.1:8000/p/stop/WxYzWxYzWxYzWxYzWxYzWx/"
DATED = (Kind.BOOKED, Kind.EARLY, Kind.REMINDER, Kind.EVE, Kind.MOVED, Kind.CANCELLED)
RECALLS = (Kind.RECALL, Kind.RECALL_DUE)


def make_message(
    about: Appointment | TreatmentSession,
    kind: str = Kind.REMINDER,
    channel: str = Channel.EMAIL,
    **fields: Any,
) -> Message:
    """About an appointment; about a session, it is a recall. `clinic` and `patient` for those.

    `round` counts from what the booking itself planned.
    """
    if isinstance(about, Appointment):
        of = {
            "appointment": about,
            "session": about.session,
            "clinic": about.clinic,
            "patient": about.patient,
            "starts_at": about.starts_at,
            "round": planned(about, kind, channel) + fields.pop("round", 0),
        }
    else:
        of = {"session": about, "patient": about.series.patient, "starts_at": NOW}
    defaults = {
        "kind": kind,
        "channel": channel,
        "due_at": NOW,
        "next_try_at": NOW,
        "useful_until": NOW + dt.timedelta(days=1),
        "planned_at": NOW,
    }
    return Message.objects.create(**of | defaults | fields)


def planned(about: Appointment, kind: str, channel: str) -> int:
    """How many of these the booking itself has written: the next one is a round of its own."""
    return Message.objects.filter(appointment=about, kind=kind, channel=channel).count()


def group_of(
    house: House, kind: str, channel: str, appointments: Sequence[Appointment]
) -> list[Message]:
    """One message of this kind about each, or one recall of the first's session."""
    if kind in RECALLS:
        return [make_message(appointments[0].session, kind, channel, clinic=house.clinic)]
    return [make_message(appointment, kind, channel) for appointment in appointments]


def said(group: Sequence[Message], *, link: str = LINK, stop: str = STOP) -> Worded:
    return worded(group, link=link, stop_link=stop, now=NOW)


def keep_letter(
    appointment: Appointment, kind: str = Kind.BOOKED, channel: str = Channel.EMAIL, **fields: Any
) -> str:
    """What the local mailbox keeps of one message: its slug."""
    message = make_message(appointment, kind, channel, **fields)
    to = message.patient.email or "marie@example.test"
    if channel == Channel.SMS:
        to = str(message.patient.phone)
    name = Mailbox().send(Parcel(message, to, said([message]), STOP))
    return name.rpartition(".")[0]
