"""What the form of a record is filled with: itself, last time's, or a text that was kept."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from clinic.models import User
from clinic.pages.said import in_words, label_of, lines_in_words
from patients import records, stock
from patients.models import KeptText, Lot, ProductUse, SessionRecord
from patients.records import PRODUCTS, SAVED, Content, ProductLine
from patients.records.merging import merge

# What is usually the same again. Pain, notes and hours never are.
REPEATED = (
    "zones", "techniques", "passes", "depth", "depth_mm", "needle", "asepsis", "asepsis_other",
    "cream_minutes", "led_minutes",
)  # fmt: skip
MINE, THEIRS, BOTH = "mine", "theirs", "both"


def initial(record: SessionRecord, last: SessionRecord | None = None) -> dict[str, Any]:
    """The fields of the form; with `last`, what is usually the same is taken from there."""
    values = {name: getattr(record, name) for name in SAVED}
    repeated = {name: getattr(last, name) for name in REPEATED} if last else {}
    return values | {"performer": record.performer_id, "base": record.version} | repeated


def rows(
    record: SessionRecord, last: SessionRecord | None = None, *, on: dt.date
) -> list[dict[str, Any]]:
    """The products of the record, and the rows that wait for their lot; without any, those of
    `last` in lots of today."""
    uses, waits = list(record.products.all()), records.waiting(record)
    if uses or waits or last is None:
        there = [_row(use) | {"lot": use.lot.public_id, "found": use.lot} for use in uses]
        return [*there, *_waiting(waits)]
    return _proposed(list(last.products.all()), on)


def _waiting(rows: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """As they were typed, each with the lot that was proposed for it; one query, if any."""
    asked = {row["proposed"] for row in rows if "proposed" in row}
    lots = Lot.objects.filter(public_id__in=asked).select_related("article") if asked else ()
    by_id = {lot.public_id: lot for lot in lots}
    return [dict(row) | {"offered": by_id.get(row.get("proposed", ""))} for row in rows]


def _row(use: ProductUse) -> dict[str, Any]:
    names = ("volume_ml", "prepared_at", "injected_at")
    return {name: getattr(use, name) for name in names}


def _proposed(uses: Sequence[ProductUse], on: dt.date) -> list[dict[str, Any]]:
    """The same articles in the lot that expires first, to be confirmed with the box in hand."""
    by_article: dict[int, Lot] = {}
    articles = {use.lot.article_id for use in uses}
    for lot in stock.in_use(today=on).filter(article__in=articles):
        by_article.setdefault(lot.article_id, lot)
    return [_again(use, by_article.get(use.lot.article_id)) for use in uses]


def _again(use: ProductUse, lot: Lot | None) -> dict[str, Any]:
    """Without a lot of today the name stands in the field, to be looked for."""
    there = {"proposed": lot.public_id, "offered": lot} if lot else {"find": use.name}
    return there | {"volume_ml": use.volume_ml}


# --- Texts that were kept ------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """One field of a kept text beside what stands in the record. `chosen` is what is proposed."""

    name: str
    label: str
    mine: str
    theirs: str
    chosen: str
    may_be_both: bool


@dataclass(frozen=True)
class Kept:
    text: KeptText
    choices: tuple[Choice, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(choice.name for choice in self.choices)


def kept(record: SessionRecord, by: User) -> list[Kept]:
    """What this person typed and the record did not take, field by field; two queries and more
    only where there is any."""
    texts = records.kept(record=record, by=by)
    current = records.content_of(record) if texts else {}
    shown = (_kept(text, record, current) for text in texts)
    return [each for each in shown if each.choices]


def _kept(text: KeptText, record: SessionRecord, current: Content) -> Kept:
    before = records.content_at(record, text.base)
    merged = merge(base=before, current=current, mine=text.content)
    names = [name for name in (*SAVED, PRODUCTS) if name in merged.taken | merged.differing]
    lots = _lots(text.content, current) if PRODUCTS in names else {}
    return Kept(
        text,
        tuple(
            Choice(
                name,
                label_of(name),
                _in_words(name, text.content, lots),
                _in_words(name, current, lots),
                MINE if name in merged.taken else "",
                _may_be_both(current[name]),
            )
            for name in names
        ),
    )


def _lots(*contents: Content) -> dict[int, str]:
    asked = {line["lot"] for content in contents for line in content.get(PRODUCTS, ())}
    return {lot.pk: str(lot) for lot in Lot.objects.filter(pk__in=asked).select_related("article")}


def _in_words(name: str, content: Content, lots: Mapping[int, str]) -> str:
    if name == PRODUCTS:
        return lines_in_words(content[name], lots) or _("nothing")
    if name == "performer":
        return str(User.objects.get(pk=content[name]))
    return in_words(name, records.values({name: content[name]})[name]) or _("nothing")


def _may_be_both(value: Any) -> bool:
    return isinstance(value, list | str)


def put_together(
    kept_text: KeptText,
    choices: Mapping[str, str],
    fields: Mapping[str, Any],
    lines: Sequence[ProductLine],
) -> tuple[dict[str, Any], list[ProductLine]]:
    """The form with what was chosen for each field: `theirs` is what stands in it already."""
    typed, taken = records.values(kept_text.content), dict(fields)
    products = list(lines)
    for name, choice in choices.items():
        if choice == THEIRS:
            continue
        if name == PRODUCTS:
            mine = records.lines(kept_text.content)
            products = [*(products if choice == BOTH else []), *mine]
            products = list(dict.fromkeys(products))
        else:
            taken[name] = _both(taken.get(name), typed[name]) if choice == BOTH else typed[name]
    return taken, products


def _both(theirs: Any, mine: Any) -> Any:
    """One text under the other, or every code of the two lists."""
    if isinstance(mine, list):
        return [*theirs, *(code for code in mine if code not in theirs)]
    return "\n\n".join(filter(None, [theirs, mine])) if isinstance(mine, str) else mine
