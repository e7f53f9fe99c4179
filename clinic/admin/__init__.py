"""What managers change: people, places, hours, absences, kinds of visit; what they may look up.

Nothing booked is lost here: hours and absences change what is proposed, never what is booked, and
what has a history is taken out of use, not deleted.
"""

from django.utils.translation import gettext_noop

from clinic.admin.absences import AbsenceAdmin
from clinic.admin.accesses import CareAccessAdmin
from clinic.admin.audits import AuditEntryAdmin
from clinic.admin.people import UserAdmin
from clinic.admin.places import ClinicAdmin, ResourceAdmin, VisitTypeAdmin
from clinic.admin.prices import PriceAdmin
from clinic.admin.records import AppointmentAdmin, SeriesAdmin
from clinic.admin.stock import ArticleAdmin, LotAdmin

# Django's own titles, written anew in locale/: its French says «Ajout de absence».
TITLES = (
    gettext_noop("Add %s"),
    gettext_noop("Select %s to change"),
    gettext_noop("Select %s to view"),
)

__all__ = [
    "TITLES",
    "AbsenceAdmin",
    "AppointmentAdmin",
    "ArticleAdmin",
    "AuditEntryAdmin",
    "CareAccessAdmin",
    "ClinicAdmin",
    "LotAdmin",
    "PriceAdmin",
    "ResourceAdmin",
    "SeriesAdmin",
    "UserAdmin",
    "VisitTypeAdmin",
]
