"""Absences of one resource, and closures of the whole clinic."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import ForeignKey
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.admin import to_move
from clinic.admin.views import OfClinicAdmin, clinic_of, plain_choice
from clinic.models import Absence
from clinic.pages import house

FIRST_YEAR, LAST_YEAR = 2000, 2099


class AbsenceForm(forms.ModelForm):
    class Meta:
        model = Absence
        fields = ("resource", "starts_at", "ends_at", "label")
        labels = {"resource": gettext_lazy("who or what")}

    def clean_starts_at(self) -> dt.datetime:
        return within_reason(self.cleaned_data["starts_at"])

    def clean_ends_at(self) -> dt.datetime:
        return within_reason(self.cleaned_data["ends_at"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        start, end = data.get("starts_at"), data.get("ends_at")
        if start and end and end <= start:
            self.add_error("ends_at", _("The end must come after the beginning."))
        return data


def within_reason(moment: dt.datetime) -> dt.datetime:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise forms.ValidationError(_("Check the year."))
    return moment


@admin.register(Absence)
class AbsenceAdmin(OfClinicAdmin):
    """Typed on the clinic's clock (the zone that the page is in), stored in UTC."""

    form = AbsenceForm
    list_display = ("who", "when", "label")
    list_filter = ("resource__kind__category",)
    list_select_related = ("resource", "clinic")
    search_fields = ("label", "resource__name")
    date_hierarchy = "starts_at"
    ordering = ("-starts_at",)
    fieldsets = (
        (
            None,
            {
                "fields": ("resource", "starts_at", "ends_at", "label"),
                "description": gettext_lazy(
                    "Without a resource the whole clinic is closed. What is booked then stays "
                    "booked: the desk finds it under “To move”. The label says nothing about "
                    "anybody’s health."
                ),
            },
        ),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An absence that does not take place is simply taken out; the audit remembers it."""
        return self.has_change_permission(request, obj)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        return plain_choice(super().formfield_for_dbfield(db_field, request, **kwargs))

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "resource":
            kwargs["queryset"] = clinic_of(request).resources.select_related("kind")
            kwargs["empty_label"] = _("The whole clinic")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_related(
        self,
        request: HttpRequest,
        form: Any,
        formsets: Any,
        change: bool,
    ) -> None:
        super().save_related(request, form, formsets, change)
        self.tell_to_move(request, lambda now: to_move.over_absence(form.instance, now=now))

    @admin.display(description=gettext_lazy("who or what"), ordering="resource__name")
    def who(self, absence: Absence) -> str:
        return str(absence.resource) if absence.resource else _("The whole clinic")

    @admin.display(description=gettext_lazy("When"), ordering="starts_at")
    def when(self, absence: Absence) -> str:
        return house.when(absence, absence.clinic)
