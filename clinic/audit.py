"""One row for every write and every look at a patient, written in the same transaction."""

import datetime as dt
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
    return AuditEntry.objects.create(
        at=now, by=by, clinic=clinic, action=action, patient=patient, subject=subject, detail=detail
    )


def record_reading(
    request: StaffRequest, patient: Patient, *, now: dt.datetime, what: str = "patient.read"
) -> None:
    """A page about this patient was shown to the person who asked for it."""
    staff = request.staff
    record(what, by=staff.user, now=now, clinic=staff.clinic, patient=patient)
