"""Quotes, prices and consents for tests: see `tests.factories`."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from clinic.models import Clinic, Price
from patients import consents, quotes, store
from patients.consents import Signature
from patients.models import CareConsent, Patient, Quote
from patients.quotes import Line
from protocols.models import Protocol
from tests.factories import NOW, House

A_LINE = (Line("Séances", 3, 20_000, 200, "aesthetic", "attack"),)
A_DRAWING = "M10 100 L50 40 L90 150 L200 100"


def quote_fields(house: House) -> dict[str, Any]:
    """Everything that stands on a quote, as if all of it had been entered."""
    return {
        "language": "fr",
        "valid_until": NOW.date() + dt.timedelta(days=90),
        "practitioner_name": "Dr Roux",
        "practitioner_address": "1 rue de la Paix, 75002 Paris",
        "practitioner_number": "10101010101",
        "practitioner_qualification": "Médecin",
        "insurance": "Mutuelle, contrat 42",
        "patient_name": house.patient.name,
        "patient_birth_on": dt.date(1980, 1, 31),
        "patient_address": "2 rue du Bac, 75007 Paris",
        "place": "Cabinet Voltaire, Paris",
        "act": "Mésothérapie du visage",
        "anaesthesia": "Aucune",
        "days_off": "Aucun",
    }


def make_quote(
    house: House,
    *,
    lines: Sequence[Line] = A_LINE,
    give: bool = False,
    now: dt.datetime = NOW,
    year: int = 2026,
    patient: Patient | None = None,
    protocol: Protocol | None = None,
    **fields: Any,
) -> Quote:
    quote = quotes.draft(
        patient=patient or house.patient,
        protocol=protocol or house.protocol,
        fields=quote_fields(house) | fields,
        lines=lines,
        by=house.user,
        now=now,
        year=year,
    )
    if not give:
        return quote
    done = quotes.give(quote=quote, seen=quotes.fingerprint(quote), by=house.user, now=now)
    assert isinstance(done, Quote), done
    return done


def make_price(clinic: Clinic, protocol: Protocol, cents: int = 20_000, **fields: Any) -> Price:
    defaults = {"phase": "", "vat_permille": 200, "vat_ground": "aesthetic"}
    return Price.objects.create(
        clinic=clinic, protocol=protocol.slug, cents=cents, **defaults | fields
    )


def make_consent(
    house: House,
    *,
    signature: Signature | None = None,
    now: dt.datetime = NOW,
    patient: Patient | None = None,
    protocol: Protocol | None = None,
) -> CareConsent:
    patient, protocol = patient or house.patient, protocol or house.protocol
    text = consents.text_of(protocol, patient.language)
    consent = consents.give(
        patient=patient,
        protocol=protocol,
        language=patient.language,
        seen=consents.hash_of(text),
        signature=signature or Signature("drawn", patient.name, drawing=A_DRAWING),
        off_label_told=True,
        by=house.user,
        now=now,
    )
    assert isinstance(consent, CareConsent), consent
    return consent


def make_scan(house: House, *, patient: Patient | None = None) -> CareConsent:
    """Signed on paper, with the file in the private store."""
    name = store.put(store.CONSENTS, b"%PDF-1.7 signed", ending="pdf")
    signature = Signature("uploaded", "Marie Dupont", file=name)
    return make_consent(house, signature=signature, patient=patient)
