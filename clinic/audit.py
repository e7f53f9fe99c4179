"""One row for every write and every look at a patient, written in the same transaction."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from clinic.models import AuditEntry, Clinic, User
from clinic.requests import StaffRequest
from patients.models import Patient


def record(
    action: str,
    *,
    by: User | None,
    now: dt.datetime,
    clinic: Clinic | None = None,
    patient: Patient | None = None,
    subject: str = "",
    **detail: Any,
) -> AuditEntry:
    """Write down that `by` did `action`. `detail` holds identifiers and counts, never contents."""
    if by is not None and by.link is not None:
        detail["link"] = by.link
    return AuditEntry.objects.create(
        at=now, by=by, clinic=clinic, action=action, patient=patient, subject=subject, detail=detail
    )


def record_many(
    action: str,
    patients: Iterable[int],
    *,
    by: User,
    now: dt.datetime,
    clinic: Clinic,
    subject: str = "",
    **detail: Any,
) -> None:
    """One row for each of these patients, by key: a list showed something of every one of them."""
    AuditEntry.objects.bulk_create(
        AuditEntry(
            at=now,
            by=by,
            clinic=clinic,
            action=action,
            patient_id=patient,
            subject=subject,
            detail=detail,
        )
        for patient in dict.fromkeys(patients)
    )


def record_reading(
    request: StaffRequest, patient: Patient, *, now: dt.datetime, what: str = "patient.read"
) -> None:
    """A page about this patient was shown to the person who asked for it."""
    staff = request.staff
    record(what, by=staff.user, now=now, clinic=staff.clinic, patient=patient)
