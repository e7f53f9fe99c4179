"""Where and when: people, places, appointments, and what the house remembers."""

from clinic.models.appointments import LONGEST_HOLD, LONGEST_NOTE, Appointment, Hold
from clinic.models.care import CareAccess, Price
from clinic.models.messages import (
    PURPOSES,
    Kind,
    Message,
    MessageRule,
    MessageText,
    PatientCall,
    PatientLink,
)
from clinic.models.people import Role, StaffMember, User
from clinic.models.places import (
    Absence,
    Clinic,
    HolidayRegion,
    Qualification,
    Resource,
    VisitType,
    WorkingHours,
    clock,
)
from clinic.models.records import LONGEST_KEY, AuditEntry, IdempotencyKey, WorkerBeat
from clinic.models.rules import OCCUPYING, OPEN

__all__ = [
    "LONGEST_HOLD",
    "LONGEST_KEY",
    "LONGEST_NOTE",
    "OCCUPYING",
    "OPEN",
    "PURPOSES",
    "Absence",
    "Appointment",
    "AuditEntry",
    "CareAccess",
    "Clinic",
    "Hold",
    "HolidayRegion",
    "IdempotencyKey",
    "Kind",
    "Message",
    "MessageRule",
    "MessageText",
    "PatientCall",
    "PatientLink",
    "Price",
    "Qualification",
    "Resource",
    "Role",
    "StaffMember",
    "User",
    "VisitType",
    "WorkerBeat",
    "WorkingHours",
    "clock",
]
