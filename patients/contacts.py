"""By which way a patient may be told something, and what they agreed to.

Nobody is asked twice: the newest row of `MessageConsent` counts for its purpose and channel.
Without one a visit and its advice may be announced, recalls and news may not (`ALLOWED_UNASKED`).
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.db.models import Max

from patients.actor import Actor
from patients.models import (
    ALLOWED_UNASKED,
    LONGEST_ADDRESS,
    Channel,
    MessageConsent,
    Patient,
    Purpose,
    UnusableAddress,
)
from patients.phones import takes_texts

How = MessageConsent.How
LONGEST_ANSWER = 200


@dataclass(frozen=True)
class Reach:
    """A way to a patient that may be used."""

    channel: Channel
    address: str


@dataclass(frozen=True)
class Consents:
    """What one patient said, and which of their addresses providers refused."""

    said: Mapping[tuple[str, str], MessageConsent] = field(default_factory=dict)
    unusable: frozenset[tuple[str, str]] = frozenset()  # (channel, address)

    def allows(self, purpose: str, channel: str) -> bool:
        """Whether the patient may be told this by this channel."""
        newest = self.said.get((purpose, channel))
        return newest.is_given if newest else purpose in ALLOWED_UNASKED


NOTHING_SAID = Consents()


def consents_of(patients: Collection[int]) -> dict[int, Consents]:
    """By patient (primary keys), every one of them. Two queries, however many."""
    newest = (
        MessageConsent.objects.filter(patient__in=patients)
        .order_by()
        .values("patient", "purpose", "channel")
        .annotate(newest=Max("pk"))
        .values("newest")
    )
    said: dict[int, dict[tuple[str, str], MessageConsent]] = {pk: {} for pk in patients}
    for row in MessageConsent.objects.filter(pk__in=newest):
        said[row.patient_id][row.purpose, row.channel] = row
    refused: dict[int, set[tuple[str, str]]] = {pk: set() for pk in patients}
    for bad in UnusableAddress.objects.filter(patient__in=patients).order_by():
        refused[bad.patient_id].add((bad.channel, bad.address))
    return {pk: Consents(said[pk], frozenset(refused[pk])) for pk in patients}


def reach(patient: Patient, purpose: str, *, said: Consents | None = None) -> tuple[Reach, ...]:
    """The ways that may be used for this purpose, the preferred one first; none: unreachable.

    Without `said` the database is asked.
    """
    said = consents_of([patient.pk])[patient.pk] if said is None else said
    return tuple(way for way in ways(patient, said) if said.allows(purpose, way.channel))


def ways(patient: Patient, said: Consents = NOTHING_SAID) -> Iterator[Reach]:
    """Every address that is not known to be wrong, whatever the patient agreed to."""
    channels = sorted(Channel, key=lambda channel: channel != patient.preferred_channel)
    for channel in channels:
        address = address_of(patient, channel)
        if address and (str(channel), address) not in said.unusable:
            yield Reach(channel, address)


def address_of(patient: Patient, channel: str) -> str:
    """Where it would go: an e-mail address, or a number as E.164 that takes text messages."""
    if channel == Channel.EMAIL:
        return str(patient.email)
    return patient.phone.as_e164 if patient.phone and takes_texts(patient.phone) else ""


def may_tell(patient: Patient, purpose: str, channel: str) -> bool:
    return consents_of([patient.pk])[patient.pk].allows(purpose, channel)


def agree(
    *,
    patient: Patient,
    purpose: str,
    channel: str,
    is_given: bool,
    how: str,
    by: Actor | None,
    now: dt.datetime,
) -> MessageConsent:
    """Write down a yes or a no. `by` is None when the patient said it without anybody of ours."""
    return MessageConsent.objects.create(
        patient=patient, purpose=purpose, channel=channel, is_given=is_given, how=how, at=now, by=by
    )


def stop(
    *,
    patient: Patient,
    channel: str,
    purposes: Collection[str] = tuple(Purpose),
    how: str,
    now: dt.datetime,
    by: Actor | None = None,
) -> list[MessageConsent]:
    """Nothing more of this by this channel. What is refused already is not written again."""
    said = consents_of([patient.pk])[patient.pk]
    return MessageConsent.objects.bulk_create(
        MessageConsent(
            patient=patient,
            purpose=purpose,
            channel=channel,
            is_given=False,
            how=how,
            at=now,
            by=by,
        )
        for purpose in still_allowed(said, channel)
        if purpose in purposes
    )


def still_allowed(said: Consents, channel: str) -> Iterable[Purpose]:
    return [purpose for purpose in Purpose if said.allows(purpose, channel)]


def lift(*, patient: Patient, channel: str, address: str) -> bool:
    """Somebody says that the address is right: it is tried again. Whether there was such a mark."""
    marks = UnusableAddress.objects.filter(patient=patient, channel=channel, address=address)
    return bool(marks.delete()[0])


def mark_unusable(
    *, patient: Patient, channel: str, address: str, answer: str, now: dt.datetime
) -> None:
    """A provider refused this address for good. Twice is once."""
    UnusableAddress.objects.get_or_create(
        patient=patient,
        channel=channel,
        address=address[:LONGEST_ADDRESS],
        defaults={"answer": answer[:LONGEST_ANSWER], "at": now},
    )
