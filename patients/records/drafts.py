"""Drafts: opened once a session, saved again and again, by several hands, and no word is lost."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, ProtectedError
from django.utils.translation import gettext as _

from patients.actor import Actor
from patients.models import KeptText, Lot, ProductUse, RecordVersion, SessionRecord
from patients.models.series import TreatmentSession
from patients.records.content import (
    PRODUCTS,
    Content,
    ProductLine,
    content_at,
    content_of,
    field_of,
    line_of,
    lines,
    typed_content,
    validate,
    validate_times,
    values,
)
from patients.records.merging import Differing, merge

NO_VERSION = 0  # what a base is that never was: then whatever differs is a conflict


@dataclass(frozen=True)
class Saved:
    """What was sent stands in the record.

    `written` names what this save changed, `theirs` what others changed since the base: the page
    shows those anew.
    """

    record: SessionRecord
    written: frozenset[str] = frozenset()
    theirs: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Conflict:
    """Nothing was written into the record: the fields of `differing` were changed by two people.

    `merged` is the whole form to show: what one alone changed is in it, what both changed stands
    as they wrote it. Saved again with `base` = `record.version`, it is resolved. All that was
    typed is in `kept`.
    """

    record: SessionRecord
    typed: Content
    differing: dict[str, Differing]
    merged: Content
    kept: KeptText


@dataclass(frozen=True)
class Closed:
    """The record was signed meanwhile. `kept` is what was typed, None if it says nothing else."""

    record: SessionRecord
    kept: KeptText | None


class Overtaken(Exception):
    """Somebody wrote between our look and our write: the row's lock did not hold."""


def open_draft(
    *,
    session: TreatmentSession,
    place: str,
    performer: Actor,
    by: Actor,
    now: dt.datetime,
    started_at: dt.datetime | None = None,
) -> SessionRecord:
    """The one record of the session: the one that is there, or a new draft, at version 1.

    `started_at` is when the session began, where it is written down later than it was done.
    """
    with transaction.atomic():
        record, is_new = SessionRecord.objects.get_or_create(
            session=session,
            defaults={
                "patient": session.series.patient,
                "place": place,
                "performer": performer,
                "performer_name": str(performer),
                "started_at": started_at or now,
                "opened_at": now,
                "opened_by": by,
                "saved_at": now,
                "saved_by": by,
            },
        )
        if is_new:
            _remember(record, 1, content_of(record), by=by, now=now)
    return record


def save_draft(
    *,
    record_id: int,
    base: int,
    fields: Mapping[str, Any],
    products: Sequence[ProductLine] | None,
    by: Actor,
    now: dt.datetime,
) -> Saved | Conflict | Closed:
    """Write what was typed upon version `base`, or keep it beside the record.

    `fields` by name (`SAVED`), any part of them; a field that is not sent is as it was at `base`.
    `products` are all lines, or None when they were not sent. ValidationError, by field, for what
    no record can hold (`validate` says so before). Nothing typed is lost: what is neither written
    nor refused so is a KeptText, written in the same transaction.
    """
    validate(fields, products)
    typed = typed_content(fields, products)
    with transaction.atomic():
        record = locked(record_id)
        base = base if 1 <= base <= record.version else NO_VERSION
        current = content_of(record)
        if record.is_signed:
            return Closed(record, _keep_if_new(record, base, typed, current, by=by, now=now))
        before = current if base == record.version else content_at(record, base)
        merging = merge(base=before, current=current, mine=typed)
        if merging.differing:
            kept_text = _keep(record, base, typed, by=by, now=now)
            merged = current | merging.taken
            return Conflict(record, typed, merging.differing, merged, kept_text)
        if merging.taken:
            validate_times(current | merging.taken)
            write(record, merging.taken, by=by, now=now)
        return Saved(record, frozenset(merging.taken), merging.theirs)


def locked(record_id: int) -> SessionRecord:
    """The row, until the transaction ends; on SQLite the whole database is ours already."""
    return SessionRecord.objects.select_for_update(no_key=True).get(pk=record_id)


