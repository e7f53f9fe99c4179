"""A patient's identity and contacts: validates, does not save."""

import datetime as dt
import unicodedata
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from phonenumber_field.widgets import RegionalPhoneNumberWidget

from patients import twins
from patients.models import Channel, Patient
from patients.phones import HOME, PhoneFormField
from patients.words import digits, plain

DATE_FORMATS = ["%d/%m/%Y", "%Y-%m-%d", "%d%m%Y", "%d.%m.%Y", "%d-%m-%Y", "%d %m %Y"]
OLDEST = dt.date(1880, 1, 1)
IDENTITY = frozenset(
    {"family_name", "given_name", "birth_name", "birth_on", "phone", "other_phone", "email"}
)
# Marks that turn the direction of what follows: a name needs none, a page would be garbled.
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])


def birth_date_field() -> forms.DateField:
    return forms.DateField(
        label=_("Birth date"),
        required=False,
        input_formats=DATE_FORMATS,
        widget=forms.DateInput(
            format="%d/%m/%Y",
            attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 20},
        ),
        help_text=_("Day, month, year: 31/01/1980."),
        error_messages={"invalid": _("Enter a date that exists, such as 31/01/1980.")},
    )


def phone_field(label: Any) -> PhoneFormField:
    return PhoneFormField(
        label=label,
        required=False,
        region=HOME,
        max_length=40,
        widget=RegionalPhoneNumberWidget(region=HOME, attrs={"autocomplete": "off"}),
        error_messages={
            "invalid": _(
                "Enter a whole number: 06 12 34 56 78, or with its country +32 475 12 34 56."
            )
        },
    )


class PatientForm(forms.ModelForm):
    birth_on = birth_date_field()
    phone = phone_field(_("Mobile phone"))
    other_phone = phone_field(_("Other phone"))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Patient
        fields = (
            "family_name", "given_name", "birth_name", "birth_on", "gender", "phone",
            "other_phone", "email", "preferred_channel", "language", "street", "postal_code",
            "city", "desk_note",
        )  # fmt: skip

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.form_show_errors = True
        self.helper.layout = layout()
        preference: Any = self.fields["preferred_channel"]
        preference.choices = [("", _("No preference")), *Channel.choices]
        for name in ("family_name", "given_name", "birth_name"):
            self.fields[name].widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}

    def clean_family_name(self) -> str:
        name = tidy(self.cleaned_data["family_name"])
        if not any(letter.isalpha() for letter in plain(name)):
            raise ValidationError(_("A name has at least one letter."))
        return name

    def clean_birth_on(self) -> dt.date | None:
        birth_on = self.cleaned_data["birth_on"]
        if birth_on and birth_on > self.today:
            raise ValidationError(_("This birth date lies in the future."))
        if birth_on and birth_on < OLDEST:
            raise ValidationError(_("This birth date lies too far back."))
        return birth_on

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        return {key: tidy(value) if type(value) is str else value for key, value in data.items()}

    @property
    def patient_fields(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    @property
    def changes_identity(self) -> bool:
        return not IDENTITY.isdisjoint(self.changed_data)

    def twins(self) -> list[twins.Twin]:
        """Records that may be this person's, apart from the one being edited."""
        data = self.cleaned_data
        same = ("family_name", "given_name", "birth_name", "birth_on", "email")
        return twins.likely(
            **{name: data[name] for name in same},
            phones=(data["phone"], data["other_phone"]),
            besides=self.instance.pk,
        )


def tidy(text: str) -> str:
    """One way to write it: composed letters, single spaces, nothing that turns the direction."""
    return " ".join(unicodedata.normalize("NFC", text.translate(_TURNING)).split())


def layout() -> Layout:
    grid = "form-grid"
    return Layout(
        Fieldset(
            _("Identity"),
            Div("family_name", "given_name", "birth_name", "birth_on", "gender", css_class=grid),
        ),
        Fieldset(
            _("Contact"),
            Div("phone", "other_phone", "email", "preferred_channel", "language", css_class=grid),
            Div("street", "postal_code", "city", css_class=grid),
        ),
        Fieldset(_("For the desk"), "desk_note"),
        "version",
    )


def typed_so_far(query: str) -> dict[str, str]:
    """What was searched in vain, as the beginning of a new record."""
    email = next((word for word in query.split() if "@" in word), "")
    rest = [word for word in query.split() if "@" not in word]
    number = " ".join(word for word in rest if digits(word))
    words = [word for word in rest if not digits(word)]
    is_date = any(mark in number for mark in "/.-") and len(digits(number)) == 8
    return {
        "family_name": " ".join(words[:1]),
        "given_name": " ".join(words[1:]),
        "birth_on" if is_date else "phone": number,
        "email": email,
    }
