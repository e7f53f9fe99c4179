"""What the product wrote: to be looked up here, never to be changed."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from clinic.admin.views import PatientRecordAdmin, clinic_of
from clinic.models import Appointment, Hold
from clinic.moments import from_minute
from patients.models import Series, TreatmentSession


class HoldInline(admin.TabularInline):
    model = Hold
    fields = ("resource", "from_to", "active")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        del request, obj
        return False

    @admin.display(description="")
    def from_to(self, hold: Hold) -> str:
        zone = hold.appointment.clinic.zone
        start, end = (from_minute(at).astimezone(zone) for at in (hold.starts, hold.ends))
        return f"{start:%H:%M}–{end:%H:%M}"


@admin.register(Appointment)
class AppointmentAdmin(PatientRecordAdmin):
    inlines = (HoldInline,)
    list_display = ("starts_at", "patient", "what", "status", "booked_by")
    list_filter = ("status", "cancellation_reason")
    list_select_related = ("patient", "session__series__protocol", "visit_type", "booked_by")
    search_fields = ("patient__search_text", "public_id")
    date_hierarchy = "starts_at"
    ordering = ("-starts_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Appointment]:
        return super().get_queryset(request).filter(clinic=clinic_of(request))

    @admin.display(description="")
    def what(self, appointment: Appointment) -> str:
        if appointment.visit_type:
            return appointment.visit_type.name
        session = appointment.session
        return f"{session.series.protocol.name} · {session.number}" if session else ""


class SessionInline(admin.TabularInline):
    model = TreatmentSession
    fields = ("number", "status", "done_on")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        del request, obj
        return False


@admin.register(Series)
class SeriesAdmin(PatientRecordAdmin):
    inlines = (SessionInline,)
    list_display = ("patient", "protocol", "status", "opened_at", "opened_by")
    list_filter = ("status",)
    list_select_related = ("patient", "protocol", "opened_by")
    search_fields = ("patient__search_text", "public_id")
