"""The clinic's stock of lots: received, searched, used up, recalled.

Lots belong to the whole organisation. Callers write the audit row in the same transaction
(`clinic.care.stock`).
"""

import datetime as dt
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from patients import gs1
from patients.actor import Actor
from patients.models import Article, Lot
from patients.models.stock import lot_key
from patients.words import plain

LONGEST_NUMBER = 40
SOON = dt.timedelta(days=30)  # our choice: this close to its date a lot is marked
IN_USE, EXPIRED, RECALLED, FINISHED = "use", "expired", "recalled", "finished"
STATES = (IN_USE, EXPIRED, RECALLED, FINISHED)


@dataclass(frozen=True)
class AlreadyThere:
    """This lot of this article was received before."""

    lot: Lot


@dataclass(frozen=True)
class Used:
    """The lot was used in a patient: its number, date and article can no longer change."""

    lot: Lot


def typed_number(text: str) -> str:
    """A lot number as it is kept: full-width signs made plain, without NULs and outer spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).replace("\0", " ").split())


def key_of(text: str) -> str:
    """What a lot number is searched by, however it is typed; empty when it could be none."""
    key = lot_key(typed_number(text))
    return key if len(key) <= LONGEST_NUMBER else ""


# --- Finding -------------------------------------------------------------------------------------


def find(query: str = "") -> QuerySet[Lot]:
    """Lots whose article, number or GTIN is what was typed or scanned; all without a query."""
    lots = Lot.objects.select_related("article__product")
    if not query.strip():
        return lots
    scanned = gs1.parse(query)
    if scanned is None:
        return lots.filter(_by_words(query))
    by_gtin = Q(article__barcode__in=gs1.spellings(scanned.gtin)) if scanned.gtin else Q()
    return lots.filter(by_gtin, number_key__startswith=key_of(scanned.lot))


def _by_words(query: str) -> Q:
    found = Q(article__in=[article.pk for article in articles(query, active_only=False)])
    key = key_of(query)
    return found | Q(number_key__contains=key) if key else found


def in_state(lots: QuerySet[Lot], state: str, *, today: dt.date) -> QuerySet[Lot]:
    """Those of one of the `STATES`; all of them for anything else."""
    usable = Q(recalled_at__isnull=True, finished_on__isnull=True)
    conditions = {
        IN_USE: usable & Q(expires_on__gte=today),
        EXPIRED: usable & Q(expires_on__lt=today),
        RECALLED: Q(recalled_at__isnull=False),
        FINISHED: Q(recalled_at__isnull=True, finished_on__isnull=False),
    }
    return lots.filter(conditions.get(state, Q()))


def in_use(*, today: dt.date, query: str = "") -> QuerySet[Lot]:
    """What may be put into a patient today, soonest to expire first."""
    return in_state(find(query), IN_USE, today=today).filter(article__is_active=True)


def state_of(lot: Lot, *, today: dt.date) -> str:
    """One of the `STATES`; a recall weighs more than the rest."""
    if lot.recalled_at:
        return RECALLED
    if lot.finished_on:
        return FINISHED
    return EXPIRED if lot.expires_on < today else IN_USE


def expires_soon(lot: Lot, *, today: dt.date) -> bool:
    return today <= lot.expires_on <= today + SOON


def of_number(number: str) -> QuerySet[Lot]:
    """Every lot of exactly this number, in any form; two makers may use the same one."""
    key = key_of(number)
    lots = Lot.objects.select_related("article").order_by("article__name", "id")
    return lots.filter(number_key=key) if key else lots.none()


def near_number(number: str, *, limit: int) -> list[Lot]:
    """Lots much like it, for a number that nobody has."""
    key = key_of(number)
    if len(key) < 2:
        return []
    near = Q(number_key__contains=key) | Q(number_key__startswith=key[:4])
    return list(Lot.objects.select_related("article").filter(near).order_by("number_key")[:limit])


def articles(query: str, *, active_only: bool = True) -> list[Article]:
    """Those with words that begin as typed, or with this GTIN. A clinic has some dozens."""
    rows = Article.objects.select_related("product")
    kept = rows.filter(is_active=True) if active_only else rows
    words = plain(query).split()
    return [article for article in kept if words and _begins(article, words)]


def _begins(article: Article, words: Iterable[str]) -> bool:
    there = [*plain(f"{article.name} {article.maker}").split(), article.barcode]
    there.append(article.barcode.lstrip("0"))
    return all(any(word.startswith(typed) for word in there if word) for typed in words)


def named(text: str) -> Article | None:
    """The article that this is the whole name of, with or without its maker; or whose GTIN."""
    wanted = plain(text)
    if not wanted:
        return None
    alike = [article for article in Article.objects.all() if wanted in names_of(article)]
    return alike[0] if len(alike) == 1 else None


def names_of(article: Article) -> tuple[str, ...]:
    both = plain(f"{article.name} {article.maker}")
    return tuple(filter(None, (plain(article.name), both, article.barcode)))


def of_gtin(gtin: str) -> Article | None:
    wanted = gs1.fourteen(gtin)
    return Article.objects.filter(barcode__in=gs1.spellings(wanted)).first() if wanted else None


# --- Writing -------------------------------------------------------------------------------------


def new_article(**fields: Any) -> Article:
    """`fields` are validated by the form; the GTIN is kept in fourteen digits."""
    fields["barcode"] = gs1.fourteen(fields.get("barcode", ""))
    return Article.objects.create(**fields)


def receive(
    *, article: Article, number: str, expires_on: dt.date, received_on: dt.date
) -> Lot | AlreadyThere:
    """A new lot. Call it in a transaction."""
    lot = Lot(article=article, number=number, expires_on=expires_on, received_on=received_on)
    try:
        with transaction.atomic():
            lot.save()
    except IntegrityError:
        there = Lot.objects.filter(article=article, number_key=lot_key(number)).first()
        if there is None:
            raise
        return AlreadyThere(there)
    return lot


def correct(*, lot: Lot, fields: dict[str, Any]) -> list[str] | AlreadyThere | Used:
    """Put a typing mistake right; the names of what changed. Call it in a transaction."""
    changed = [name for name, value in fields.items() if getattr(lot, name) != value]
    for name in changed:
        setattr(lot, name, fields[name])
    try:
        with transaction.atomic():
            lot.save()
    except IntegrityError:
        there = of_number(lot.number).filter(article=lot.article).exclude(pk=lot.pk).first()
        return AlreadyThere(there) if there else Used(Lot.objects.get(pk=lot.pk))
    return changed


def is_used(lot: Lot) -> bool:
    return lot.uses.exists()


def finish(*, lot: Lot, on: dt.date) -> None:
    """The last of it is used or thrown away."""
    lot.finished_on = on
    lot.save(update_fields=["finished_on"])


def put_back(*, lot: Lot) -> None:
    """Undo `finish`: there was some left."""
    lot.finished_on = None
    lot.save(update_fields=["finished_on"])


def recall(*, lot: Lot, note: str, by: Actor, now: dt.datetime) -> None:
    """From now on nobody is given it."""
    lot.recalled_at, lot.recalled_by, lot.recall_note = now, by, note
    lot.save(update_fields=["recalled_at", "recalled_by", "recall_note"])


def lift_recall(*, lot: Lot) -> None:
    """Undo `recall`: it was another lot. The audit trail keeps both."""
    lot.recalled_at, lot.recalled_by, lot.recall_note = None, None, ""
    lot.save(update_fields=["recalled_at", "recalled_by", "recall_note"])
