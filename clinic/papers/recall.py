"""What a recall sends out of the house: the table of uses, and a letter to each patient.

The side of a letter that shows, with the addresses, says nothing about care.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from clinic import wording
from clinic.models import Clinic
from clinic.papers import spreadsheet, typesetting
from clinic.papers.documents import contact
from clinic.papers.spreadsheet import Cell
from patients.models import Lot, Patient, ProductUse

TEMPLATE = "recall_letter.typ"


# --- The table -----------------------------------------------------------------------------------


def header() -> list[str]:
    return [
        _("Family name"), _("Given name"), _("Birth date"), _("Phone"), _("Other phone"),
        _("E-mail"), _("Language"), _("Date"), _("Session"), _("Practitioner"), _("Place"),
        _("Product"), _("Maker"), _("Lot"), _("Use by"), _("Volume, ml"), _("State of the record"),
    ]  # fmt: skip


def rows(uses: Iterable[ProductUse], zone: ZoneInfo) -> Iterator[list[Cell]]:
    for use in uses:
        record, patient = use.record, use.record.patient
        yield [
            patient.family_name, patient.given_name, patient.birth_on, patient.phone or "",
            patient.other_phone or "", patient.email, str(patient.language_label),
            spreadsheet.in_zone(record.started_at, zone), record.session.number,
            record.performer_name, record.place, use.name, use.maker, use.lot_number,
            use.expires_on, use.volume_ml, str(record.get_status_display()),
        ]  # fmt: skip


# --- The letters ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Letter:
    language: str
    to: tuple[str, ...]
    confidential: str
    day: str
    heading: str
    greeting: str
    paragraphs: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    call: str
    closing: str


@dataclass(frozen=True)
class Letters:
    language: str
    title: str
    place: str
    contact: tuple[str, ...]
    letters: tuple[Letter, ...]


def letters_of(
    lot: Lot, patients: Iterable[Patient], *, clinic: Clinic, language: str, now: dt.datetime
) -> Letters:
    """`patients` with their `last_at`; each letter is in its patient's language."""
    with translation.override(language):
        title = _("Letter")
    return Letters(
        language=language,
        title=title,
        place=clinic.neutral_label,
        contact=contact(clinic),
        letters=tuple(letter_to(p, lot, clinic=clinic, now=now) for p in patients),
    )


def letter_to(patient: Patient, lot: Lot, *, clinic: Clinic, now: dt.datetime) -> Letter:
    with translation.override(patient.language):
        received = patient.last_at.astimezone(clinic.zone).date()  # type: ignore[attr-defined]
        return Letter(
            language=patient.language,
            to=address(patient),
            confidential=_("Personal and confidential"),
            day=wording.day(clinic.today(now=now)),
            heading=_("A product that you received is being recalled"),
            greeting=_("Dear patient,"),
            paragraphs=(
                _("On %(day)s you received at our practice the product named below.")
                % {"day": wording.day(received)},
                _("This lot is being recalled. That does not mean that you are in danger."),
            ),
            facts=(
                (_("Product"), lot.article.name),
                (_("Maker"), lot.article.maker),
                (_("Lot"), lot.number),
                (_("Use by"), wording.day(lot.expires_on)),
            ),
            call=to_call(clinic),
            closing=_("Please keep this letter with your papers."),
        )


def to_call(clinic: Clinic) -> str:
    if not clinic.phone:
        return _("Please get in touch with us: we tell you what this means for you.")
    return _("Please call us on %(phone)s: we tell you what this means for you.") % {
        "phone": clinic.phone.as_international
    }


def address(patient: Patient) -> tuple[str, ...]:
    town = f"{patient.postal_code} {patient.city}".strip()
    return tuple(filter(None, (patient.name, patient.street, town)))


def pdf(letters: Letters, *, now: dt.datetime) -> bytes:
    return typesetting.pdf(TEMPLATE, letters, now=now)
