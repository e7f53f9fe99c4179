"""A lot as it comes in, as it is put right, why it is recalled, why its patients are looked up."""

import calendar
import datetime as dt
import re
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from clinic.care.tracing import Purpose
from clinic.forms.patients import DATE_FORMATS, tidy
from patients import gs1, stock
from patients.models import Article, Lot
from protocols.models import Product, Qualification

FIRST_DAY = dt.date(2000, 1, 1)
LONGEST_LIFE = dt.timedelta(days=20 * 366)
MONTH = re.compile(r"(0?[1-9]|1[0-2])\s*[/.-]\s*(\d{4})")


class BoxDateField(forms.DateField):
    """A date as it is printed on a box: also a month alone, which means its last day."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(
            format="%d/%m/%Y",
            attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 20},
        )
        messages = {"invalid": gettext_lazy("Enter a date that exists, such as 31/01/2027.")}
        super().__init__(
            input_formats=DATE_FORMATS, widget=widget, error_messages=messages, **options
        )

    def to_python(self, value: Any) -> dt.date | None:
        found = MONTH.fullmatch(value.strip()) if isinstance(value, str) else None
        if found is None or not int(found[2]):
            return super().to_python(value)
        month, year = int(found[1]), int(found[2])
        return dt.date(year, month, calendar.monthrange(year, month)[1])


def kept_gtin(typed: str) -> str:
    """A GTIN as it is kept, or ValidationError; empty where none was typed."""
    digits = typed.replace(" ", "")
    kept = gs1.fourteen(digits)
    if digits and not kept:
        raise ValidationError(_("This is no GTIN: its last digit does not check the others."))
    return kept


class LotForm(forms.Form):
    """What a lot says of itself; `ReceiveForm` is for a new one, `CorrectForm` for ours."""

    number = forms.CharField(
        label=gettext_lazy("Lot number"),
        max_length=stock.LONGEST_NUMBER,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("As it is printed; case, spaces and dashes do not matter."),
    )
    expires_on = BoxDateField(
        label=gettext_lazy("Use by"),
        help_text=gettext_lazy("31/01/2027, or 01/2027 for the end of the month."),
    )
    received_on = BoxDateField(label=pgettext_lazy("a lot", "Received on"))

    def __init__(self, *args: Any, today: dt.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean_number(self) -> str:
        number = stock.typed_number(self.cleaned_data["number"])
        if not stock.key_of(number):
            raise ValidationError(_("A lot number has letters or digits, at most 40."))
        return number

    def clean_expires_on(self) -> dt.date:
        expires_on = self.cleaned_data["expires_on"]
        if not FIRST_DAY <= expires_on <= self.today + LONGEST_LIFE:
            raise ValidationError(_("Check the year."))
        return expires_on

    def clean_received_on(self) -> dt.date:
        received_on = self.cleaned_data["received_on"]
        if received_on > self.today:
            raise ValidationError(_("This day lies in the future."))
        if received_on < FIRST_DAY:
            raise ValidationError(_("Check the year."))
        return received_on


class ReceiveForm(LotForm):
    """A new lot, of an article that we have or of a new one."""

    article = forms.CharField(
        label=gettext_lazy("Article"),
        max_length=250,
        widget=forms.TextInput(attrs={"list": "articles", "autocomplete": "off"}),
        help_text=gettext_lazy("Its first letters, then choose. A new name opens a new article."),
    )
    maker = forms.CharField(label=gettext_lazy("Maker"), max_length=120, required=False)
    product = forms.ModelChoiceField(
        label=gettext_lazy("Class"),
        queryset=Product.objects.all(),
        required=False,
        empty_label=gettext_lazy("Choose"),
    )
    regulatory_status = forms.ChoiceField(
        label=gettext_lazy("Regulatory status"),
        required=False,
        choices=[("", gettext_lazy("Choose")), *Product.RegulatoryStatus.choices],
    )
    performer_qualification = forms.ChoiceField(
        label=gettext_lazy("Who may use it"),
        required=False,
        choices=[("", gettext_lazy("As the protocol says")), *Qualification.choices],
    )
    barcode = forms.CharField(
        label=gettext_lazy("GTIN"),
        max_length=14,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=gettext_lazy("The digits under the bar code: a scan then knows the article."),
    )
    contains_ha = forms.BooleanField(label=gettext_lazy("Contains hyaluronic acid"), required=False)
    field_order = ("article", "number", "expires_on", "received_on")
    NEW_ARTICLE = (
        "maker", "product", "regulatory_status", "performer_qualification", "barcode",
        "contains_ha",
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.known: Article | None = None
        self.helper.layout = Layout(
            Div(
                Field("article", wrapper_class="span-all"),
                "number",
                "expires_on",
                "received_on",
                css_class="form-grid",
            )
        )
        self.new_article = FormHelper()
        self.new_article.form_tag, self.new_article.disable_csrf = False, True
        self.new_article.layout = Layout(Div(*self.NEW_ARTICLE, css_class="form-grid"))

    def clean_expires_on(self) -> dt.date:
        expires_on = super().clean_expires_on()
        if expires_on < self.today:
            raise ValidationError(_("This lot has expired: it must not come into the stock."))
        return expires_on

    def clean_barcode(self) -> str:
        return kept_gtin(self.cleaned_data["barcode"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.known = stock.named(data.get("article", ""))
        if self.known is None and data.get("article"):
            self._check_new_article(data)
        if self.known and not self.known.is_active:
            self.add_error("article", _("This article is no longer in use: see the settings."))
        return data

    def _check_new_article(self, data: dict[str, Any]) -> None:
        """What a new article cannot be without."""
        data["article"] = tidy(data["article"])
        if len(data["article"]) > 120:
            self.add_error("article", _("At most 120 letters."))
        for name in ("maker", "product", "regulatory_status"):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, _("A new article needs this."))
        there = stock.of_gtin(data.get("barcode", ""))
        if there is not None:
            text = _("This is the GTIN of %(article)s.") % {"article": there.name}
            self.add_error("barcode", text)
        if Article.objects.filter(name=data["article"], maker=data.get("maker", "")).exists():
            self.add_error("article", _("There is an article of this name and maker."))

    @property
    def opens_new_article(self) -> bool:
        """Whether the fields of a new article are to be seen."""
        if self.is_bound:
            return self.known is None
        return bool(self.initial.get("barcode"))

    @property
    def asked_article(self) -> Article | dict[str, Any]:
        if self.known is not None:
            return self.known
        new = {name: self.cleaned_data[name] for name in self.NEW_ARTICLE}
        return new | {"name": self.cleaned_data["article"]}

    @property
    def lot_fields(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in LotForm.base_fields}


class CorrectForm(LotForm):
    """Our own lot: nothing of it but the day it came once it was used."""

    article = forms.ModelChoiceField(label=gettext_lazy("Article"), queryset=Article.objects.all())
    field_order = ("article", "number", "expires_on", "received_on")

    def __init__(self, *args: Any, lot: Lot, **options: Any) -> None:
        initial = {name: getattr(lot, name) for name in self.base_fields}
        super().__init__(*args, initial=initial, **options)
        self.helper.layout = Layout(Div(*self.fields, css_class="form-grid"))


class RecallForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=200,
        help_text=gettext_lazy("Who recalls it, and the reference: “maker’s notice 2026-114”."),
        error_messages={"required": gettext_lazy("Say who recalls it, and why.")},
    )


class PurposeForm(forms.Form):
    """Why somebody looks for everyone who received a lot."""

    purpose = forms.ChoiceField(
        label=gettext_lazy("Why do you look this up?"),
        choices=Purpose.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a reason.")},
    )


def scanned(text: str) -> dict[str, Any]:
    """What a scan says, as the beginning of a new lot; empty when it was none."""
    code = gs1.parse(text)
    if code is None:
        return {}
    article = stock.of_gtin(code.gtin)
    found: dict[str, Any] = {"number": code.lot, "expires_on": code.expires_on}
    if article is not None:
        return found | {"article": f"{article.name} · {article.maker}"}
    return found | {"barcode": code.gtin}
