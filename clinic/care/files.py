"""Requests for a patient's file, each step with its audit row."""

import datetime as dt

from django.db import transaction

from clinic import audit
from clinic.models import StaffMember
from patients.file import asking
from patients.models import AccessRequest, Patient


@transaction.atomic
def register(
    *,
    patient: Patient,
    received_on: dt.date,
    is_old: bool,
    identity: str,
    staff: StaffMember,
    now: dt.datetime,
) -> AccessRequest:
    request = asking.register(
        patient=patient,
        received_on=received_on,
        is_old=is_old,
        identity=identity,
        by=staff.user,
        now=now,
    )
    _write_down("file.request", request, staff=staff, now=now)
    return request


@transaction.atomic
def answer(
    *, request: AccessRequest, status: str, how: str, staff: StaffMember, now: dt.datetime
) -> bool:
    answered = asking.answer(request=request, status=status, how=how, by=staff.user, now=now)
    if answered:
        _write_down(f"file.{status}", request, staff=staff, now=now)
    return answered


def _write_down(
    action: str, request: AccessRequest, *, staff: StaffMember, now: dt.datetime
) -> None:
    audit.record(
        action,
        by=staff.user,
        now=now,
        clinic=staff.clinic,
        patient=request.patient,
        subject=f"access-request:{request.public_id}",
    )
