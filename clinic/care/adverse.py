"""The verbs of adverse reactions, each with its audit row in the same transaction."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from clinic import audit
from clinic.care import changing
from clinic.models import StaffMember
from patients import adverse
from patients.adverse import NotYet, Stale
from patients.models import AdverseEvent, Patient


@transaction.atomic
def report(
    *, patient: Patient, fields: Mapping[str, Any], by: StaffMember, now: dt.datetime
) -> AdverseEvent:
    event = adverse.report(patient=patient, fields=fields, by=by.user, now=now)
    write_down(event, "report", by=by, now=now)
    return event


def not_to_change(event: AdverseEvent, by: StaffMember, *, now: dt.datetime) -> str:
    """Why this person only adds to it: a sentence, empty where they may rewrite and close it."""
    held = changing.of_patient(event.patient, event.session)
    return changing.elsewhere(by, held, authors=[event.reported_by_id], now=now)


def require_here(event: AdverseEvent, by: StaffMember, *, now: dt.datetime) -> None:
    if problem := not_to_change(event, by, now=now):
        raise changing.Elsewhere(problem)


@transaction.atomic
def pass_on(*, patient: Patient, text: str, by: StaffMember, now: dt.datetime) -> None:
    """From the desk, which may not read it back: the row says only that somebody is to call."""
    adverse.pass_on(patient=patient, text=text, by=by.user, now=now)
    audit.record("patient.call_back", by=by.user, now=now, clinic=by.clinic, patient=patient)


@transaction.atomic
def update(
    *,
    event: AdverseEvent,
    fields: Mapping[str, Any],
    version: int,
    by: StaffMember,
    now: dt.datetime,
) -> AdverseEvent | Stale:
    require_here(event, by, now=now)
    saved = adverse.update(event=event, fields=fields, version=version)
    if isinstance(saved, Stale):
        return saved
    current, changed = saved
    if changed:
        write_down(current, "update", by=by, now=now, fields=changed)
    return current


@transaction.atomic
def follow(*, event: AdverseEvent, text: str, by: StaffMember, now: dt.datetime) -> None:
    adverse.follow(event=event, text=text, by=by.user, now=now)
    write_down(event, "follow", by=by, now=now)


@transaction.atomic
def close(
    *, event: AdverseEvent, outcome: str, by: StaffMember, now: dt.datetime
) -> AdverseEvent | NotYet | Stale:
    require_here(event, by, now=now)
    closed = adverse.close(event=event, outcome=outcome, by=by.user, now=now)
    if isinstance(closed, AdverseEvent):
        write_down(closed, "close", by=by, now=now)
    return closed


@transaction.atomic
def reopen(*, event: AdverseEvent, by: StaffMember, now: dt.datetime) -> None:
    require_here(event, by, now=now)
    write_down(adverse.reopen(event=event), "reopen", by=by, now=now)


def write_down(
    event: AdverseEvent, verb: str, *, by: StaffMember, now: dt.datetime, **detail: Any
) -> None:
    audit.record(
        f"adverse.{verb}",
        by=by.user,
        now=now,
        clinic=by.clinic,
        patient=event.patient,
        subject=f"adverse:{event.public_id}",
        **detail,
    )
