"""Where an appointment goes, why it is cancelled, what became of it. Validates, does not save."""

import datetime as dt
import uuid
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from clinic.models import LONGEST_KEY, LONGEST_NOTE, Appointment, Clinic, Resource
from clinic.pages.appointment import BY_MARK

YEARS = range(2000, 2200)


class MomentField(forms.CharField):
    """ISO 8601; without an offset it is an hour on the clinic's wall."""

    default_error_messages = {"invalid": _("This is not a time that exists at the clinic.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, **options)
        self.clinic: Clinic | None = None

    def clean(self, value: Any) -> dt.datetime:
        text = super().clean(value)
        try:
            moment = parse_datetime(text)
        except ValueError:
            moment = None
        if moment is None or moment.year not in YEARS or self.clinic is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return moment if moment.tzinfo else self._on_the_wall(moment, self.clinic)

    def _on_the_wall(self, moment: dt.datetime, clinic: Clinic) -> dt.datetime:
        """The hour that a clock change leaves out is refused; of two alike the first."""
        local = moment.replace(tzinfo=clinic.zone)
        if local.astimezone(dt.UTC).astimezone(clinic.zone).replace(tzinfo=None) != moment:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return local


class PlaceForm(forms.Form):
    """A start, and with whom: `only` is the public id of a resource of this clinic."""

    starts_at = MomentField(label=_("Start"), error_messages={"required": _("Choose a start.")})
    only = forms.CharField(label=_("With"), required=False, max_length=20)
    key = forms.CharField(required=False, max_length=LONGEST_KEY, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, clinic: Clinic, **options: Any) -> None:
        super().__init__(data, **options)
        self.clinic = clinic
        self.fields["starts_at"].clinic = clinic  # type: ignore[attr-defined]  # our field

    def clean_only(self) -> tuple[Resource, ...]:
        wished = self.cleaned_data["only"]
        if not wished:
            return ()
        found = self.clinic.resources.filter(public_id=wished, is_active=True)
        resources = tuple(found.select_related("kind"))
        if not resources:
            raise ValidationError(_("This practitioner or room is not there to be booked."))
        return resources


class CancelForm(forms.Form):
    REASONS = (
        Appointment.Reason.PATIENT,
        Appointment.Reason.CLINIC,
        Appointment.Reason.ERROR,
        Appointment.Reason.OTHER,
    )
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[(reason.value, reason.label) for reason in REASONS],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason.")},
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=LONGEST_NOTE,
        help_text=_("Practical only, never about health."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class MarkForm(forms.Form):
    mark = forms.ChoiceField(choices=[(mark, mark) for mark in BY_MARK])


def new_key() -> str:
    """For a form that must not be carried out twice."""
    return uuid.uuid4().hex
