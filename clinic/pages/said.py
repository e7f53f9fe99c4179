"""What a record says, in words: for the signed page, last time's values, and what will be fixed."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.formats import get_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from patients import charts
from patients.models import ProductUse, SessionRecord
from patients.models.record import WORST, WRITTEN
from patients.records import CODES, PRODUCTS

MINUTES = {"cream_minutes", "led_minutes"}
SCORES = {"pain_before", "pain_after", "satisfaction"}
LONG = {"notes", "reactions_text", "next_step_text"}


@dataclass(frozen=True)
class Said:
    """One field with its value in words."""

    name: str
    label: str
    text: str

    @property
    def is_long(self) -> bool:
        return self.name in LONG


def label_of(name: str) -> str:
    if name == PRODUCTS:
        return _("Products")
    if name == "performer":
        return _("Performed by")
    return str(capfirst(SessionRecord._meta.get_field(name).verbose_name))  # type: ignore[union-attr]


def said(record: SessionRecord, names: Iterable[str] = WRITTEN) -> list[Said]:
    """Everything that is filled in, in the order of the work."""
    return [
        Said(name, label_of(name), text)
        for name in names
        if (text := in_words(name, getattr(record, name)))
    ]


def in_words(name: str, value: Any) -> str:
    """A field's value as a person reads it; empty where there is none."""
    if value is None or value is False or value in ("", []):
        return ""
    if name in CODES:
        return ", ".join(charts.named(value, CODES[name]))
    if name in MINUTES:
        return _("%(n)s min") % {"n": value}
    if name in SCORES:
        return f"{value}/{WORST}"
    return _plain_in_words(name, value)


def _plain_in_words(name: str, value: Any) -> str:
    if value is True:
        return _("yes")
    if isinstance(value, Decimal):
        return f"{number(value)} mm"
    if isinstance(value, dt.datetime):
        return f"{timezone.localtime(value):%H:%M}"
    choices = dict(SessionRecord._meta.get_field(name).flatchoices)  # type: ignore[union-attr]
    return str(choices.get(value, value))


def number(value: Decimal) -> str:
    """2,5 in French: without zeros at its end."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace(".", str(get_format("DECIMAL_SEPARATOR")))


def minutes_between(use: ProductUse) -> int | None:
    if use.prepared_at is None or use.injected_at is None:
        return None
    return int((use.injected_at - use.prepared_at).total_seconds()) // 60


def product_in_words(use: ProductUse) -> str:
    """Mésolis, lot ML-24, 2 ml, 12 min after it was prepared."""
    return ", ".join(_product_parts(use))


def _product_parts(use: ProductUse) -> Iterator[str]:
    yield use.name
    yield _("lot %(number)s") % {"number": use.lot_number}
    if use.volume_ml is not None:
        yield f"{number(use.volume_ml)} ml"
    if (minutes := minutes_between(use)) is not None:
        yield ngettext(
            "%(n)d min after it was prepared", "%(n)d min after it was prepared", minutes
        ) % {"n": minutes}


def lines_in_words(lines: Iterable[Mapping[str, Any]], lots: Mapping[int, str]) -> str:
    """The products of a kept text, one a line."""
    rows = []
    for line in lines:
        volume = line.get("volume_ml")
        parts = [lots.get(line["lot"], "?"), f"{number(Decimal(volume))} ml" if volume else ""]
        rows.append(", ".join(filter(None, parts)))
    return "\n".join(rows)
