"""How a patient wants to be reached, said by themselves: address, channel, and what for."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from clinic import audit, registration
from clinic.models import Clinic, PatientLink
from clinic.outbox import again
from clinic.portal.actor import at, the_patient
from clinic.portal.visitor import Visitor
from clinic.registration import Stale
from patients import contacts
from patients.models import Channel, MessageConsent, Patient, Purpose

How = MessageConsent.How
Choices = Mapping[tuple[str, str], bool]  # by purpose and channel


@dataclass(frozen=True)
class Cell:
    purpose: Purpose
    channel: Channel
    is_allowed: bool

    @property
    def name(self) -> str:
        return f"{self.purpose}-{self.channel}"


def cells(patient: Patient) -> list[Cell]:
    """What may be told by which way, each purpose by each channel. Two queries."""
    said = contacts.consents_of([patient.pk])[patient.pk]
    return [
        Cell(purpose, channel, said.allows(purpose, channel))
        for purpose in Purpose
        for channel in Channel
    ]


def correct(
    visitor: Visitor, fields: Mapping[str, Any], *, version: int, now: dt.datetime
) -> Patient | Stale:
    """The patient's own phone, e-mail, channel and language: nothing else. An address that a
    provider refused and that they say anew is tried again."""
    by = at(visitor.clinic, visitor.link)
    with transaction.atomic():
        saved = registration.update(
            patient=visitor.patient, fields=fields, version=version, by=by, now=now
        )
        if not isinstance(saved, Stale):
            _say_again(visitor, saved, now=now)
    return saved


def _say_again(visitor: Visitor, saved: Patient, *, now: dt.datetime) -> None:
    addresses = {channel: contacts.address_of(saved, channel) for channel in Channel}
    lifted = [
        channel
        for channel, address in addresses.items()
        if address and contacts.lift(patient=saved, channel=channel, address=address)
    ]
    if lifted:
        _write_down("messages.say_again", visitor.link, now, channels=lifted)


def takes_texts(patient: Patient, clinic: Clinic) -> bool:
    """Whether text messages go to their number, if there is one: a clinic names the countries."""
    number = contacts.address_of(patient, Channel.SMS)
    if not patient.phone or not clinic.sends_texts:
        return True
    return bool(number) and again.takes(clinic, contacts.Reach(Channel.SMS, number))


@transaction.atomic
def choose(visitor: Visitor, choices: Choices, *, now: dt.datetime) -> int:
    """Write down what changed, and nothing that was so already."""
    Patient.objects.select_for_update().get(pk=visitor.patient.pk)
    changed = [
        cell
        for cell in cells(visitor.patient)
        if choices.get((cell.purpose, cell.channel), cell.is_allowed) != cell.is_allowed
    ]
    for cell in changed:
        contacts.agree(
            patient=visitor.patient,
            purpose=cell.purpose,
            channel=cell.channel,
            is_given=not cell.is_allowed,
            how=How.PAGE,
            by=None,
            now=now,
        )
    if changed:
        _write_down("messages.choose", visitor.link, now, changed=[cell.name for cell in changed])
    return len(changed)


@dataclass(frozen=True)
class Ending:
    """What a message lets its reader end: some purposes by every way, or every purpose by one."""

    purposes: tuple[Purpose, ...]
    channels: tuple[Channel, ...]

    @property
    def is_all(self) -> bool:
        return len(self.purposes) == len(Purpose)

    @property
    def name(self) -> str:
        """As a form sends it."""
        if not self.is_all:
            return "-".join(self.purposes)
        return "everything" if len(self.channels) == len(Channel) else "channel"


EVERYTHING = Ending(tuple(Purpose), tuple(Channel))


def endings_of(link: PatientLink) -> list[Ending]:
    """What the link of a message may end; the first is what a mail program's own button ends.

    Whoever wants no more recalls or advice keeps the reminders of their appointments; who wants no
    reminders wants nothing by this way. Where a message says several things, each may be ended by
    itself. Without a message it is everything. One query.
    """
    if link.message is None:
        return [EVERYTHING]
    told = {Purpose(one.purpose) for one in (link.message, *link.message.merged.all())}
    others = [purpose for purpose in Purpose if purpose in told - {Purpose.REMINDER}]
    each = [Ending((purpose,), tuple(Channel)) for purpose in others]
    if Purpose.REMINDER in told:
        return [Ending(tuple(Purpose), (Channel(link.message.channel),)), EVERYTHING, *each]
    return each if len(each) == 1 else [Ending(tuple(others), tuple(Channel)), *each]


def chosen(endings: Sequence[Ending], name: str) -> Ending:
    """That of this name; without one the first."""
    return next((ending for ending in endings if ending.name == name), endings[0])


def still_told_by(patient: Patient) -> list[Channel]:
    """By which ways their appointments are still told, the preferred one first. Two queries."""
    return [way.channel for way in contacts.reach(patient, Purpose.REMINDER)]


@transaction.atomic
def stop(link: PatientLink, ends: Ending, *, now: dt.datetime) -> None:
    """Said again, it is not written again."""
    Patient.objects.select_for_update().get(pk=link.patient_id)
    written = [
        row
        for channel in ends.channels
        for row in contacts.stop(
            patient=link.patient,
            channel=channel,
            purposes=ends.purposes,
            how=How.UNSUBSCRIBED,
            now=now,
        )
    ]
    if written:
        _write_down("messages.stop", link, now, refused=len(written))


def _write_down(what: str, link: PatientLink, now: dt.datetime, **detail: Any) -> None:
    audit.record(
        what,
        by=the_patient(link),
        now=now,
        clinic=link.clinic,
        patient=link.patient,
        **detail,
    )
