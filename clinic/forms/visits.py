"""A single visit: for whom, of which kind, when and with whom. Validates, does not save."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.forms.agenda import FIRST, LAST
from clinic.models import Clinic, VisitType


class DayForm(forms.Form):
    """Which day to look at, and with whom; what does not hold is left out."""

    on = forms.DateField(
        label=_("Day"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "form-control"}),
        error_messages={"invalid": _("This day does not exist.")},
    )
    practitioner = forms.ChoiceField(
        label=_("Practitioner"),
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def __init__(self, data: Any = None, *, clinic: Clinic, **options: Any) -> None:
        super().__init__(data, **options)
        own = clinic.resources.filter(kind__category="practitioner", is_active=True)
        self.people = {resource.public_id: resource for resource in own.select_related("kind")}
        names = ((key, resource.name) for key, resource in self.people.items())
        self.fields["practitioner"].choices = [("", _("Any practitioner")), *names]  # type: ignore[attr-defined]  # our field

    def clean_on(self) -> dt.date | None:
        on = self.cleaned_data["on"]
        if on and not FIRST <= on <= LAST:
            raise forms.ValidationError(self.fields["on"].error_messages["invalid"])
        return on

    @property
    def chosen(self) -> dict[str, Any]:
        """What of it holds: the day, and of which practitioner alone."""
        self.is_valid()
        person = self.people.get(self.cleaned_data.get("practitioner", ""))
        return {"on": self.cleaned_data.get("on"), "only": (person,) if person else ()}


class VisitForm(DayForm):
    visit_type = forms.ModelChoiceField(
        label=_("Kind of visit"),
        queryset=VisitType.objects.filter(is_active=True),
        required=False,
        empty_label=None,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    field_order = ("visit_type", "on", "practitioner")

    @property
    def kind(self) -> VisitType | None:
        """The chosen one, or the first there is."""
        self.is_valid()
        kinds = self.fields["visit_type"].queryset.prefetch_related("needs")  # type: ignore[attr-defined]  # our field
        return self.cleaned_data.get("visit_type") or kinds.first()
