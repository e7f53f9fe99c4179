"""Rows of products that wait for their lot: kept beside the draft, as they were typed."""

import datetime as dt
from collections.abc import Mapping, Sequence

from patients.actor import Actor
from patients.models import SessionRecord, WaitingProducts

Row = Mapping[str, str]


def wait(record: SessionRecord, rows: Sequence[Row], *, by: Actor, now: dt.datetime) -> bool:
    """The rows that wait from now on, in place of those before; whether anything changed.

    They are a proposal and no word of the record: of two writers the later one's rows stand.
    """
    there = WaitingProducts.objects.filter(record=record)
    wanted = [dict(row) for row in rows]
    before = there.values_list("rows", flat=True).first() or []
    if wanted == before:
        return False
    if wanted:
        new = {"rows": wanted, "at": now, "by": by}
        WaitingProducts.objects.update_or_create(record=record, defaults=new)
    else:
        there.delete()
    return True


def waiting(record: SessionRecord) -> list[Row]:
    """No query where the record was read with its `waiting_products`."""
    found = getattr(record, "waiting_products", None)
    return list(found.rows) if found is not None and not record.is_signed else []
