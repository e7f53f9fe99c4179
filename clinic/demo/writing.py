"""What a practitioner puts into the record of one session: fields and products, in memory."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Any

from clinic.demo import phrases
from clinic.demo.practice import Dose
from clinic.demo.shelf import Stock
from clinic.demo.treated import Treated
from patients.models import Lot, ProductUse, SessionRecord

MINUTE = dt.timedelta(minutes=1)
NOTHING_NEW, SILENT = 0.25, 0.1  # of notes
CONTENT_FROM = (5, 8)  # satisfaction at first
Fields = dict[str, Any]


def fields_of(rng: Random, done: Treated) -> Fields:
    """A record as it is signed."""
    practice = done.told.practice
    ended_at = max(done.ended_at - rng.randint(0, 6) * MINUTE, done.act_at)
    return {
        "zones": done.told.zones,
        "techniques": done.told.techniques,
        "depth": practice.depth,
        "depth_mm": depth(rng, practice.mm),
        "needle": practice.needle,
        "passes": rng.randint(*practice.passes) if practice.passes else None,
        "cream_minutes": practice.cream_minutes,
        "led_minutes": practice.led_minutes,
        "asepsis": "povidone" if rng.random() < 0.1 else "chlorhexidine",
        "notes": notes(rng, done),
        "aftercare_given": rng.random() < 0.97,
        "ended_at": ended_at,
        **borne(rng, done),
        **what_next(rng),
    }


def depth(rng: Random, mm: tuple[float, float] | None) -> Decimal | None:
    return tenths(rng.uniform(*mm), 5) if mm else None


def tenths(value: float, step: int) -> Decimal:
    """To so many tenths."""
    return Decimal(round(value * 10 / step) * step) / 10


def borne(rng: Random, done: Treated) -> Fields:
    """How it was borne: pain, satisfaction, tolerance, reactions."""
    (reaction,) = rng.choices(phrases.REACTIONS, [share for *_rest, share in phrases.REACTIONS])
    signs, words, _share = reaction
    satisfaction = rng.randint(*CONTENT_FROM) + min(2, done.index)
    if done.told.is_flat:
        satisfaction = rng.randint(2, 5)
    return {
        **pain(rng, done),
        "satisfaction": min(10, satisfaction) if done.index else None,
        "tolerance": "fair" if "faintness" in signs or rng.random() < 0.08 else "good",
        "reactions": sorted(signs),
        "reactions_text": words,
    }


def pain(rng: Random, done: Treated) -> Fields:
    if done.pain is None:
        is_felt = done.told.practice.kind != "laser" or rng.random() < 0.5
        return {"pain_after": rng.randint(0, 4) if is_felt else None}
    relief = rng.randint(0, 1) if done.told.is_flat else rng.randint(1, 3)
    return {"pain_before": done.pain, "pain_after": max(0, done.pain - relief)}


def notes(rng: Random, done: Treated) -> str:
    kind = done.told.practice.kind
    if done.index == 0:
        said = rng.choice(phrases.FIRST[kind])
    elif done.told.is_flat:
        said = rng.choice(phrases.NO_BETTER)
    elif rng.random() < SILENT:
        return ""
    else:
        said = rng.choice(phrases.BETTER[kind])
    beside = "" if rng.random() < NOTHING_NEW else rng.choice(phrases.ALONGSIDE)
    return "\n".join(filter(None, [said, beside]))


def what_next(rng: Random) -> Fields:
    if rng.random() < 0.06:
        return {"next_step": "adapt", "next_step_text": rng.choice(phrases.NEXT["adapt"])}
    return {"next_step": "as_planned", "next_step_text": ""}


def asks_to_be_seen(rng: Random) -> Fields:
    return {
        "next_step": "review_first",
        "next_step_text": rng.choice(phrases.NEXT["review_first"]),
    }


# --- Products ------------------------------------------------------------------------------------


def products_of(
    rng: Random, done: Treated, stock: Stock, record: SessionRecord
) -> list[ProductUse]:
    """What was put in, each from the lot in hand that day."""
    uses: list[ProductUse] = []
    for dose in done.told.practice.doses:
        for lot in lots_for(rng, done, dose, stock):
            uses.append(use_of(rng, done, dose, lot, record, position=len(uses)))
    return uses


def lots_for(rng: Random, done: Treated, dose: Dose, stock: Stock) -> Iterator[Lot]:
    fewer = dose.articles > 1 and rng.random() < 0.3
    for number in range(min(dose.articles - fewer, stock.variety(dose.product))):
        lot = stock.take(dose.product, done.told.articles + number, done.on, rng)
        if lot:
            yield lot


def use_of(
    rng: Random, done: Treated, dose: Dose, lot: Lot, record: SessionRecord, position: int
) -> ProductUse:
    prepared_at = done.act_at + rng.randint(1, 4) * MINUTE
    return ProductUse(
        record=record,
        lot=lot,
        position=position,
        name=lot.article.name,
        maker=lot.article.maker,
        lot_number=lot.number,
        expires_on=lot.expires_on,
        regulatory_status=lot.article.regulatory_status,
        volume_ml=max(tenths(rng.uniform(dose.least, dose.most), 5), Decimal("0.5")),
        prepared_at=prepared_at,
        injected_at=prepared_at + rng.randint(2, 9) * MINUTE,
    )
