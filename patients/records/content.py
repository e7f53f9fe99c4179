"""What a record says, as plain JSON values: so versions are compared, kept and put together."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from patients import charts
from patients.models import Lot, ProductUse, RecordVersion, SessionRecord
from patients.models.record import WRITTEN

# What a save may carry: what is written, when it began and ended, and by whom it was done.
SAVED = (*WRITTEN, "started_at", "ended_at", "performer")
PRODUCTS = "products"  # all lines together are one more field
CODES = {
    "zones": charts.PLACES,
    "techniques": charts.TECHNIQUES,
    "reactions": charts.SIGNS,
}

COLUMNS = {field.name: field for field in SessionRecord._meta.concrete_fields}

BACKWARDS = gettext_lazy("The end is before the beginning.")

Content = dict[str, Any]  # by field, JSON values; PRODUCTS is a list of lines


@dataclass(frozen=True)
class ProductLine:
    """A volume of one lot, as it is typed. Name, maker, number and expiry come from the lot."""

    lot_id: int
    volume_ml: Decimal | None = None
    prepared_at: dt.datetime | None = None
    injected_at: dt.datetime | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "lot": self.lot_id,
            "volume_ml": None if self.volume_ml is None else f"{self.volume_ml:.2f}",
            "prepared_at": moment(self.prepared_at),
            "injected_at": moment(self.injected_at),
        }

    @classmethod
    def from_json(cls, line: Mapping[str, Any]) -> "ProductLine":
        volume = line["volume_ml"]
        return cls(
            line["lot"],
            None if volume is None else Decimal(volume),
            instant(line["prepared_at"]),
            instant(line["injected_at"]),
        )


def moment(at: dt.datetime | None) -> str | None:
    return None if at is None else at.astimezone(dt.UTC).isoformat()


def instant(text: str | None) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text)


def plain(name: str, value: Any) -> Any:
    """A field's value as JSON says it: the same value is always the same JSON."""
    field = field_of(name)
    if value is None:
        return None
    if isinstance(field, models.JSONField):
        return sorted(set(value))
    if isinstance(field, models.DecimalField):
        return f"{Decimal(value):.{field.decimal_places}f}"
    if isinstance(field, models.DateTimeField):
        return moment(value)
    return value.pk if isinstance(value, models.Model) else value


def values(content: Content) -> dict[str, Any]:
    """Back from JSON: what a form shows and a column takes, without the products."""
    return {n: field_of(n).to_python(v) for n, v in content.items() if n != PRODUCTS}


def lines(content: Content) -> list[ProductLine]:
    return [ProductLine.from_json(line) for line in content.get(PRODUCTS, ())]


def typed_content(fields: Mapping[str, Any], products: Sequence[ProductLine] | None) -> Content:
    """What somebody sent: only those fields. `products` None: the products were not sent."""
    typed = {name: plain(name, value) for name, value in fields.items()}
    if products is not None:
        typed[PRODUCTS] = [line.as_json() for line in products]
    return typed


def content_of(record: SessionRecord) -> Content:
    """All that a save may carry, as the record has it now. One query, for the products."""
    content = {name: plain(name, getattr(record, field_of(name).attname)) for name in SAVED}
    return content | {PRODUCTS: [line_of(use).as_json() for use in record.products.all()]}


def content_at(record: SessionRecord, version: int) -> Content:
    """What the draft said at that version; nothing known of one that never was."""
    content: Content = {}
    until = RecordVersion.objects.filter(record=record, version__lte=version).order_by("version")
    for delta in until.values_list("content", flat=True).iterator(chunk_size=20):
        content |= delta
    return content


def line_of(use: ProductUse) -> ProductLine:
    return ProductLine(use.lot_id, use.volume_ml, use.prepared_at, use.injected_at)


def field_of(name: str) -> "models.Field[Any, Any]":
    return COLUMNS[name]


def validate(fields: Mapping[str, Any], products: Sequence[ProductLine] | None = None) -> None:
    """ValidationError by field for what no record can hold, so that a save never breaks.

    Forms call it in `clean()` and show the messages at their fields; `save_draft` calls it too.
    """
    found: dict[str, list[Any]] = {}
    for name, value in fields.items():
        if problems := list(problems_of(name, value)):
            found[name] = problems
    if "ended_at" not in found and is_backwards(fields.get("started_at"), fields.get("ended_at")):
        found["ended_at"] = [BACKWARDS]
    if problems := list(impossible(products or ())):
        found[PRODUCTS] = problems
    if found:
        raise ValidationError(found)


def problems_of(name: str, value: Any) -> Iterator[Any]:
    if name not in SAVED:
        yield _("A record has no such field.")
        return
    field = field_of(name)
    if isinstance(field, models.JSONField):
        yield from unknown_codes(name, value)
    elif isinstance(value, str) and (problem := unwritable(value)):
        yield problem
    else:
        try:
            # clean() reads as a column would: type, choices, length, range, and whether empty.
            field.clean(getattr(value, "pk", value), None)
        except ValidationError as error:
            yield from error.messages


def unknown_codes(name: str, value: Any) -> Iterator[str]:
    known = CODES[name]
    if not isinstance(value, list | tuple) or not all(code in known for code in value):
        yield _("Choose from the list.")


def unwritable(text: str) -> str | None:
    """Why these characters cannot be kept as they are; every other text is kept byte for byte."""
    if "\0" in text:
        return _("The text holds an invisible character (NUL) that cannot be stored: remove it.")
    try:
        text.encode()
    except UnicodeEncodeError:
        return _("The text holds half a character that cannot be stored: remove it.")
    return None


def is_backwards(began: Any, ended: Any) -> bool:
    """False too where a form has sent something that is no moment at all."""
    moments = isinstance(began, dt.datetime) and isinstance(ended, dt.datetime)
    return moments and ended < began


def validate_times(content: Content) -> None:
    """One of the two was sent, the other one stands."""
    if is_backwards(instant(content["started_at"]), instant(content["ended_at"])):
        raise ValidationError({"ended_at": [BACKWARDS]})


def impossible(products: Sequence[ProductLine]) -> Iterator[str]:
    for line in products:
        if line.volume_ml is not None and not 0 < line.volume_ml < 10_000:
            yield _("A volume is more than 0 ml.")
        if line.prepared_at and line.injected_at and line.injected_at < line.prepared_at:
            yield _("A product is injected after it was prepared.")
    asked = {line.lot_id for line in products}
    if asked and Lot.objects.filter(pk__in=asked).count() != len(asked):
        yield _("This lot does not exist.")
