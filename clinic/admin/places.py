"""Clinics, their practitioners, rooms and devices with their hours, and the kinds of visit."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.admin import to_move
from clinic.admin.fields import ClockField
from clinic.admin.views import AuditedAdmin, OfClinicAdmin, clinic_of, managed, plain_choice
from clinic.models import Clinic, Resource, User, VisitType, WorkingHours

QUOTES_AND_RECORDS = ("quote_from_euros", "assistants_see_records")
ON_QUOTES = ("order_number", "insurance")  # a practitioner's own
CLINIC_CONTACT = ("street", "postal_code", "city", "phone", "email")


@admin.register(Clinic)
class ClinicAdmin(AuditedAdmin):
    list_display = ("name", "city", "timezone", "holiday_region")
    fieldsets = (
        (None, {"fields": ("name", "neutral_label")}),
        (gettext_lazy("Times"), {"fields": ("timezone", "holiday_region", "grid_minutes")}),
        (gettext_lazy("Contact"), {"fields": CLINIC_CONTACT}),
        (gettext_lazy("Quotes and records"), {"fields": QUOTES_AND_RECORDS}),
        (gettext_lazy("What patients see"), {"fields": ("shows_leaflet", "leaflet_address")}),
    )
    readonly_fields = ("leaflet_address",)

    @admin.display(description=gettext_lazy("address of the leaflet"))
    def leaflet_address(self, clinic: Clinic) -> str:
        """To be put on the clinic's own site, or on paper."""
        if not clinic.shows_leaflet:
            return "—"
        address = reverse("leaflet", args=[clinic.public_id])
        return format_html('<a href="{}">{}</a>', address, address)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Clinic]:
        return super().get_queryset(request).filter(pk__in=managed(request.user))  # type: ignore[arg-type]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Who opens a clinic manages it: else nobody could enter it."""
        super().save_model(request, obj, form, change)
        if not change:
            obj.staff_members.create(user=request.user, role="manager")


class HoursForm(forms.ModelForm):
    from_minute = ClockField(label=gettext_lazy("from"))
    to_minute = ClockField(label=gettext_lazy("to"))

    class Meta:
        model = WorkingHours
        fields = ("weekday", "from_minute", "to_minute", "valid_from", "valid_until")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        start, end = data.get("from_minute"), data.get("to_minute")
        if start is not None and end is not None and end <= start:
            self.add_error("to_minute", _("The end must come after the beginning."))
        first, until = data.get("valid_from"), data.get("valid_until")
        if first and until and until <= first:
            self.add_error("valid_until", _("“Valid until” must come after “valid from”."))
        return data


class HoursInline(admin.TabularInline):
    model = WorkingHours
    form = HoursForm
    extra = 1
    verbose_name_plural = gettext_lazy("Working hours, on the clinic’s clock")


class ResourceForm(forms.ModelForm):
    """The clinic is not asked for: it is the one that the manager is working at."""

    class Meta:
        model = Resource
        fields = ("name", "kind", "qualification", "user", "position", "is_active", *ON_QUOTES)
        labels = {"kind": gettext_lazy("kind"), "user": gettext_lazy("account")}
        help_texts = {
            "position": gettext_lazy("In this order they are shown, and proposed first."),
        }

    def _get_validation_exclusions(self) -> set[str]:
        """With the clinic: a name is unique in it."""
        return super()._get_validation_exclusions() - {"clinic"}  # type: ignore[misc]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        kind = data.get("kind") or (self.instance.kind if self.instance.kind_id else None)
        if kind is None:
            return data
        if kind.category == "practitioner" and not data.get("qualification"):
            self.add_error(
                "qualification", _("Choose one: protocols say who may perform their sessions.")
            )
        elif kind.category != "practitioner":
            own = [name for name in ("qualification", "user", *ON_QUOTES) if data.get(name)]
            if own:
                self.add_error(own[0], _("Only a practitioner has this."))
        return data


@admin.register(Resource)
class ResourceAdmin(OfClinicAdmin):
    form = ResourceForm
    inlines = (HoursInline,)
    list_display = ("name", "kind", "qualification", "position", "is_active")
    list_filter = ("is_active", "kind__category")
    list_select_related = ("kind",)
    search_fields = ("name",)
    fieldsets = (
        (None, {"fields": ("name", "kind", "position", "is_active")}),
        (gettext_lazy("A practitioner’s"), {"fields": ("qualification", "user", *ON_QUOTES)}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What something is does not change once it may be booked."""
        return ("kind",) if obj else ()

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        return plain_choice(super().formfield_for_dbfield(db_field, request, **kwargs))

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.filter(
                staff_members__clinic=clinic_of(request), is_active=True
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_related(
        self,
        request: HttpRequest,
        form: forms.ModelForm,
        formsets: Iterable[forms.BaseInlineFormSet],
        change: bool,
    ) -> None:
        super().save_related(request, form, formsets, change)
        if days := overlapping_days(form.instance.hours.all()):
            text = _("Hours that overlap were joined: %(days)s.") % {"days": ", ".join(days)}
            self.message_user(request, text, messages.WARNING)
        if change:
            self.tell_to_move(request, lambda now: to_move.of_resource(form.instance, now=now))


def overlapping_days(hours: Iterable[WorkingHours]) -> list[str]:
    """Names of the weekdays on which two spans in force at the same time overlap."""
    rows = list(hours)
    days = {
        one.weekday: str(one.get_weekday_display())
        for n, one in enumerate(rows)
        for other in rows[n + 1 :]
        if one.weekday == other.weekday and overlap(one, other)
    }
    return [days[day] for day in sorted(days)]


def overlap(one: WorkingHours, other: WorkingHours) -> bool:
    if one.from_minute >= other.to_minute or other.from_minute >= one.to_minute:
        return False
    return not (ends_before(one, other) or ends_before(other, one))


def ends_before(one: WorkingHours, other: WorkingHours) -> bool:
    until, first = one.valid_until, other.valid_from
    return until is not None and first is not None and until <= first


@admin.register(VisitType)
class VisitTypeAdmin(AuditedAdmin):
    list_display = ("__str__", "minutes", "position", "is_active")
    fields = ("name_fr", "name_en", "minutes", "needs", "position", "is_active")
    filter_horizontal = ("needs",)
