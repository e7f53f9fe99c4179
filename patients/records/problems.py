"""What stands against signing a record (blockers), and what must be seen first (warnings)."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from patients.models import Article, ProductUse, SessionRecord
from patients.records.content import PRODUCTS
from protocols.models import Product, Qualification

MOST_COMPONENTS = 3  # user-004 l. 5: two or three, more is a warning
NO_PRODUCT = "no_product"  # of `charts.TECHNIQUES`: stated, where a protocol has products
# Decree 2024-490 of 29 May 2024: hyaluronic acid to be injected, also into the skin.
MAY_INJECT_HA = frozenset({Qualification.PHYSICIAN, Qualification.DENTAL_SURGEON})


@dataclass(frozen=True)
class Problem:
    """A stable `code`, a sentence for the practitioner, and the field that it stands at."""

    code: str
    message: str
    field: str


@dataclass(frozen=True)
class Problems:
    """Blockers must be put right; warnings must have been seen by who signs."""

    blockers: tuple[Problem, ...]
    warnings: tuple[Problem, ...]

    def unseen(self, seen: Sequence[str]) -> tuple[Problem, ...]:
        return tuple(warning for warning in self.warnings if warning.code not in seen)


def problems_before_signing(
    record: SessionRecord, *, on: dt.date, performer_qualification: str
) -> Problems:
    """`on` is the session's day at the clinic, `performer_qualification` that of who did it.

    Two queries: the products with their lots, and the protocol's products.
    """
    uses = list(record.products.select_related("lot__article"))
    return Problems(
        (*no_product_named(record, uses), *unfit(record, uses, on, performer_qualification)),
        (*worth_a_look(uses), *left_out(record)),
    )


def no_product_named(record: SessionRecord, uses: Sequence[ProductUse]) -> Iterator[Problem]:
    """Traceability (R5212-41): a session of a protocol with products names a lot, or says none."""
    states_none = NO_PRODUCT in record.techniques
    if uses and states_none:
        yield Problem(
            "product_or_none",
            _("The record says that no product was used, and names one."),
            PRODUCTS,
        )
    elif not uses and not states_none and record.session.series.protocol.product_links.exists():
        message = _("Name the product and its lot, or state that no product was used.")
        yield Problem("lot_missing", message, PRODUCTS)


def unfit(
    record: SessionRecord, uses: Sequence[ProductUse], on: dt.date, qualification: str
) -> Iterator[Problem]:
    for use in uses:
        names = {"product": use.name, "lot": use.lot_number}
        if use.expires_on < on:
            message = _("%(product)s, lot %(lot)s had expired on that day.")
            yield Problem("lot_expired", message % names, PRODUCTS)
        if was_recalled(use, record):
            message = _("%(product)s, lot %(lot)s is recalled.")
            yield Problem("lot_recalled", message % names, PRODUCTS)
        if use.lot.finished_on and use.lot.finished_on < on:
            message = _("%(product)s, lot %(lot)s had been used up before that day.")
            yield Problem("lot_used_up", message % names, PRODUCTS)
        if not may_use(qualification, use.lot.article):
            message = _("%(product)s may not be used by who performed the session.")
            yield Problem("not_qualified", message % names, PRODUCTS)


def was_recalled(use: ProductUse, record: SessionRecord) -> bool:
    """Recalled before it was put in. What was recalled later was used, and stands in the record."""
    recalled_at = use.lot.recalled_at
    return recalled_at is not None and recalled_at <= (use.injected_at or record.started_at)


def may_use(qualification: str, article: Article) -> bool:
    """An article that asks nothing is for every performer of the protocol."""
    if article.contains_ha and qualification not in MAY_INJECT_HA:
        return False
    asked = article.performer_qualification
    return not asked or qualification == asked or (article.contains_ha and asked in MAY_INJECT_HA)


def worth_a_look(uses: Sequence[ProductUse]) -> Iterator[Problem]:
    if len({use.lot.article_id for use in uses}) > MOST_COMPONENTS:
        yield Problem("many_components", _("More than three components."), PRODUCTS)
    for use in uses:
        names = {"product": use.name, "lot": use.lot_number}
        if use.regulatory_status == Product.RegulatoryStatus.UNKNOWN:
            message = _("The status of %(product)s is not stated.")
            yield Problem("status_unknown", message % names, PRODUCTS)
        if use.lot.recalled_at is not None:
            message = _("%(product)s, lot %(lot)s was recalled since.")
            yield Problem("lot_recalled_since", message % names, PRODUCTS)
        if use.volume_ml is None:
            yield Problem("no_volume", _("No volume of %(product)s.") % names, PRODUCTS)


def left_out(record: SessionRecord) -> Iterator[Problem]:
    """What a record should say; a session may have been stopped before any of it."""
    asked = {
        "zones": _("No zone."),
        "techniques": _("No technique."),
        "asepsis": _("No asepsis."),
        "aftercare_given": _("Aftercare was not handed over."),
    }
    for name, message in asked.items():
        if not getattr(record, name):
            yield Problem(f"no_{name}", message, name)
    if record.asepsis == SessionRecord.Asepsis.OTHER and not record.asepsis_other:
        yield Problem("no_asepsis_other", _("Asepsis with what is not said."), "asepsis_other")
