"""What managers change: people, places, hours, absences, kinds of visit; what they may look up.

Nothing booked is lost here: hours and absences change what is proposed, never what is booked, and
what has a history is taken out of use, not deleted.
"""

from clinic.admin.absences import AbsenceAdmin
from clinic.admin.people import UserAdmin
from clinic.admin.places import ClinicAdmin, ResourceAdmin, VisitTypeAdmin
from clinic.admin.records import AppointmentAdmin, AuditEntryAdmin, SeriesAdmin

__all__ = [
    "AbsenceAdmin",
    "AppointmentAdmin",
    "AuditEntryAdmin",
    "ClinicAdmin",
    "ResourceAdmin",
    "SeriesAdmin",
    "UserAdmin",
    "VisitTypeAdmin",
]
