"""A request for the file, and its answer. Validates, does not save."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from patients.models import AccessRequest

LONGEST_IDENTITY = AccessRequest._meta.get_field("identity").max_length
LONGEST_ANSWER = AccessRequest._meta.get_field("answer").max_length
EARLIEST = dt.timedelta(days=366)  # our choice: what came in longer ago was mistyped


class RequestForm(forms.Form):
    received_on = forms.DateField(
        label=_("Received on"),
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("This day does not exist.")},
    )
    is_old = forms.BooleanField(
        label=_("It is about something older than five years"),
        required=False,
        help_text=_("Two months to answer instead of eight days."),
    )
    identity = forms.CharField(
        label=_("How the identity was checked"),
        max_length=LONGEST_IDENTITY,
        help_text=_("For instance: identity card seen at the desk. Nothing about health."),
        error_messages={"required": _("Say how you know that it is the patient who asks.")},
    )

    def __init__(self, *args: Any, today: dt.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        self.fields["received_on"].initial = today

    def clean_received_on(self) -> dt.date:
        received_on = self.cleaned_data["received_on"]
        if received_on > self.today:
            raise ValidationError(_("This day has not come yet."))
        if received_on < self.today - EARLIEST:
            raise ValidationError(_("This day lies more than a year back."))
        return received_on


class AnswerForm(forms.Form):
    CHOICES = (
        (AccessRequest.Status.DELIVERED, _("The file was delivered")),
        (AccessRequest.Status.REFUSED, _("The request is refused")),
    )
    status = forms.ChoiceField(
        label=pgettext_lazy("noun", "Answer"),
        choices=CHOICES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Delivered or refused?")},
    )
    how = forms.CharField(
        label=_("How it was delivered, or why it is refused"),
        max_length=LONGEST_ANSWER,
        help_text=_("For instance: handed over on paper; sent by registered letter."),
        error_messages={"required": _("Say how, or why.")},
    )
