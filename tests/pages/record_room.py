"""A practitioner, the patient in the chair and the first session's draft, for tests of its page."""

from typing import Any

from django.urls import reverse

from patients import records
from patients.models import SessionRecord
from tests.factories import NOW, House, make_user
from tests.patients.treating import make_article, make_lot, make_record

JSON = {"HTTP_ACCEPT": "application/json"}
GTIN = "03401234567890"


class Room:
    """A practitioner, the patient in the chair, and the first session's draft."""

    def __init__(self) -> None:
        self.house = House()
        self.doctor = make_user(self.house.clinic, "practitioner", first_name="Ada")
        self.house.practitioner.user = self.doctor
        self.house.practitioner.save()
        self.booked = self.house.book_series()
        self.appointment = self.booked.appointments[0]
        self.session = self.booked.series.sessions.get(number=1)
        self.lot = make_lot(make_article("Mésolis Éclat", maker="Aubrac", barcode=GTIN), "ML 24-08")

    def address(self, name: str = "record", number: int = 1) -> str:
        return reverse(name, args=[self.booked.series.public_id, number])

    def draft(self, **fields: Any) -> SessionRecord:
        started_at = self.appointment.starts_at
        record = make_record(self.session, self.doctor, started_at=started_at, **fields)
        content = records.content_of(record)
        record.versions.create(version=1, content=content, at=NOW, by=self.doctor)
        return record

    def typed(self, record: SessionRecord, **fields: Any) -> dict[str, Any]:
        """A whole form, as a browser sends it."""
        return {
            "base": record.version,
            "who": self.doctor.pk,
            "zones": ["forehead", "chin"],
            "techniques": ["nappage"],
            "depth": "IDS",
            "depth_mm": "2,5",
            "asepsis": "chlorhexidine",
            "next_step": "as_planned",
            "aftercare_given": "on",
            "performer": self.doctor.pk,
            "started_at": "09:00",
            "products-TOTAL_FORMS": "1",
            "products-INITIAL_FORMS": "0",
            **self.row(0, lot=self.lot.public_id, volume_ml="2", prepared_at="9h05"),
        } | fields

    def row(self, index: int, **fields: str) -> dict[str, str]:
        return {f"products-{index}-{name}": value for name, value in fields.items()}


def saved(record: SessionRecord) -> SessionRecord:
    return SessionRecord.objects.get(pk=record.pk)
