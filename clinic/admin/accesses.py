"""Records that were opened from outside the care, and why: managers look, nobody changes."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from clinic.admin.views import PatientRecordAdmin, clinic_of
from clinic.models import CareAccess


@admin.register(CareAccess)
class CareAccessAdmin(PatientRecordAdmin):
    list_display = ("at", "user", "patient", "reason", "until")
    list_select_related = ("user", "patient")
    search_fields = ("patient__search_text", "user__last_name", "user__email")
    date_hierarchy = "at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[CareAccess]:
        return super().get_queryset(request).filter(clinic=clinic_of(request))
