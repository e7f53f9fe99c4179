"""How a patient wants to be reached, said by themselves: address, channel, and what for."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from clinic import audit, registration
from clinic.models import PatientLink
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
    """The patient's own phone, e-mail, channel and language: nothing else."""
    return registration.update(
        patient=visitor.patient,
        fields=fields,
        version=version,
        by=at(visitor.clinic, visitor.link),
        now=now,
    )


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
    """What the link of a message ends: one purpose by every way, or every purpose by one way."""

    purposes: tuple[Purpose, ...]
    channels: tuple[Channel, ...]

    @property
    def is_all(self) -> bool:
        return len(self.purposes) == len(Purpose)


def ending_of(link: PatientLink) -> Ending:
    """Whoever wants no more recalls or advice keeps the reminders of their appointments; who wants
    no reminders wants nothing by this way. Without a message it is everything."""
    if link.message is None:
        return Ending(tuple(Purpose), tuple(Channel))
    purpose = Purpose(link.message.purpose)
    if purpose != Purpose.REMINDER:
        return Ending((purpose,), tuple(Channel))
    return Ending(tuple(Purpose), (Channel(link.message.channel),))


@transaction.atomic
def stop(link: PatientLink, *, now: dt.datetime) -> None:
    """Said again, it is not written again."""
    Patient.objects.select_for_update().get(pk=link.patient_id)
    ends = ending_of(link)
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
