"""What the last look needs, read once for a batch; and whether it is still so when each leaves.

Between the two somebody may cancel, say stop, or correct an address. Reading all of it anew for
each message costs more than sending it; so the statement that begins a message asks whether
anything moved, and only what did is read again.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from clinic.messages import checking
from clinic.messages.checking import Act, Texts, Verdict
from clinic.models import Clinic, Kind, Message
from clinic.outbox import reasons
from clinic.outbox.handing import how_it_stands
from clinic.outbox.leasing import Sender
from clinic.outbox.timing import is_off, rules_of
from patients import contacts
from patients.contacts import Consents
from patients.models import Channel


@dataclass(frozen=True)
class Looked:
    """A message with everything that the last look asks of it, and how the database stood then."""

    message: Message
    said: Consents
    seen: str  # for `handing.begin`
    is_off: bool = False  # its kind was switched off since it was planned

    def verdict(self, texts: Texts, *, at_any_hour: bool, now: dt.datetime) -> Verdict:
        if self.is_off and not self.message.round:  # what the desk sends by hand goes
            return Verdict(Act.DROP, reasons.NOT_NEEDED)
        return checking.look(self.message, self.said, texts, at_any_hour=at_any_hour, now=now)


def look_at(sender: Sender, messages: Collection[int]) -> dict[int, Looked]:
    """Four queries and one for each clinic, however many messages. How it stands is asked first:
    what changes meanwhile shows."""
    stands = how_it_stands(sender, list(messages))
    found = Message.objects.filter(pk__in=stands).select_related(
        "clinic", "patient", "appointment__clinic", "session__series__protocol"
    )
    read = {message.pk: message for message in found}
    said = contacts.consents_of({message.patient_id for message in read.values()})
    rules = {pk: rules_of(clinic) for pk, clinic in clinics_of(read.values()).items()}
    return {
        pk: Looked(
            message,
            said[message.patient_id],
            stands[pk],
            is_off(rules[message.clinic_id], Kind(message.kind), protocol_of(message)),
        )
        for pk, message in read.items()
    }


def clinics_of(messages: Iterable[Message]) -> dict[int, Clinic]:
    return {message.clinic_id: message.clinic for message in messages}


def protocol_of(message: Message) -> str:
    """Its slug; empty for a single visit."""
    return message.session.series.protocol.slug if message.session else ""


def texts_of(message: Message, *, now: dt.datetime) -> Texts:
    """Counted anew for each one that leaves: other senders count on."""
    is_text = message.channel == Channel.SMS
    return Texts.today([message.clinic], now=now) if is_text else checking.NO_TEXTS
