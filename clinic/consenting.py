"""Consents as the clinic takes them: the scan goes to the private store, the act into the audit."""

import datetime as dt

from django.db import transaction

from clinic import audit
from clinic.care import changing
from clinic.models import StaffMember
from patients import consents, store
from patients.consents import Signature
from patients.models import CareConsent, Patient
from patients.refusal import Refusal
from protocols.models import Protocol


@transaction.atomic
def give(
    *,
    staff: StaffMember,
    patient: Patient,
    protocol: Protocol,
    language: str,
    seen: str,
    signature: Signature,
    off_label_told: bool,
    now: dt.datetime,
) -> CareConsent | Refusal:
    """What was signed on the screen."""
    consent = consents.give(
        patient=patient,
        protocol=protocol,
        language=language,
        seen=seen,
        signature=signature,
        off_label_told=off_label_told,
        by=staff.user,
        now=now,
    )
    if isinstance(consent, CareConsent):
        write_down("consent.give", consent, staff=staff, now=now)
    return consent


def keep_scan(
    *,
    staff: StaffMember,
    patient: Patient,
    protocol: Protocol,
    language: str,
    seen: str,
    signer: str,
    content: bytes,
    ending: str,
    off_label_told: bool,
    now: dt.datetime,
) -> CareConsent | Refusal:
    """What was signed on paper. Without its row the file does not stay either."""
    name = store.put(store.CONSENTS, content, ending=ending)
    kept = False
    try:
        consent = give(
            staff=staff,
            patient=patient,
            protocol=protocol,
            language=language,
            seen=seen,
            signature=Signature(CareConsent.How.UPLOADED, signer, file=name),
            off_label_told=off_label_told,
            now=now,
        )
        kept = isinstance(consent, CareConsent)
    finally:
        if not kept:
            store.drop(name)
    return consent


def scan(consent: CareConsent) -> bytes | None:
    """The file that was kept with it; None where the store lost it."""
    return store.read(consent.file)


def not_to_withdraw(consent: CareConsent, staff: StaffMember, *, now: dt.datetime) -> str:
    """Why this person does not write its withdrawal: a sentence, empty where they may."""
    held = changing.of_patient(consent.patient)
    return changing.elsewhere(staff, held, authors=[consent.recorded_by_id], now=now)


@transaction.atomic
def withdraw(
    *, staff: StaffMember, consent: CareConsent, note: str, now: dt.datetime
) -> CareConsent | Refusal:
    if problem := not_to_withdraw(consent, staff, now=now):
        return Refusal("elsewhere", problem)
    done = consents.withdraw(consent=consent, note=note, by=staff.user, now=now)
    if isinstance(done, CareConsent):
        write_down("consent.withdraw", done, staff=staff, now=now)
    return done


def write_down(what: str, consent: CareConsent, *, staff: StaffMember, now: dt.datetime) -> None:
    audit.record(
        what,
        by=staff.user,
        now=now,
        clinic=staff.clinic,
        patient=consent.patient,
        subject=f"consent:{consent.public_id}",
    )
