"""Quotes as the clinic makes them: who and where, its prices, and one audit row for each act."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic import audit, pricing
from clinic.models import Clinic, Resource, Role, StaffMember
from patients import quotes
from patients.models import Patient, Quote
from patients.quotes import Line
from patients.refusal import Refusal
from protocols.models import Protocol

VALID_FOR = dt.timedelta(days=90)  # our choice: no text sets it


def practitioners(clinic: Clinic, protocol: Protocol) -> list[Resource]:
    """Those of the clinic who may perform it, in the clinic's order."""
    found = Resource.objects.filter(
        clinic=clinic,
        is_active=True,
        kind__category="practitioner",
        qualification__in=protocol.performers,
    )
    return list(found.order_by("position", "name"))


def who_signs(staff: StaffMember, protocol: Protocol, *, wished: str = "") -> Resource | None:
    """The one who was asked for; else whoever writes it, if they may treat; else the first."""
    found = practitioners(staff.clinic, protocol)
    named = [row for row in found if row.public_id == wished]
    own = [row for row in found if staff.role == Role.PRACTITIONER and row.user_id == staff.user_id]
    return next(iter([*named, *own, *found]), None)


def of_practitioner(resource: Resource | None) -> dict[str, Any]:
    """What the quote copies of its practitioner, in the language that is active."""
    if resource is None:
        return {}
    return {
        "practitioner_name": resource.name,
        "practitioner_address": resource.clinic.address[:300],
        "practitioner_number": resource.order_number,
        "practitioner_qualification": str(resource.get_qualification_display()),
        "insurance": resource.insurance,
    }


def of_patient(patient: Patient) -> dict[str, Any]:
    town = f"{patient.postal_code} {patient.city}".strip()
    return {
        "language": patient.language,
        "patient_name": patient.name,
        "patient_birth_on": patient.birth_on,
        "patient_address": ", ".join(filter(None, [patient.street, town])),
    }


def of_act(clinic: Clinic, protocol: Protocol, sessions: int, today: dt.date) -> dict[str, Any]:
    told = {"protocol": protocol.name, "n": sessions}
    act = ngettext("%(protocol)s, %(n)d session", "%(protocol)s, %(n)d sessions", sessions) % told
    return {
        "place": ", ".join(filter(None, [clinic.name, clinic.address]))[:300],
        "act": act[:300],
        "anaesthesia": _("None, or a numbing cream on the skin"),
        "days_off": _("None as a rule"),
        "valid_until": today + VALID_FOR,
    }


def lines_for(clinic: Clinic, protocol: Protocol, numbers: Iterable[int]) -> list[Line]:
    """One line a phase, at the clinic's price; a phase without a price has no line."""
    price = pricing.of_sessions(clinic, protocol, numbers)
    label = _("Session: %(protocol)s") % {"protocol": protocol.name}
    return [
        Line(
            label=label,
            quantity=part.sessions,
            unit_cents=part.price.cents,
            vat_permille=part.price.vat_permille,
            vat_ground=part.price.vat_ground,
            phase=part.phase,
        )
        for part in price.parts
    ]


@transaction.atomic
def draft(
    *,
    staff: StaffMember,
    patient: Patient,
    protocol: Protocol,
    numbers: Sequence[int],
    practitioner: Resource | None,
    now: dt.datetime,
) -> Quote:
    """A draft for these sessions, written in the patient's language."""
    clinic, today = staff.clinic, staff.clinic.today(now=now)
    with translation.override(patient.language):
        fields = of_patient(patient) | of_practitioner(practitioner)
        fields |= of_act(clinic, protocol, len(numbers), today)
        lines = lines_for(clinic, protocol, numbers)
    quote = quotes.draft(
        patient=patient,
        protocol=protocol,
        fields=fields,
        lines=lines,
        by=staff.user,
        now=now,
        year=today.year,
    )
    write_down("quote.draft", quote, staff=staff, now=now)
    return quote


@transaction.atomic
def hand_over(
    *,
    staff: StaffMember,
    patient: Patient,
    protocol: Protocol,
    numbers: Sequence[int],
    practitioner: Resource | None,
    now: dt.datetime,
) -> Quote | Refusal:
    """Made and given in one act, at the clinic's prices. Asked twice, it is the same quote."""
    Patient.objects.select_for_update().get(pk=patient.pk)
    if not lines_for(staff.clinic, protocol, numbers):
        text = _("There is no price for this protocol: write the quote by hand, or ask a manager.")
        return Refusal("no-price", text)
    if (same := _given_just_so(staff, patient, protocol, numbers, now=now)) is not None:
        return same
    quote = draft(
        staff=staff,
        patient=patient,
        protocol=protocol,
        numbers=numbers,
        practitioner=practitioner,
        now=now,
    )
    return give(staff=staff, quote=quote, seen=quotes.fingerprint(quote), now=now)


def _given_just_so(
    staff: StaffMember,
    patient: Patient,
    protocol: Protocol,
    numbers: Sequence[int],
    *,
    now: dt.datetime,
) -> Quote | None:
    """A quote that stands and says the same: what a second press of the button finds."""
    with translation.override(patient.language):
        wanted = lines_for(staff.clinic, protocol, numbers)
    found = quotes.standing(patient, protocol, today=staff.clinic.today(now=now))
    for quote in found.filter(protocol=protocol, series__isnull=True):
        if quotes.lines_of(quote) == wanted:
            return quote
    return None


@transaction.atomic
def rewrite(
    *,
    staff: StaffMember,
    quote: Quote,
    fields: dict[str, Any],
    lines: Sequence[Line],
    seen: str,
    and_give: bool,
    now: dt.datetime,
) -> Quote | Refusal:
    """Save the draft; with `and_give`, hand over what was just saved."""
    written = quotes.rewrite(quote=quote, fields=fields, lines=lines, seen=seen)
    if isinstance(written, Refusal):
        return written
    write_down("quote.write", written, staff=staff, now=now)
    if not and_give:
        return written
    return give(staff=staff, quote=written, seen=quotes.fingerprint(written), now=now)


@transaction.atomic
def give(*, staff: StaffMember, quote: Quote, seen: str, now: dt.datetime) -> Quote | Refusal:
    done = quotes.give(quote=quote, seen=seen, by=staff.user, now=now)
    if isinstance(done, Quote):
        write_down("quote.give", done, staff=staff, now=now)
    return done


@transaction.atomic
def answer(*, staff: StaffMember, quote: Quote, status: str, now: dt.datetime) -> Quote | Refusal:
    today = staff.clinic.today(now=now)
    done = quotes.answer(quote=quote, status=status, by=staff.user, now=now, today=today)
    if isinstance(done, Quote):
        write_down(f"quote.{status}", done, staff=staff, now=now)
    return done


def write_down(what: str, quote: Quote, *, staff: StaffMember, now: dt.datetime) -> None:
    audit.record(
        what,
        by=staff.user,
        now=now,
        clinic=staff.clinic,
        patient=quote.patient,
        subject=f"quote:{quote.public_id}",
    )
