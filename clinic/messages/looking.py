"""What the last look needs, read once for a batch; and whether it is still so when each leaves.

Between the two somebody may cancel, say stop, or correct an address. Reading all of it anew for
each message costs more than sending it; so the statement that begins a message asks whether
anything moved, and only what did is read again.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from clinic.messages import checking
from clinic.messages.checking import Texts, Verdict
from clinic.models import Message
from clinic.outbox.handing import how_it_stands
from clinic.outbox.leasing import Sender
from patients import contacts
from patients.contacts import Consents
from patients.models import Channel


@dataclass(frozen=True)
class Looked:
    """A message with everything that the last look asks of it, and how the database stood then."""

    message: Message
    said: Consents
    seen: str  # for `handing.begin`

    def verdict(self, texts: Texts, *, at_any_hour: bool, now: dt.datetime) -> Verdict:
        return checking.look(self.message, self.said, texts, at_any_hour=at_any_hour, now=now)


def look_at(sender: Sender, messages: Collection[int]) -> dict[int, Looked]:
    """Four queries, however many. How it stands is asked first: what changes meanwhile shows."""
    stands = how_it_stands(sender, list(messages))
    found = Message.objects.filter(pk__in=stands).select_related(
        "clinic", "patient", "appointment__clinic", "session__series__protocol"
    )
    read = {message.pk: message for message in found}
    said = contacts.consents_of({message.patient_id for message in read.values()})
    return {
        pk: Looked(message, said[message.patient_id], stands[pk]) for pk, message in read.items()
    }


def texts_of(message: Message, *, now: dt.datetime) -> Texts:
    """Counted anew for each one that leaves: other senders count on."""
    is_text = message.channel == Channel.SMS
    return Texts.today([message.clinic], now=now) if is_text else checking.NO_TEXTS