def write(record: SessionRecord, content: Content, *, by: Actor, now: dt.datetime) -> None:
    """One conditional UPDATE: of two that saw the same version, the second writes nothing."""
    columns = {field_of(name).attname: value for name, value in values(content).items()}
    if "performer" in content:
        columns["performer_name"] = _name_of(content["performer"])
    version = record.version
    changed = SessionRecord.objects.filter(
        pk=record.pk, version=version, status=SessionRecord.Status.DRAFT
    ).update(**columns, version=F("version") + 1, saved_at=now, saved_by=by)
    if changed != 1:
        raise Overtaken
    if PRODUCTS in content:
        _replace_products(record, lines(content))
    _remember(record, version + 1, content, by=by, now=now)
    _now_is(record, columns | {"version": version + 1, "saved_at": now, "saved_by": by})


def _now_is(record: SessionRecord, columns: Mapping[str, Any]) -> None:
    """The row as it was written; it is ours until the transaction ends."""
    for name, value in columns.items():
        setattr(record, name, value)


def _name_of(performer: int) -> str:
    return str(get_user_model()._default_manager.get(pk=performer))


def _replace_products(record: SessionRecord, wanted: Sequence[ProductLine]) -> None:
    """Line by line in their order; one that stays keeps its row, for a reaction may point at it."""
    there = list(record.products.all())
    lots = Lot.objects.select_related("article").in_bulk([line.lot_id for line in wanted])
    rows = [_row(record, line, place, there, lots) for place, line in enumerate(wanted)]
    try:
        if there:  # what no line took again
            record.products.filter(pk__in=[row.pk for row in there]).delete()
    except ProtectedError as error:
        message = _("A reaction names a product that is not in the list any more.")
        raise ValidationError({PRODUCTS: [message]}) from error
    for row in rows:
        row.save()


def _row(
    record: SessionRecord,
    line: ProductLine,
    position: int,
    there: list[ProductUse],
    lots: Mapping[int, Lot],
) -> ProductUse:
    """The row of this lot that is there, or a new one; what is printed on the lot is copied."""
    row = next((use for use in there if use.lot_id == line.lot_id), None)
    if row is None:
        row = ProductUse(record=record, lot_id=line.lot_id)
    else:
        there.remove(row)
    lot = lots[line.lot_id]
    if line_of(row) != line or row.pk is None:
        row.name, row.maker = lot.article.name, lot.article.maker
        row.lot_number, row.expires_on = lot.number, lot.expires_on
        row.regulatory_status = lot.article.regulatory_status
    row.position, row.volume_ml = position, line.volume_ml
    row.prepared_at, row.injected_at = line.prepared_at, line.injected_at
    return row


def _remember(
    record: SessionRecord, version: int, content: Content, *, by: Actor, now: dt.datetime
) -> None:
    RecordVersion.objects.create(record=record, version=version, content=content, at=now, by=by)


# --- what could not be written ------------------------------------------------------------------


def _keep_if_new(
    record: SessionRecord,
    base: int,
    typed: Content,
    current: Content,
    *,
    by: Actor,
    now: dt.datetime,
) -> KeptText | None:
    if all(current[name] == value for name, value in typed.items()):
        return None
    return _keep(record, base, typed, by=by, now=now)


def _keep(
    record: SessionRecord, base: int, typed: Content, *, by: Actor, now: dt.datetime
) -> KeptText:
    """Once, however often the same is sent."""
    waiting = KeptText.objects.filter(record=record, by=by, base=base, settled_at=None)
    same = next((text for text in waiting if text.content == typed), None)
    return same or KeptText.objects.create(record=record, by=by, at=now, base=base, content=typed)


def kept(*, record: SessionRecord, by: Actor) -> list[KeptText]:
    """What this person typed into the record, was not taken, and waits to be looked at."""
    return list(KeptText.objects.filter(record=record, by=by, settled_at=None))


def settle(*, kept_text: KeptText, by: Actor, now: dt.datetime) -> bool:
    """It was looked at and dealt with: taken over, or no longer wanted. Only by who typed it."""
    mine = KeptText.objects.filter(pk=kept_text.pk, by=by, settled_at=None)
    return mine.update(settled_at=now) == 1
