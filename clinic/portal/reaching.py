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


def channels_of(link: PatientLink) -> tuple[Channel, ...]:
    """What the link of a message unsubscribes from: its channel; without a message, every one."""
    return (Channel(link.message.channel),) if link.message else tuple(Channel)


@transaction.atomic
def stop(link: PatientLink, *, now: dt.datetime) -> None:
    """Nothing more by this way. Said again, it is not written again."""
    Patient.objects.select_for_update().get(pk=link.patient_id)
    written = [
        row
        for channel in channels_of(link)
        for row in contacts.stop(
            patient=link.patient, channel=channel, how=How.UNSUBSCRIBED, now=now
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
