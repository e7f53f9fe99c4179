"""A quote as it is read: on its page, and as the PDF that is handed over.

`paper_of` says it once, in the language that is active. What the decree of 17 October 1996 (art. 2)
asks for and nobody entered stays a dotted line, to be filled in by hand.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic import wording
from clinic.dates import written
from clinic.models import Clinic
from clinic.papers import typesetting
from patients import money
from patients.models import Quote, QuoteLine, VatGround
from protocols.models import Phase

TEMPLATE = "quote.typ"
BLANK = "…………………………"
Term = tuple[str, str]


@dataclass(frozen=True)
class PaperLine:
    phase: str
    label: str
    quantity: str
    unit: str
    vat: str
    total: str


@dataclass(frozen=True)
class Paper:
    language: str
    title: str
    issued: str
    valid: str
    headings: dict[str, str]
    practitioner: tuple[Term, ...]
    patient: tuple[Term, ...]
    act: tuple[Term, ...]
    columns: tuple[str, ...]
    lines: tuple[PaperLine, ...]
    total: Term
    taxes: tuple[Term, ...]
    statements: tuple[str, ...]
    signatures: tuple[str, ...]
    seal: str


def paper_of(quote: Quote, lines: Sequence[QuoteLine], *, clinic: Clinic, language: str) -> Paper:
    """`lines` in order. Dates are those of the clinic's calendar."""
    return Paper(
        language=language,
        title=_("Quote %(number)s") % {"number": quote.number},
        issued=_issued(quote, clinic),
        valid=_("Valid until %(day)s") % {"day": wording.day(quote.valid_until)},
        headings={
            "practitioner": _("Practitioner"),
            "patient": _("Patient"),
            "act": _("Act"),
            "price": _("Price, line by line, in euros, all taxes included"),
            "missing": BLANK,
        },
        practitioner=_practitioner(quote),
        patient=_patient(quote),
        act=_act(quote),
        columns=(_("Service or product"), _("Quantity"), _("Unit price"), _("VAT"), _("Total")),
        lines=tuple(_line(line) for line in lines),
        total=(_("Total, all taxes included"), money.euros(quote.total_cents)),
        taxes=tuple(taxes(lines)),
        statements=tuple(_statements(quote)),
        signatures=(
            _("Date and signature of the practitioner"),
            _("Date and signature of the patient, with the words “read and agreed”"),
        ),
        seal=_("Seal of the content: %(seal)s") % {"seal": quote.content_hash}
        if quote.content_hash
        else "",
    )


def _issued(quote: Quote, clinic: Clinic) -> str:
    at = quote.given_at or quote.created_at
    return _("Made on %(day)s") % {"day": wording.day(at.astimezone(clinic.zone).date())}


def _practitioner(quote: Quote) -> tuple[Term, ...]:
    return (
        (_("Name"), quote.practitioner_name),
        (_("Qualification"), quote.practitioner_qualification),
        (_("Number at the Order"), quote.practitioner_number),
        (_("Address"), quote.practitioner_address),
        (_("Liability insurance that covers the act"), quote.insurance),
    )


def _patient(quote: Quote) -> tuple[Term, ...]:
    born = written(quote.patient_birth_on, "j F Y") if quote.patient_birth_on else ""
    return (
        (_("Name"), quote.patient_name),
        (_("Born on"), born),
        (_("Address"), quote.patient_address),
    )


def _act(quote: Quote) -> tuple[Term, ...]:
    return (
        (_("Exact act"), quote.act),
        (_("Anaesthesia"), quote.anaesthesia),
        (_("Place"), quote.place),
        (_("Days off work"), quote.days_off),
    )


def _line(line: QuoteLine) -> PaperLine:
    return PaperLine(
        phase=str(Phase.Kind(line.phase).label) if line.phase else "",
        label=line.label,
        quantity=str(line.quantity),
        unit=money.euros(line.unit_cents),
        vat=money.percent(line.vat_permille),
        total=money.euros(line.total_cents),
    )


def taxes(lines: Sequence[QuoteLine]) -> list[Term]:
    """For each rate and its ground, the tax within the total, the highest rate first."""
    groups = {(-line.vat_permille, line.vat_ground) for line in lines}
    return [_tax(lines, -rate, ground) for rate, ground in sorted(groups)]


def _tax(lines: Sequence[QuoteLine], rate: int, ground: str) -> Term:
    of_it = [line for line in lines if (line.vat_permille, line.vat_ground) == (rate, ground)]
    told = {"rate": money.percent(rate), "ground": str(VatGround(ground).label)}
    label = _("of which VAT %(rate)s · %(ground)s") % told
    return label, money.euros(sum(line.vat_cents for line in of_it))


def _statements(quote: Quote) -> list[str]:
    days = quote.protocol.reflection_days
    thinking = ngettext(
        "No session takes place before %(n)d day of reflection from the day this quote was given.",
        "No session takes place before %(n)d days of reflection from the day this quote was given.",
        days,
    ) % {"n": days}
    return [
        _(
            "Aesthetic acts are not covered by the health insurance; nor are the tests, the "
            "prescriptions and the leave that go with them."
        ),
        *([thinking] if days else []),
        _(
            "Made in two copies: one is handed to the patient, the other is kept by the "
            "practitioner."
        ),
    ]


def pdf(paper: Paper, *, now: dt.datetime) -> bytes:
    return typesetting.pdf(TEMPLATE, paper, now=now)
