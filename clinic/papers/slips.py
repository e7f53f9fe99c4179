"""What a patient keeps of what they received: the slip of one session, the carnet of a course.

Product, maker, lot, date, place, doctor, zone and indication, as traceability asks (CSP R5212-41,
arrêté of 26 January 2007). Only what was signed is handed out. Title and file name say nothing
about care: they show in lists of files and in the window of a printer.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet
from django.utils import formats
from django.utils.translation import gettext as _

from clinic import wording
from clinic.models import Clinic, Resource
from clinic.papers import typesetting
from clinic.papers.documents import contact
from patients import charts
from patients.models import Patient, ProductUse, Series, SessionRecord

OrderNumbers = Mapping[int, str]


@dataclass(frozen=True)
class Received:
    """One product, in words."""

    name: str
    maker: str
    lot: str
    use_by: str
    volume: str


@dataclass(frozen=True)
class Visit:
    number: int
    day: str
    practitioner: str
    order_number: str
    where: str
    zones: str
    products: tuple[Received, ...]
    amended: str


@dataclass(frozen=True)
class Paper:
    language: str
    title: str
    place: str
    contact: tuple[str, ...]
    patient: str
    born: str
    indication: str
    visits: tuple[Visit, ...]
    words: dict[str, str]
    printed: str


def signed(series: Series) -> QuerySet[SessionRecord]:
    """The signed records of a course in order, with what goes on paper; two queries more."""
    products = Prefetch("products", ProductUse.objects.order_by("position", "id"))
    return (
        SessionRecord.objects.filter(session__series=series, status=SessionRecord.Status.SIGNED)
        .select_related("session")
        .prefetch_related(products, "amendments__by")
        .order_by("session__number")
    )


def slip(
    series: Series, record: SessionRecord, *, clinic: Clinic, language: str, now: dt.datetime
) -> Paper:
    return _paper(series, [record], _("Your visit"), clinic=clinic, language=language, now=now)


def carnet(
    series: Series,
    records: Sequence[SessionRecord],
    *,
    clinic: Clinic,
    language: str,
    now: dt.datetime,
) -> Paper:
    return _paper(series, records, _("Your visits"), clinic=clinic, language=language, now=now)


def _paper(
    series: Series,
    records: Sequence[SessionRecord],
    title: str,
    *,
    clinic: Clinic,
    language: str,
    now: dt.datetime,
) -> Paper:
    """In the language that is active; `language` is its name."""
    numbers = order_numbers(records, clinic)
    return Paper(
        language=language,
        title=title,
        place=clinic.neutral_label,
        contact=contact(clinic),
        patient=series.patient.name,
        born=born(series.patient),
        indication=indication(series),
        visits=tuple(visit(record, numbers, clinic=clinic) for record in records),
        words=words(),
        printed=_("As of %(day)s") % {"day": wording.day(clinic.today(now=now))},
    )


def visit(record: SessionRecord, numbers: OrderNumbers, *, clinic: Clinic) -> Visit:
    return Visit(
        number=record.session.number,
        day=wording.day(record.started_at.astimezone(clinic.zone).date()),
        practitioner=record.performer_name,
        order_number=numbers.get(record.performer_id, ""),
        where=record.place,
        zones=", ".join(charts.named(record.zones, charts.PLACES)),
        products=tuple(received(use) for use in record.products.all()),
        amended=amended(record, clinic),
    )


def received(use: ProductUse) -> Received:
    volume = "" if use.volume_ml is None else f"{formats.localize(use.volume_ml)} ml"
    return Received(
        name=use.name,
        maker=use.maker,
        lot=use.lot_number,
        use_by=f"{use.expires_on:%d/%m/%Y}",
        volume=volume,
    )


def amended(record: SessionRecord, clinic: Clinic) -> str:
    """That there is more to it: what was amended is told by whoever wrote it, not by a slip."""
    latest = max((a.at for a in record.amendments.all()), default=None)
    if latest is None:
        return ""
    day = wording.day(latest.astimezone(clinic.zone).date())
    return _("Completed on %(day)s: ask us what was added.") % {"day": day}


def order_numbers(records: Sequence[SessionRecord], clinic: Clinic) -> OrderNumbers:
    """By user; a number noted at this clinic before one noted at another."""
    performers = {record.performer_id for record in records}
    rows = Resource.objects.filter(user__in=performers).exclude(order_number="")
    noted = sorted(rows, key=lambda resource: resource.clinic_id == clinic.pk)
    return {resource.user_id: resource.order_number for resource in noted if resource.user_id}


def indication(series: Series) -> str:
    named = [indication.name for indication in series.protocol.indications.all()]
    return ", ".join(named) or series.protocol.name


def born(patient: Patient) -> str:
    return f"{patient.birth_on:%d/%m/%Y}" if patient.birth_on else ""


def words() -> dict[str, str]:
    """What stands before the figures."""
    return {
        "born": _("Birth date"),
        "indication": _("Indication"),
        "session": _("Session"),
        "date": _("Date"),
        "doctor": _("Practitioner"),
        "order": _("Order no."),
        "where": _("Place"),
        "zones": _("Zones"),
        "product": _("Product"),
        "maker": _("Maker"),
        "lot": _("Lot"),
        "use_by": _("Use by"),
        "volume": _("Volume"),
        "nothing": _("No session has been signed yet."),
        "no_product": _("No product was used."),
        "keep": _("Keep this paper, and show it to any doctor who asks what you received."),
    }


def pdf(template: str, paper: Paper, *, now: dt.datetime) -> bytes:
    return typesetting.pdf(template, paper, now=now)
