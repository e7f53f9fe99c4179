"""A declaration of an adverse reaction on paper, with what its vigilance asks for.

Initials, sex and age stand for the patient; the reporter is named. It is never sent by itself.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic import dates, wording
from clinic.models import Clinic, StaffMember
from clinic.papers import typesetting
from clinic.papers.documents import contact
from patients import charts
from patients.models import AdverseEvent, Patient, ProductUse

TEMPLATE = "vigilance.typ"
BY_WEIGHT = charts.ALERT_SIGNS | charts.EXPECTED_SIGNS
Fact = tuple[str, str]


@dataclass(frozen=True)
class Section:
    heading: str
    facts: tuple[Fact, ...]
    text: str = ""


@dataclass(frozen=True)
class Report:
    language: str
    title: str
    heading: str
    channel: str
    place: str
    contact: tuple[str, ...]
    sections: tuple[Section, ...]
    printed: str


def report_of(event: AdverseEvent, *, by: StaffMember, language: str, now: dt.datetime) -> Report:
    """`by` prints it, and signs as the one to ask. In the language that is active."""
    clinic = by.clinic
    return Report(
        language=language,
        title=_("Report"),
        heading=_("Declaration of an adverse reaction"),
        channel=str(AdverseEvent.Channel(event.channel).label) if event.channel else "",
        place=clinic.neutral_label,
        contact=contact(clinic),
        sections=tuple(sections(event, by)),
        printed=_("As of %(day)s") % {"day": wording.day(clinic.today(now=now))},
    )


def sections(event: AdverseEvent, by: StaffMember) -> Iterator[Section]:
    clinic = by.clinic
    yield Section(_("Patient"), facts(of_patient(event, clinic)))
    if event.product_use:
        yield Section(_("Product"), facts(of_product(event.product_use)))
    yield Section(_("Reaction"), facts(of_event(event, clinic)), event.description)
    if event.action_taken:
        yield Section(_("What was done"), (), event.action_taken)
    entries = [f"{local(e.at, clinic)} — {e.text}" for e in event.entries.all()]
    if entries:
        yield Section(_("Follow-up"), (), "\n\n".join(entries))
    yield Section(_("Reporter"), facts(of_reporter(event, by)))


def of_patient(event: AdverseEvent, clinic: Clinic) -> Iterator[Fact]:
    patient: Patient = event.patient
    yield _("Initials"), initials(patient)
    yield _("Sex"), str(patient.get_gender_display())
    years = patient.age(today=event.noticed_at.astimezone(clinic.zone).date())
    if years is not None:
        yield _("Age"), ngettext("%(n)d year", "%(n)d years", years) % {"n": years}


def initials(patient: Patient) -> str:
    names = (patient.family_name, patient.given_name)
    return " ".join(f"{name.strip()[0].upper()}." for name in names if name.strip())


def of_product(use: ProductUse) -> Iterator[Fact]:
    yield _("Product"), use.name
    yield _("Maker"), use.maker
    yield _("Lot"), use.lot_number
    yield _("Use by"), f"{use.expires_on:%d/%m/%Y}"
    yield _("Regulatory status"), str(use.get_regulatory_status_display())
    if use.volume_ml is not None:
        yield _("Volume"), f"{formats.localize(use.volume_ml)} ml"


def of_event(event: AdverseEvent, clinic: Clinic) -> Iterator[Fact]:
    record = getattr(event.session, "record", None) if event.session else None
    if record is not None:
        yield _("Session"), local(record.started_at, clinic)
        yield _("Zones"), ", ".join(charts.named(record.zones, charts.PLACES))
        yield _("Technique"), ", ".join(charts.named(record.techniques, charts.TECHNIQUES))
    yield _("Noticed at"), local(event.noticed_at, clinic)
    if event.hours_since is not None:
        yield _("Hours since the session"), str(event.hours_since)
    yield (
        _("Signs"),
        ", ".join(charts.named(event.signs, BY_WEIGHT)),
    )
    yield _("Severity"), str(event.get_severity_display())
    yield _("Seriousness"), str(event.get_seriousness_display())
    yield _("Outcome"), str(event.get_outcome_display())
    if event.declared_on:
        said = f"{dates.written(event.declared_on, 'j F Y')} {event.declaration}".strip()
        yield _("Declared on"), said


def of_reporter(event: AdverseEvent, by: StaffMember) -> Iterator[Fact]:
    yield _("Reported by"), f"{by.user} · {by.get_role_display()}"
    yield _("Learnt on"), local(event.reported_at, by.clinic)
    yield _("How it was learnt"), str(event.get_source_display())
    yield _("Practice"), by.clinic.name
    yield _("Contact"), " · ".join(contact(by.clinic))


def facts(pairs: Iterator[Fact]) -> tuple[Fact, ...]:
    return tuple((name, said) for name, said in pairs if said)


def local(at: dt.datetime, clinic: Clinic) -> str:
    return wording.moment(at.astimezone(clinic.zone))


def pdf(report: Report, *, now: dt.datetime) -> bytes:
    return typesetting.pdf(TEMPLATE, report, now=now)
