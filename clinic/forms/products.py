"""The products of a record as rows: a lot chosen, scanned or typed, its volume, its two hours."""

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.forms.records import HourField, NumberField, dress
from patients import gs1, stock
from patients.models import Lot, SessionRecord
from patients.records import ProductLine

PREFIX = "products"
MOST_ROWS = 20
ROWS_WITHOUT_SCRIPTS = 4
LONGEST = 300
WAITING = ("proposed", "find", "volume_ml", "prepared_at", "injected_at")
MOST_FOUND = 2  # enough to know that it is not the only one


class ProductForm(forms.Form):
    """`lot` is a public id; `find` what was typed or scanned where nothing was chosen; `proposed`
    a lot of the same product as last time, which counts once somebody ticked it."""

    lot = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    proposed = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    find = forms.CharField(
        label=gettext_lazy("Product or lot"),
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    volume_ml = NumberField(
        label=gettext_lazy("Volume, ml"),
        required=False,
        max_digits=6,
        decimal_places=2,
        min_value=Decimal("0.01"),
        error_messages={
            "invalid": gettext_lazy("A number such as 2 or 0.5."),
            "min_value": gettext_lazy("More than 0 ml."),
        },
    )
    prepared_at = HourField(label=gettext_lazy("Prepared at"))
    injected_at = HourField(label=gettext_lazy("Injected at"))

    def __init__(self, *args: Any, day: dt.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.day = day
        dress(self)
        for name in ("prepared_at", "injected_at"):
            self.fields[name].day = day  # type: ignore[attr-defined]  # our field
        self.found: Lot | None = self.initial.get("found")
        self.offered: Lot | None = self.initial.get("offered")  # to be confirmed with the box
        self.unknown = ""  # a number that is in no stock
        self.waits = False  # for its lot: nobody typed a wrong one

    @property
    def is_blank(self) -> bool:
        return not any(self.cleaned_data.values()) and not self.errors

    def which_lot(self) -> str:
        if self.offered:
            return _("Tick the lot with the box in hand, choose another, or take the row out.")
        return _("Which lot? Nothing is used without one.")

    def clean(self) -> None:
        before, after = (self.cleaned_data.get(name) for name in ("prepared_at", "injected_at"))
        if before and after and after < before:
            self.add_error("injected_at", _("Injected before it was prepared."))

    def as_typed(self) -> dict[str, str]:
        """The texts of a row without its lot, to be shown again elsewhere."""
        typed = {name: str(self[name].value() or "").replace("\0", "") for name in WAITING}
        return {name: text[:LONGEST] for name, text in typed.items() if text}

    def line(self) -> ProductLine | None:
        """What of the row is right; nothing without a lot."""
        if self.found is None:
            return None
        typed = self.cleaned_data
        return ProductLine(
            self.found.pk,
            typed.get("volume_ml"),
            typed.get("prepared_at"),
            typed.get("injected_at"),
        )


class BaseProductSet(forms.BaseFormSet):
    """One query for the lots of all rows, another for each number that was only typed."""

    def clean(self) -> None:
        rows = [form for form in self.forms if hasattr(form, "cleaned_data")]
        names = ("lot", "proposed")
        asked = {str(form.cleaned_data.get(name) or "") for form in rows for name in names}
        lots = Lot.objects.filter(public_id__in=asked - {""}).select_related("article")
        by_id = {lot.public_id: lot for lot in lots}
        for form in rows:
            form.found = by_id.get(form.cleaned_data.get("lot") or "")
            form.offered = by_id.get(form.cleaned_data.get("proposed") or "")
            # What was typed after a lot was chosen is about another one.
            if not form.is_blank and (form.found is None or form.cleaned_data.get("find")):
                self._look_up(form)

    def _look_up(self, form: ProductForm) -> None:
        typed = form.cleaned_data.get("find") or ""
        if not typed.strip():
            form.waits = True
            form.add_error("find", form.which_lot())
            return
        usable = list(stock.in_use(today=form.day, query=typed)[:MOST_FOUND])
        # One that is expired or recalled is written down as well: it is what signing stops at.
        found = usable or list(stock.find(typed)[:MOST_FOUND])
        if len(found) == 1:
            form.found = found[0]
        elif found:
            form.add_error("find", _("Several lots are called so: choose one of the list."))
        else:
            form.unknown = number_in(typed)
            text = _("There is no lot “%(number)s” in the stock.")
            form.add_error("find", text % {"number": form.unknown})

    @property
    def was_sent(self) -> bool:
        """A form without its rows says nothing about the products."""
        return self.management_form.is_valid()

    def lines(self) -> list[ProductLine]:
        """The rows that have a lot, in order."""
        return [line for form in self.rows() if (line := form.line())]

    def waiting(self) -> list[dict[str, str]]:
        """The rows that have none, as they were typed."""
        rows = (form.as_typed() for form in self.rows() if form.found is None)
        return [row for row in rows if row]

    def rows(self) -> Iterator[ProductForm]:
        return (form for form in self.forms if hasattr(form, "cleaned_data"))


def number_in(typed: str) -> str:
    """The lot number of a scanned code, or what was typed."""
    scan = gs1.parse(typed)
    return scan.lot if scan and scan.lot else typed.strip()[:40]


def product_set(
    data: Any = None, *, record: SessionRecord, initial: Sequence[dict[str, Any]] = ()
) -> BaseProductSet:
    """Bound, or with one row for each of `initial` and an empty one to go on."""
    rows = forms.formset_factory(
        ProductForm,
        formset=BaseProductSet,
        extra=1,
        max_num=MOST_ROWS,
        absolute_max=MOST_ROWS,
    )
    day = timezone.localtime(record.started_at).date()
    given = None if data is not None else list(initial)
    return rows(data, prefix=PREFIX, initial=given, form_kwargs={"day": day})  # type: ignore[return-value]
