"""A signed consent on paper: the very text, who signed it, when and how."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from clinic import wording
from clinic.models import Clinic
from clinic.papers import typesetting
from patients import consents
from patients.consents import SHEET, Block
from patients.models import CareConsent

TEMPLATE = "consent.typ"


@dataclass(frozen=True)
class Paper:
    language: str
    title: str
    place: str
    patient: str
    blocks: tuple[Block, ...]
    facts: tuple[str, ...]
    picture: str  # the signature as SVG, empty where none was drawn
    picture_says: str
    seal: str


def paper_of(consent: CareConsent, *, clinic: Clinic) -> Paper:
    """In the language that is active."""
    return Paper(
        language=consent.language,
        title=_("Consent to treatment"),
        place=clinic.name,
        patient=consent.patient.name,
        blocks=tuple(consents.blocks(consent.text)),
        facts=tuple(_facts(consent, clinic)),
        picture=svg(consent.drawing) if consent.drawing else "",
        picture_says=_("Signature of %(name)s") % {"name": consent.signer},
        seal=_("Seal of the text: %(seal)s") % {"seal": consent.text_hash},
    )


def _facts(consent: CareConsent, clinic: Clinic) -> list[str]:
    told = {
        "name": consent.signer,
        "moment": wording.moment(consent.given_at.astimezone(clinic.zone)),
        "how": str(CareConsent.How(consent.how).label),
    }
    facts = [_("Signed by %(name)s, %(moment)s. %(how)s.") % told]
    if consent.off_label_told:
        facts.append(_("The use of a product outside its authorisation was explained."))
    if consent.withdrawn_at:
        at = wording.moment(consent.withdrawn_at.astimezone(clinic.zone))
        facts.append(_("Withdrawn %(moment)s.") % {"moment": at})
    return facts


def svg(drawing: str) -> str:
    """`drawing` holds strokes and nothing else: `patients.consents.is_drawing` let it in."""
    width, height = SHEET
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<path d="{drawing}" fill="none" stroke="#18262a" stroke-width="3" '
        'stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )


def pdf(paper: Paper, *, now: dt.datetime) -> bytes:
    return typesetting.pdf(TEMPLATE, paper, now=now)
