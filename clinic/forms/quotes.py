"""A quote's draft and its lines: validates, does not save."""

import datetime as dt
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.forms.patients import tidy
from clinic.models import Resource
from patients import money
from patients.models import Quote, QuoteLine, VatGround
from patients.quotes import MOST_CENTS, Line
from protocols.models import Phase, Protocol

MOST_LINES = 40
MOST_OF_ONE = 999
DATE_FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y"]
LONGEST_VALIDITY = dt.timedelta(days=731)
WORDS = ("act", "anaesthesia", "days_off", "place", "patient_address")
TYPED = ("label", "quantity", "unit_cents", "vat_permille")
EXEMPT = {VatGround.CARE, VatGround.FRANCHISE}


class EuroField(forms.CharField):
    """An amount as people write it, in cents."""

    default_error_messages = {"invalid": gettext_lazy("Enter an amount such as 1 234,50.")}

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(max_length=30, widget=widget, **options)

    def prepare_value(self, value: Any) -> Any:
        return money.plain(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            cents = money.cents(text)
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error
        if cents > MOST_CENTS:
            raise ValidationError(_("This amount is too large."), code="too_large")
        return cents


class RateField(forms.CharField):
    """A rate in per cent, in thousandths."""

    default_error_messages = {"invalid": gettext_lazy("Enter a rate such as 20 or 5,5.")}

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(max_length=10, widget=widget, **options)

    def prepare_value(self, value: Any) -> Any:
        return money.rate(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            thousandths = money.permille(text)
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error
        if thousandths > 1000:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return thousandths


class NewQuoteForm(forms.Form):
    """Which protocol a quote is for."""

    protocol = forms.ModelChoiceField(
        Protocol.objects.none(), label=gettext_lazy("Protocol"), empty_label=gettext_lazy("Choose…")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["protocol"].queryset = Protocol.objects.bookable()  # type: ignore[attr-defined]  # our field


class DraftForm(forms.ModelForm):
    """Who, where and what. The practitioner's own facts are copied from the settings."""

    practitioner = forms.ChoiceField(label=gettext_lazy("Practitioner"), required=False)
    valid_until = forms.DateField(
        label=gettext_lazy("Valid until"),
        input_formats=DATE_FORMATS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": gettext_lazy("Enter a date that exists, such as 14/04/2026.")},
    )
    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    class Meta:
        model = Quote
        fields = ("act", "anaesthesia", "days_off", "place", "patient_address", "valid_until")

    def __init__(
        self, *args: Any, practitioners: list[Resource], today: dt.date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.practitioners, self.today = practitioners, today
        written = self.instance.practitioner_name
        known = [(row.public_id, row.name) for row in practitioners]
        self.fields["practitioner"].choices = [("", written or "—"), *known]  # type: ignore[attr-defined]  # our field
        here = [row.public_id for row in practitioners if row.name == written]
        self.initial.setdefault("practitioner", here[0] if here else "")
        if here:
            self.fields["practitioner"].choices = known  # type: ignore[attr-defined]  # our field
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            Div("practitioner", "valid_until", css_class="form-grid"),
            Div("act", "place", css_class="form-grid"),
            Div("anaesthesia", "days_off", "patient_address", css_class="form-grid"),
            "seen",
        )

    def clean_valid_until(self) -> dt.date:
        until: dt.date = self.cleaned_data["valid_until"]
        if until < self.today:
            raise ValidationError(_("This day is past."))
        if until > self.today + LONGEST_VALIDITY:
            raise ValidationError(_("This day lies more than two years ahead."))
        return until

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        return data | {name: tidy(data[name]) for name in WORDS if name in data}

    @property
    def chosen(self) -> Resource | None:
        """None: the one that stands on the quote stays."""
        wished = self.cleaned_data["practitioner"]
        return next((row for row in self.practitioners if row.public_id == wished), None)

    @property
    def quote_fields(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class LineForm(forms.Form):
    phase = forms.ChoiceField(
        label=gettext_lazy("Phase"),
        required=False,
        choices=[("", "—"), *Phase.Kind.choices],
    )
    label = forms.CharField(label=gettext_lazy("Service or product"), max_length=200)
    quantity = forms.IntegerField(
        label=gettext_lazy("Quantity"),
        min_value=1,
        max_value=MOST_OF_ONE,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    unit_cents = EuroField(label=gettext_lazy("Unit price"))
    vat_permille = RateField(label=gettext_lazy("VAT %"))
    vat_ground = forms.ChoiceField(label=gettext_lazy("Ground"), choices=VatGround.choices)

    def __init__(self, *args: Any, ground: str = VatGround.AESTHETIC, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["vat_ground"].initial = ground

    def has_changed(self) -> bool:
        """The line at the end is none until something is typed; its lists always say something."""
        if not self.empty_permitted:
            return bool(super().has_changed())
        return any(self[name].data for name in TYPED)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("vat_ground") in EXEMPT and data.get("vat_permille"):
            self.add_error("vat_permille", _("What is exempt bears no VAT: enter 0."))
        if "label" in data:
            data["label"] = tidy(data["label"])
        return data

    @property
    def columns(self) -> list[Any]:
        return [field for field in self.visible_fields() if field.name != "DELETE"]


class BaseLines(forms.BaseFormSet):
    def clean(self) -> None:
        if any(self.errors):
            return
        if sum(line.total_cents for line in self.lines) > MOST_CENTS:
            raise ValidationError(_("The total is too large."))

    @property
    def lines(self) -> list[Line]:
        """What is to be kept, in order; the empty line at the end is none."""
        kept = [form for form in self.forms if form not in self.deleted_forms]
        return [_line(form.cleaned_data) for form in kept if form.cleaned_data.get("label")]


def _line(data: dict[str, Any]) -> Line:
    names = ("label", "quantity", "unit_cents", "vat_permille", "vat_ground", "phase")
    return Line(**{name: data[name] for name in names})


LINES = forms.formset_factory(
    LineForm,
    formset=BaseLines,
    extra=1,
    can_delete=True,
    max_num=MOST_LINES,
    absolute_max=MOST_LINES + 10,
    validate_max=True,
)


def lines_form(data: Any, lines: list[QuoteLine]) -> Any:
    """The lines as they stand with an empty one after them, or as they were sent."""
    names = ("phase", "label", "quantity", "unit_cents", "vat_permille", "vat_ground")
    initial = [{name: getattr(line, name) for name in names} for line in lines]
    ground = lines[-1].vat_ground if lines else VatGround.AESTHETIC
    return LINES(data, initial=initial, prefix="line", form_kwargs={"ground": ground})


class AnswerForm(forms.Form):
    """What the patient answered."""

    answer = forms.ChoiceField(choices=[("signed", ""), ("refused", "")])


class HandOverForm(forms.Form):
    """A quote for these sessions of a protocol, made and given at once."""

    protocol = forms.ModelChoiceField(Protocol.objects.none())
    first = forms.IntegerField(min_value=1, max_value=1000)
    last = forms.IntegerField(min_value=1, max_value=1000)
    practitioner = forms.CharField(required=False, max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["protocol"].queryset = Protocol.objects.all()  # type: ignore[attr-defined]  # our field

    @property
    def numbers(self) -> list[int]:
        """Those that the protocol has."""
        span = (self.cleaned_data["first"], self.cleaned_data["last"])
        steps = self.cleaned_data["protocol"].steps.filter(number__range=span)
        return list(steps.values_list("number", flat=True))
