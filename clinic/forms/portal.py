"""What a patient sends from their own page. Validates, does not save."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.forms.patients import DATE_FORMATS, OLDEST, phone_field
from clinic.portal.reaching import Cell, Choices
from patients.models import Channel, Language, Patient


class BirthForm(forms.Form):
    birth_on = forms.DateField(
        label=gettext_lazy("Your birth date"),
        input_formats=DATE_FORMATS,
        help_text=gettext_lazy("Day, month, year: 31/01/1980."),
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "bday", "maxlength": 20}
        ),
        error_messages={
            "required": gettext_lazy("Enter your birth date."),
            "invalid": gettext_lazy("Enter a date that exists, such as 31/01/1980."),
        },
    )

    def clean_birth_on(self) -> dt.date:
        """120385 would be the 1st of February 385: no try of the patient's is lost by that."""
        given: dt.date = self.cleaned_data["birth_on"]
        if given < OLDEST:
            raise ValidationError(_("Enter the year with four digits, such as 31/01/1980."))
        return given


class DayForm(forms.Form):
    """Which day to look at; what is no day is left out."""

    on = forms.DateField(required=False, input_formats=["%Y-%m-%d"])

    @property
    def chosen(self) -> dt.date | None:
        return self.cleaned_data["on"] if self.is_valid() else None


class ContactForm(forms.ModelForm):
    """One way to be reached must stay."""

    phone = phone_field(gettext_lazy("Mobile phone"))
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Patient
        fields = ("phone", "email", "preferred_channel", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].widget.attrs |= {"autocomplete": "tel", "inputmode": "tel"}
        self.fields["email"].widget.attrs |= {"autocomplete": "email"}
        self.fields["language"].label = _("Language of our messages")
        channels = [("", _("No preference")), *Channel.choices]
        self.fields["preferred_channel"].choices = channels  # type: ignore[attr-defined]  # our field
        self.fields["language"].choices = Language.choices  # type: ignore[attr-defined]  # our field

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        has_errors = {"phone", "email"} & set(self.errors)
        if not has_errors and not data.get("phone") and not data.get("email"):
            raise ValidationError(_("Leave us at least a mobile phone or an e-mail address."))
        return data

    @property
    def patient_fields(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class ChoicesForm(forms.Form):
    """A box for each purpose and channel; one that is not ticked is a no.

    `shown`: the boxes that were ticked when the page was made. What its reader did not touch is no
    choice of theirs: they may have said something else since, in another tab or by a letter.
    """

    shown = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, cells: list[Cell], **options: Any) -> None:
        super().__init__(data, **options)
        self.cells = cells
        self.fields["shown"].initial = " ".join(cell.name for cell in cells if cell.is_allowed)
        for cell in cells:
            self.fields[cell.name] = forms.BooleanField(
                label=cell.channel.label, required=False, initial=cell.is_allowed
            )

    @property
    def choices(self) -> Choices:
        told = {cell: self.cleaned_data[cell.name] for cell in self.cells}
        if "shown" in self.data:
            shown = self.cleaned_data["shown"].split()
            told = {cell: yes for cell, yes in told.items() if yes != (cell.name in shown)}
        return {(cell.purpose, cell.channel): yes for cell, yes in told.items()}

    @property
    def rows(self) -> list[tuple[str, list[forms.BoundField]]]:
        """By purpose, in words."""
        found: dict[str, list[forms.BoundField]] = {}
        for cell in self.cells:
            found.setdefault(str(cell.purpose.label), []).append(self[cell.name])
        return list(found.items())


class QuoteForm(forms.Form):
    """Yes or no to a quote; a yes says that it was read."""

    answer = forms.ChoiceField(choices=[("signed", ""), ("refused", "")])
    read = forms.BooleanField(
        label=gettext_lazy("I have read this quote and I accept it."), required=False
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("answer") == "signed" and not data.get("read"):
            self.add_error("read", _("Tick the box if you accept the quote."))
        return data
