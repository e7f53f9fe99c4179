"""A session that is being treated: its practitioner, its appointment, a lot in the fridge."""

import datetime as dt
from decimal import Decimal
from itertools import count
from typing import Any

from clinic import recording, signing
from clinic.models import Appointment, Resource, Role
from patients import records
from patients.models import Article, Lot, SessionRecord
from protocols import editing
from protocols.models import Product, Protocol, ProtocolProduct
from tests.factories import House, loaded, make_user
from tests.protocols import making
from tests.quoting import make_consent

_numbers = count(1)

# A form in which nothing is left out: no warning, no blocker.
WHOLE: dict[str, Any] = {
    "zones": ["chin", "cheek-left"],
    "techniques": ["nappage"],
    "asepsis": "chlorhexidine",
    "aftercare_given": True,
    "pain_before": 2,
    "pain_after": 4,
    "depth_mm": Decimal("4.0"),
    "notes": "Peau souple.",
}


def make_product(**fields: Any) -> Product:
    code = f"product-{next(_numbers)}"
    return Product.objects.create(
        **{"code": code, "name_fr": code, "regulatory_status": "device"} | fields
    )


def make_article(**fields: Any) -> Article:
    name = f"Revital {next(_numbers)}"
    defaults = {"name": name, "maker": "Laboratoires Exemple", "regulatory_status": "device"}
    if "product" not in fields:
        fields["product"] = make_product()
    return Article.objects.create(**defaults | fields)


def make_lot(article: Article | None = None, **fields: Any) -> Lot:
    defaults = {
        "number": f"L-{next(_numbers):04}",
        "expires_on": dt.date(2027, 1, 31),
        "received_on": dt.date(2026, 1, 5),
    }
    return Lot.objects.create(article=article or make_article(), **defaults | fields)


def make_injected_protocol(sessions: int = 3) -> Protocol:
    """One that names a product, so that each session names a lot."""
    gap = ("P2W", "P3W", "P4W")
    draft = making.make_draft(gaps=[gap] * (sessions - 1), segments=((30, making_needs()),))
    ProtocolProduct.objects.create(
        protocol=draft, product=make_product(), source=making.make_source()
    )
    assert editing.publish(draft, by="the test", now=making.NOW) == []
    return loaded(draft)


def making_needs() -> tuple[str, ...]:
    return ("practitioner", "room")


class Treatment(House):
    """The first session of a booked series; `doctor` holds the appointment and signs."""

    def __init__(self, qualification: str = "physician") -> None:
        super().__init__()
        self.protocol = make_injected_protocol()
        self.doctor = make_user(self.clinic, Role.PRACTITIONER, first_name="Anne", last_name="Roux")
        self.colleague = make_user(self.clinic, Role.PRACTITIONER)
        Resource.objects.filter(pk=self.practitioner.pk).update(
            user=self.doctor, qualification=qualification
        )
        make_consent(self)
        self.appointments = self.book_series().appointments
        self.appointment: Appointment = self.appointments[0]
        self.now = self.appointment.starts_at
        self.lot = make_lot()

    def open(self) -> SessionRecord:
        record = recording.open_draft(appointment=self.appointment, by=self.doctor, now=self.now)
        assert isinstance(record, SessionRecord), record
        return record

    def line(self, lot: Lot | None = None, **fields: Any) -> records.ProductLine:
        defaults = {
            "volume_ml": Decimal("1.50"),
            "prepared_at": self.now,
            "injected_at": self.now + dt.timedelta(minutes=5),
        }
        return records.ProductLine((lot or self.lot).pk, **defaults | fields)

    def save(self, record: SessionRecord, **fields: Any) -> Any:
        """By the doctor, upon the version that `record` is, unless said otherwise."""
        return records.save_draft(
            record_id=record.pk,
            base=fields.pop("base", record.version),
            products=fields.pop("products", None),
            by=fields.pop("by", self.doctor),
            now=self.now + dt.timedelta(minutes=10),
            fields=fields,
        )

    def sign(self, record: SessionRecord, **fields: Any) -> signing.Answer:
        """The whole form, as the doctor sees it, unless said otherwise."""
        return signing.sign(
            appointment=fields.pop("appointment", self.appointment),
            record_id=record.pk,
            base=fields.pop("base", record.version),
            products=fields.pop("products", [self.line()]),
            seen=fields.pop("seen", ()),
            by=fields.pop("by", self.doctor),
            now=fields.pop("now", self.now + dt.timedelta(minutes=20)),
            fields=WHOLE | fields,
        )

    def signed(self) -> SessionRecord:
        answer = self.sign(self.open())
        assert isinstance(answer, signing.Signed), answer
        return answer.record

    def amend(self, record: SessionRecord, text: str = "Le lot est bien celui-ci.") -> Any:
        return records.amend(
            record=record,
            text=text,
            reason="Oubli",
            by=self.doctor,
            now=self.now + dt.timedelta(days=1),
        )
