"""The stock as a list, one lot, and everyone who received it. Reads only."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from patients import stock
from patients.models import Lot, Patient, ProductUse, SessionRecord

CHUNK = 500  # rows of an export that are read at a time


@dataclass(frozen=True)
class LotShown:
    """`uses`: in how many sessions it was used."""

    lot: Lot
    state: str
    is_soon: bool
    uses: int


@dataclass(frozen=True)
class Totals:
    uses: int
    drafts: int
    patients: int
    volume: Decimal | None


def listed(query: str, state: str, *, today: dt.date) -> QuerySet[Lot]:
    """In use: soonest to expire first; the rest: latest first."""
    lots = stock.in_state(stock.find(query), state, today=today)
    order = "expires_on" if state == stock.IN_USE else "-expires_on"
    return lots.annotate(used_in=used_in()).order_by(order, "id")


def used_in() -> Coalesce:
    uses = ProductUse.objects.filter(lot=OuterRef("pk")).order_by().values("lot")
    count = Subquery(uses.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    return Coalesce(count, 0)


def shown(lot: Lot, *, today: dt.date, uses: int | None = None) -> LotShown:
    """`uses` where it is known already."""
    state = stock.state_of(lot, today=today)
    is_soon = state == stock.IN_USE and stock.expires_soon(lot, today=today)
    uses = getattr(lot, "used_in", uses)
    return LotShown(lot, state, is_soon, lot.uses.count() if uses is None else uses)


# --- Who received it -----------------------------------------------------------------------------


def totals(lot: Lot) -> Totals:
    """One query, however many."""
    counts = ProductUse.objects.filter(lot=lot).aggregate(
        uses=Count("pk"),
        drafts=Count("pk", filter=Q(record__status=SessionRecord.Status.DRAFT)),
        patients=Count("record__patient", distinct=True),
        volume=Sum("volume_ml"),
    )
    return Totals(**counts)


def uses(lot: Lot) -> QuerySet[ProductUse]:
    """Every use, signed or still a draft, latest first; only what the page shows of each."""
    return (
        ProductUse.objects.filter(lot=lot)
        .select_related("record__patient", "record__session__series")
        .only(
            "name", "maker", "lot_number", "expires_on", "volume_ml", "record__status",
            "record__started_at", "record__place", "record__performer_name",
            "record__session__number", "record__session__series__public_id",
            "record__patient__public_id", "record__patient__family_name",
            "record__patient__given_name", "record__patient__birth_name",
            "record__patient__birth_on", "record__patient__phone",
            "record__patient__other_phone", "record__patient__email",
            "record__patient__language",
        )
        .order_by("-record__started_at", "-id")
    )  # fmt: skip


def patients_of(rows: Sequence[ProductUse]) -> list[int]:
    return [row.record.patient_id for row in rows]


def in_chunks(lot: Lot, ids: Sequence[int]) -> Iterator[ProductUse]:
    """The uses with these ids, in their order, without holding them all at once."""
    for first in range(0, len(ids), CHUNK):
        part = ids[first : first + CHUNK]
        found = {row.pk: row for row in uses(lot).filter(pk__in=part)}
        yield from (found[pk] for pk in part if pk in found)


def recipients(lot: Lot) -> QuerySet[Patient]:
    """Each patient once, by name, with `last_at`: when they last received it."""
    received = Patient.objects.filter(records__products__lot=lot)
    return received.annotate(last_at=Max("records__started_at")).order_by("sort_text", "pk")
