"""Who may open a patient's record, and the audit row that every opening leaves.

Practitioners do; assistants where their clinic grants it; reception and managers never (domain
3.10). Whoever has no part in the patient's care states a reason first, which holds for some hours.
Who may change what was written is in `clinic.care.changing`. See docs/decisions/0017.
"""

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from clinic import audit
from clinic.models import Appointment, CareAccess, Role, StaffMember
from clinic.requests import StaffRequest
from patients.models import Patient, SessionRecord

LOOKS_BACK = dt.timedelta(days=730)  # our choice: who treated in the last two years still cares
ASSISTS_WITHIN = dt.timedelta(days=30)  # our choice: around the patient's visits at this clinic
CAME = (Appointment.Status.ARRIVED, Appointment.Status.FULFILLED)
HOURS = 12  # our choice: a working day
REASON_HOLDS = dt.timedelta(hours=HOURS)


class OutsideCare(Exception):
    """Somebody asked for the record of a patient who is not in their care, without a reason."""

    def __init__(self, patient: Patient) -> None:
        super().__init__("outside the care of this patient")
        self.patient = patient


def may_see_records(staff: StaffMember) -> bool:
    """Whether this person may open records at all."""
    if staff.role == Role.ASSISTANT:
        return staff.clinic.assistants_see_records
    return staff.role == Role.PRACTITIONER


def is_in_care(staff: StaffMember, patient: Patient, *, now: dt.datetime) -> bool:
    """Whether this person treats, treated or is about to treat the patient."""
    if SessionRecord.objects.filter(patient=patient, performer=staff.user).exists():
        return True
    return visits(staff, now=now).filter(patient=patient).exists()


def in_care_of(staff: StaffMember, *, now: dt.datetime) -> Q:
    """The same, of rows that have a `patient`."""
    records = SessionRecord.objects.filter(patient=OuterRef("patient"), performer=staff.user)
    theirs = visits(staff, now=now).filter(patient=OuterRef("patient"))
    return Q(Exists(records)) | Q(Exists(theirs))


def visits(staff: StaffMember, *, now: dt.datetime) -> QuerySet[Appointment]:
    """The appointments that make this person a part of a patient's care."""
    if staff.role == Role.ASSISTANT:
        near = Q(starts_at__gte=now - ASSISTS_WITHIN, starts_at__lte=now + ASSISTS_WITHIN)
        return that_count(staff, Q(clinic=staff.clinic)).filter(near)
    mine = Q(holds__resource__user=staff.user)
    return that_count(staff, mine).filter(starts_at__gte=now - LOOKS_BACK)


def that_count(staff: StaffMember, which: Q) -> QuerySet[Appointment]:
    """Of these appointments, those that give this person something to do with the patient: booked
    for them by somebody else, be it at another hour, or with the patient there. Nobody makes a
    stranger their patient by booking a visit with themselves.
    """
    by_others = Appointment.objects.filter(which, uid=OuterRef("uid")).exclude(booked_by=staff.user)
    standing = Appointment.objects.filter(which).exclude(status=Appointment.Status.CANCELLED)
    return standing.filter(Q(status__in=CAME) | Q(Exists(by_others)))


def reason_given(staff: StaffMember, patient: Patient, *, now: dt.datetime) -> CareAccess | None:
    """The reason that still holds, of somebody outside the care."""
    given = CareAccess.objects.filter(user=staff.user, patient=patient, until__gt=now)
    return given.order_by("-at").first()


def may_open(staff: StaffMember, patient: Patient, *, now: dt.datetime) -> bool:
    """Whether the record is open to this person just now, by their care or by a reason."""
    return is_in_care(staff, patient, now=now) or reason_given(staff, patient, now=now) is not None


def require(staff: StaffMember, patient: Patient, *, now: dt.datetime) -> CareAccess | None:
    """OutsideCare where a reason is missing; else the reason, None for those who need none."""
    if is_in_care(staff, patient, now=now):
        return None
    reason = reason_given(staff, patient, now=now)
    if reason is None:
        raise OutsideCare(patient)
    return reason


def open_record(request: StaffRequest, patient: Patient, *, now: dt.datetime, what: str) -> None:
    """Let the person read, and write it down; OutsideCare where a reason is missing.

    `what` is the audit's action, such as `record.read`. Call it before anything is rendered.
    """
    staff = request.staff
    reason = require(staff, patient, now=now)
    audit.record(
        what,
        by=staff.user,
        now=now,
        clinic=staff.clinic,
        patient=patient,
        outside_care=reason and reason.pk,
    )


@transaction.atomic
def give_reason(
    *, staff: StaffMember, patient: Patient, reason: str, now: dt.datetime
) -> CareAccess:
    """Open the record from outside the care, in one transaction with its audit row."""
    access = CareAccess.objects.create(
        user=staff.user,
        clinic=staff.clinic,
        patient=patient,
        reason=reason,
        at=now,
        until=now + REASON_HOLDS,
    )
    audit.record(
        "record.break_glass",
        by=staff.user,
        now=now,
        clinic=staff.clinic,
        patient=patient,
        subject=f"access:{access.pk}",
    )
    return access
