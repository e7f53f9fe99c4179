"""What the agenda's address may ask for. What does not hold is left out, and the page says so."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic import states
from clinic.models import Clinic, Resource
from clinic.pages.agenda import Ask

FIRST, LAST = dt.date(2000, 1, 1), dt.date(2199, 12, 31)
FILTERED = (
    states.BOOKED, states.CONFIRMED, states.ARRIVED, states.DONE, states.NO_SHOW, states.TO_MOVE,
    states.CANCELLED, states.MOVED,
)  # fmt: skip


class AgendaForm(forms.Form):
    on = forms.DateField(
        label=_("Day"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("This day does not exist; here is today.")},
    )
    view = forms.ChoiceField(
        label=_("View"), required=False, choices=[("day", _("Day")), ("week", _("Week"))]
    )
    by = forms.ChoiceField(
        label=_("Columns"),
        required=False,
        choices=[("practitioner", _("Practitioners")), ("room", _("Rooms"))],
    )
    practitioner = forms.ChoiceField(label=_("Practitioner"), required=False)
    room = forms.ChoiceField(label=_("Room"), required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All states")), *((state.code, state.word) for state in FILTERED)],
    )
    q = forms.CharField(label=_("Patient"), required=False, max_length=100)

    def __init__(
        self, data: Any, *, clinic: Clinic, resources: tuple[Resource, ...], today: dt.date
    ) -> None:
        super().__init__(data)
        self.clinic, self.resources, self.today = clinic, resources, today
        everybody = {"practitioner": _("All practitioners"), "room": _("All rooms")}
        for name in everybody.keys() | {"state"}:
            self.fields[name].widget.attrs["class"] = "form-select"
        self.fields["q"].widget.attrs |= {
            "class": "form-control",
            "placeholder": _("Patient"),
            "type": "search",
            "autocomplete": "off",
        }
        for name, label in everybody.items():
            own = [r for r in resources if r.kind.category == name]
            self.fields[name].choices = [("", label), *((r.public_id, r.name) for r in own)]  # type: ignore[attr-defined]  # our field

    @property
    def filters(self) -> list[forms.BoundField]:
        return [self[name] for name in ("practitioner", "room", "state", "q")]

    def clean_on(self) -> dt.date | None:
        on = self.cleaned_data["on"]
        if on and not FIRST <= on <= LAST:
            raise forms.ValidationError(self.fields["on"].error_messages["invalid"])
        return on

    def ask(self) -> Ask:
        """What of the address holds."""
        self.is_valid()
        asked = self.cleaned_data
        return Ask(
            clinic=self.clinic,
            on=asked.get("on") or self.today,
            view=asked.get("view") or "day",
            by=asked.get("by") or "practitioner",
            practitioner=asked.get("practitioner", ""),
            room=asked.get("room", ""),
            state=asked.get("state", ""),
            text=asked.get("q", ""),
        )
