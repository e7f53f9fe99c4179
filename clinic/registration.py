"""Writing a patient's identity and contacts, with its audit row in the same transaction.

It lives here and not in `patients`, because the audit trail belongs to `clinic`.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from clinic import audit
from clinic.models import StaffMember
from clinic.outbox import otherwise
from patients.models import Patient


@dataclass(frozen=True)
class Stale:
    """Somebody else saved this record since it was opened; here is what it says now."""

    patient: Patient


@transaction.atomic
def create(*, fields: Mapping[str, Any], by: StaffMember, now: dt.datetime) -> Patient:
    patient = Patient.objects.create(**fields, created_at=now)
    audit.record("patient.create", by=by.user, now=now, clinic=by.clinic, patient=patient)
    return patient


@transaction.atomic
def update(
    *, patient: Patient, fields: Mapping[str, Any], version: int, by: StaffMember, now: dt.datetime
) -> Patient | Stale:
    """`version` is the one the person read; a newer one in the database is not overwritten."""
    current = Patient.objects.select_for_update().get(pk=patient.pk)
    if current.version != version:
        return Stale(current)
    changed = [name for name, value in fields.items() if getattr(current, name) != value]
    for name in changed:
        setattr(current, name, fields[name])
    if changed:
        current.version += 1
        current.save()
        if "preferred_channel" in changed:
            otherwise.follow(current, now=now)
        audit.record(
            "patient.update", by=by.user, now=now, clinic=by.clinic, patient=current, fields=changed
        )
    return current
