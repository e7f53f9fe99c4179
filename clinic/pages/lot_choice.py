"""Lots to choose from while a record is written: which may be used today, and why not others."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from patients import stock
from patients.models import Lot

MOST_LISTED = 8  # under the field while somebody types
MOST_OFFERED = 200  # in the list of those without scripts


@dataclass(frozen=True)
class LotChoice:
    """`why_not` is empty where the lot may be put into somebody today."""

    lot: Lot
    why_not: str = ""


def found(query: str, *, today: dt.date) -> list[LotChoice]:
    """Usable ones first, soonest to expire first; then those that are not, to say so. Two queries
    and those of the search."""
    if not query.strip():
        return [LotChoice(lot) for lot in stock.in_use(today=today)[:MOST_LISTED]]
    usable = list(stock.in_use(today=today, query=query)[:MOST_LISTED])
    rest = stock.find(query).filter(article__is_active=True)
    others = rest.exclude(pk__in=[lot.pk for lot in usable]).order_by("-expires_on", "pk")
    left = MOST_LISTED - len(usable)
    shown = [LotChoice(lot) for lot in usable]
    return [*shown, *(LotChoice(lot, why_not(lot, today=today)) for lot in others[:left])]


def offered(*, today: dt.date) -> list[Lot]:
    """All that may be used, by name, for a plain list."""
    return list(stock.in_use(today=today).order_by("article__name", "expires_on")[:MOST_OFFERED])


def why_not(lot: Lot, *, today: dt.date) -> str:
    return {
        stock.RECALLED: _("recalled"),
        stock.FINISHED: _("used up"),
        stock.EXPIRED: _("expired"),
    }.get(stock.state_of(lot, today=today), "")
