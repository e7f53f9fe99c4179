"""Adverse reactions: told, followed, closed, opened again; which vigilance each belongs to.

Nothing is ever sent by itself. Callers write the audit row (`clinic.care.adverse`).
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from patients import charts
from patients.actor import Actor
from patients.models import (
    AdverseEvent,
    AdverseEventEntry,
    Patient,
    SessionRecord,
    TreatmentSession,
)
from protocols.models import Product

Channel = AdverseEvent.Channel
CHANNELS = {
    Product.RegulatoryStatus.AMM.value: Channel.DRUG.value,
    Product.RegulatoryStatus.DEVICE.value: Channel.DEVICE.value,
    Product.RegulatoryStatus.COSMETIC.value: Channel.COSMETIC.value,
}  # blood and unknown: the practitioner says
TWICE_WITHIN = dt.timedelta(minutes=10)  # the same words again are a double click
WRITTEN = (
    "session", "product_use", "source", "noticed_at", "signs", "description", "severity",
    "seriousness", "outcome", "action_taken", "channel", "declared_on", "declaration",
)  # fmt: skip


@dataclass(frozen=True)
class Stale:
    """Somebody else saved or closed it since it was opened; here is what it says now."""

    event: AdverseEvent


@dataclass(frozen=True)
class NotYet:
    """It cannot be closed: `code` says what is missing."""

    code: str


def channel_of(regulatory_status: str) -> str:
    """Medicine → pharmacovigilance, device → device vigilance; empty: to be chosen."""
    return CHANNELS.get(regulatory_status, "")


def is_urgent(event: AdverseEvent) -> bool:
    """An alert sign, or anything serious. A faint at home is none of those of the chair."""
    is_faint = event.source == AdverseEvent.Source.PATIENT and "faintness" in event.signs
    return is_faint or bool(set(event.signs) & set(charts.ALERT_SIGNS)) or is_serious(event)


def is_serious(event: AdverseEvent) -> bool:
    return event.seriousness != AdverseEvent.Seriousness.NON_SERIOUS


def is_unsorted(event: AdverseEvent) -> bool:
    """The desk passed on what it was told; nobody who treats has judged it yet."""
    return not event.severity


def began(session: TreatmentSession | None) -> SessionRecord | None:
    """The session's record: when it began and ended."""
    return SessionRecord.objects.filter(session=session).first() if session else None


def hours_since(record: SessionRecord | None, noticed_at: dt.datetime) -> int | None:
    """Whole hours from the end of the session; None when no record says when that was."""
    if record is None:
        return None
    seconds = (noticed_at - (record.ended_at or record.started_at)).total_seconds()
    return max(0, int(seconds // 3600))


# --- Writing -------------------------------------------------------------------------------------


@transaction.atomic
def report(
    *, patient: Patient, fields: Mapping[str, Any], by: Actor, now: dt.datetime
) -> AdverseEvent:
    """`fields`: those of `WRITTEN`. The same words twice in a row are one event."""
    there = _told_before(patient, fields["description"], by=by, now=now)
    if there is not None:
        return there
    event = AdverseEvent(patient=patient, reported_at=now, reported_by=by, **fields)
    event.hours_since = hours_since(began(event.session), event.noticed_at)
    event.save()
    return event


@transaction.atomic
def pass_on(*, patient: Patient, text: str, by: Actor, now: dt.datetime) -> None:
    """What the desk was told on the phone, unjudged. It gives nothing back: the desk may not read.

    Severity and vigilance stay empty until somebody who treats fills them in.
    """
    if _told_before(patient, text, by=by, now=now) is None:
        AdverseEvent.objects.create(
            patient=patient,
            source=AdverseEvent.Source.PHONE,
            noticed_at=now,
            description=text,
            severity="",
            channel="",
            reported_at=now,
            reported_by=by,
        )


def _told_before(
    patient: Patient, text: str, *, by: Actor, now: dt.datetime
) -> AdverseEvent | None:
    """Behind the patient's row: two clicks at once wait for each other."""
    Patient.objects.select_for_update().only("pk").get(pk=patient.pk)
    same = AdverseEvent.objects.filter(patient=patient, reported_by=by, description=text)
    return same.filter(reported_at__gt=now - TWICE_WITHIN).only("public_id", "patient").first()


@transaction.atomic
def update(
    *, event: AdverseEvent, fields: Mapping[str, Any], version: int
) -> tuple[AdverseEvent, list[str]] | Stale:
    """The event with the names of what changed. `version` is the one the person read."""
    current = _locked(event)
    if current.version != version or current.status == AdverseEvent.Status.CLOSED:
        return Stale(current)
    changed = [name for name, value in fields.items() if getattr(current, name) != value]
    for name in changed:
        setattr(current, name, fields[name])
    if changed:
        current.hours_since = hours_since(began(current.session), current.noticed_at)
        current.version += 1
        current.save()
    return current, changed


def follow(*, event: AdverseEvent, text: str, by: Actor, now: dt.datetime) -> AdverseEventEntry:
    """What was learnt or done since; written once, also after the event is closed."""
    return AdverseEventEntry.objects.create(event=event, text=text, at=now, by=by)


@transaction.atomic
def close(
    *, event: AdverseEvent, outcome: str, by: Actor, now: dt.datetime
) -> AdverseEvent | NotYet | Stale:
    """`outcome` is how it ended: not while it goes on, nor before anybody judged it."""
    current = _locked(event)
    if current.status == AdverseEvent.Status.CLOSED:
        return Stale(current)
    if outcome == AdverseEvent.Outcome.ONGOING:
        return NotYet("ongoing")
    if is_unsorted(current) or not current.channel:
        return NotYet("unsorted")
    current.outcome, current.status = outcome, AdverseEvent.Status.CLOSED
    current.closed_at, current.closed_by = now, by
    current.version += 1
    current.save()
    return current


@transaction.atomic
def reopen(*, event: AdverseEvent) -> AdverseEvent:
    """It came back, or was closed by mistake."""
    current = _locked(event)
    if current.status == AdverseEvent.Status.CLOSED:
        current.status, current.outcome = AdverseEvent.Status.OPEN, AdverseEvent.Outcome.ONGOING
        current.closed_at, current.closed_by = None, None
        current.version += 1
        current.save()
    return current


def _locked(event: AdverseEvent) -> AdverseEvent:
    return AdverseEvent.objects.select_for_update().get(pk=event.pk)
