"""Rows for tests of what was put into patients: articles, lots, records with products."""

import datetime as dt
import itertools
from typing import Any

from clinic.models import User
from patients.models import (
    AdverseEvent,
    Article,
    Lot,
    Patient,
    ProductUse,
    Series,
    SessionRecord,
    TreatmentSession,
)
from protocols.models import Product, Protocol
from tests.factories import NOW

_numbers = itertools.count(1)


def make_product(status: str = "device", **fields: Any) -> Product:
    number = next(_numbers)
    return Product.objects.create(
        **{"code": f"class-{number}", "name_fr": f"Classe {number}", "regulatory_status": status}
        | fields
    )


def make_article(name: str = "", **fields: Any) -> Article:
    number = next(_numbers)
    status = fields.pop("regulatory_status", "device")
    product = fields.pop("product", None) or make_product(status)
    return Article.objects.create(
        product=product,
        regulatory_status=status,
        **{"name": name or f"Article {number}", "maker": f"Maison {number}"} | fields,
    )


def make_lot(article: Article | None = None, number: str = "", **fields: Any) -> Lot:
    return Lot.objects.create(
        article=article or make_article(),
        number=number or f"L{next(_numbers)}",
        **{"expires_on": dt.date(2027, 3, 31), "received_on": dt.date(2026, 2, 1)} | fields,
    )


def make_recalled_lot(by: User, **fields: Any) -> Lot:
    return make_lot(recalled_at=NOW, recalled_by=by, recall_note="Avis du fabricant", **fields)


def make_session(patient: Patient, protocol: Protocol, by: User, number: int = 1, **fields: Any):
    """A session of a new series that nobody booked."""
    series = Series.objects.create(patient=patient, protocol=protocol, opened_at=NOW, opened_by=by)
    step = protocol.steps.get(number=number)
    return TreatmentSession.objects.create(series=series, step=step, number=number, **fields)


def make_record(session: TreatmentSession, by: User, **fields: Any) -> SessionRecord:
    """A draft; `lots` are used in it."""
    lots = fields.pop("lots", ())
    defaults = {
        "patient": session.series.patient,
        "started_at": NOW,
        "place": "Cabinet du Canal, 1 quai de Valmy, 75010 Paris",
        "performer": by,
        "performer_name": "Dr Ada Roux",
        "opened_at": NOW,
        "opened_by": by,
        "saved_at": NOW,
        "saved_by": by,
    }
    record = SessionRecord.objects.create(session=session, **defaults | fields)
    for position, lot in enumerate(lots):
        use(record, lot, position=position)
    return record


def use(record: SessionRecord, lot: Lot, **fields: Any) -> ProductUse:
    article = lot.article
    return ProductUse.objects.create(
        record=record,
        lot=lot,
        **{
            "name": article.name,
            "maker": article.maker,
            "lot_number": lot.number,
            "expires_on": lot.expires_on,
            "regulatory_status": article.regulatory_status,
        }
        | fields,
    )


def sign(record: SessionRecord) -> SessionRecord:
    """Signed as the database sees it; who signs in the product also seals it."""
    record.status, record.signed_at, record.signed_by = "signed", NOW, record.performer
    record.save()
    return record


def make_event(patient: Patient, by: User, **fields: Any) -> AdverseEvent:
    """A mild, open reaction told on the phone."""
    defaults = {
        "source": "phone",
        "noticed_at": NOW,
        "signs": ["redness"],
        "description": "Rougeur",
        "severity": "mild",
        "channel": "device",
        "reported_at": NOW,
        "reported_by": by,
    }
    return AdverseEvent.objects.create(patient=patient, **defaults | fields)
