"""Plain functions that make rows for tests. Each gives what is asked and sensible rest.

The house they make: a clinic in Paris, open on weekdays 09:00-12:30 and 14:00-18:00, with one
practitioner and one room, and a protocol of three sessions two to four weeks apart.
"""

import datetime as dt
import io
import itertools
from typing import Any
from zoneinfo import ZoneInfo

from PIL import Image

from clinic import booking
from clinic.models import (
    Absence,
    Appointment,
    CareAccess,
    Clinic,
    Hold,
    Resource,
    Role,
    StaffMember,
    User,
    VisitType,
    WorkingHours,
)
from clinic.moments import to_minute
from patients import photos, pictures
from patients.file import asking
from patients.models import AccessRequest, Patient, Photo
from protocols.models import Protocol
from tests.protocols import making
from tests.protocols.making import make_kind

PARIS = ZoneInfo("Europe/Paris")
NOW = dt.datetime(2026, 3, 2, 8, 0, tzinfo=PARIS)  # a Monday, before opening
MORNING, AFTERNOON = (9 * 60, 12 * 60 + 30), (14 * 60, 18 * 60)
PASSWORD = "a long enough passphrase"

_numbers = itertools.count(1)


def at(text: str, zone: ZoneInfo = PARIS) -> dt.datetime:
    """`2026-03-02 09:00` on the clinic's clock."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone)


def make_clinic(**fields: Any) -> Clinic:
    number = next(_numbers)
    defaults = {"name": f"Clinique {number}", "neutral_label": f"Cabinet {number}"}
    return Clinic.objects.create(**defaults | fields)


def make_user(clinic: Clinic | None = None, role: str = Role.RECEPTION, **fields: Any) -> User:
    """Somebody with that role at the clinic; nobody's colleague without one."""
    defaults = {"email": f"personne{next(_numbers)}@example.test", "password": PASSWORD}
    user = User.objects.create_user(**defaults | fields)
    if clinic is not None:
        StaffMember.objects.create(user=user, clinic=clinic, role=role)
    return user


def make_patient(family_name: str = "Dupont", given_name: str = "Marie", **fields: Any) -> Patient:
    defaults = {"phone": f"+336{next(_numbers):08}", "created_at": NOW}
    return Patient.objects.create(
        **{"family_name": family_name, "given_name": given_name} | defaults | fields
    )


def open_record(user: User, patient: Patient, clinic: Clinic) -> CareAccess:
    """A reason that holds for good."""
    return CareAccess.objects.create(
        user=user,
        clinic=clinic,
        patient=patient,
        reason="Avis demandé",
        at=NOW,
        until=dt.datetime(2199, 1, 1, tzinfo=dt.UTC),
    )


def make_picture(colour: str = "tan", size: tuple[int, int] = (64, 48)) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, "JPEG")
    return written.getvalue()


def make_photo(patient: Patient, by: User, content: bytes = b"", **shot: Any) -> Photo:
    """A photo that is really in the store."""
    stored = photos.put(pictures.clean(content or make_picture()))
    shown = {"zone": "forehead", "moment": "before", "taken_on": NOW.date()} | shot
    return photos.add(patient=patient, shot=photos.Shot(**shown), stored=stored, by=by, now=NOW)


def make_file_request(patient: Patient, by: User, **fields: Any) -> AccessRequest:
    defaults = {"received_on": NOW.date(), "is_old": False, "identity": "Carte vue"}
    return asking.register(patient=patient, by=by, now=NOW, **defaults | fields)


def make_resource(clinic: Clinic, kind: str = "practitioner", **fields: Any) -> Resource:
    """Works the house's hours, unless `hours=()` says otherwise."""
    hours = fields.pop("hours", [(day, *span) for day in range(5) for span in (MORNING, AFTERNOON)])
    defaults = {
        "name": f"{kind} {next(_numbers)}",
        "qualification": "physician" if kind == "practitioner" else "",
    }
    resource = Resource.objects.create(clinic=clinic, kind=make_kind(kind), **defaults | fields)
    WorkingHours.objects.bulk_create(
        WorkingHours(resource=resource, weekday=day, from_minute=start, to_minute=end)
        for day, start, end in hours
    )
    return resource


def make_protocol(
    sessions: int = 3, gap: tuple[str, str, str] = ("P2W", "P3W", "P4W"), **fields: Any
) -> Protocol:
    """A published protocol of equal steps: half an hour of practitioner and room by default."""
    segments = fields.pop("segments", ((30, ("practitioner", "room")),))
    return loaded(making.make_protocol(gaps=[gap] * (sessions - 1), segments=segments, **fields))


def loaded(protocol: Protocol) -> Protocol:
    return Protocol.objects.with_steps().get(pk=protocol.pk)


def make_visit_type(minutes: int = 30, needs: tuple[str, ...] = ("practitioner", "room")):
    visit = VisitType.objects.create(
        name_fr="Consultation", name_en="Consultation", minutes=minutes
    )
    visit.needs.set([make_kind(code) for code in needs])
    return visit


def make_absence(clinic: Clinic, start: str, end: str, resource: Resource | None = None) -> Absence:
    return Absence.objects.create(
        clinic=clinic, resource=resource, starts_at=at(start), ends_at=at(end), label="Congés"
    )


class House:
    """A whole small clinic, ready to book in."""

    def __init__(self, **protocol: Any) -> None:
        self.clinic = make_clinic()
        self.user = make_user(self.clinic)
        self.practitioner = make_resource(self.clinic, "practitioner", name="Dr Roux")
        self.room = make_resource(self.clinic, "room", name="Salle 1")
        self.patient = make_patient()
        self.protocol = make_protocol(**protocol)

    def ask(self, **fields: Any) -> booking.SeriesAsk:
        defaults = {
            "clinic": self.clinic,
            "patient": self.patient,
            "protocol": self.protocol,
            "start_on": NOW.date(),
            "through": self.protocol.steps.count(),
        }
        return booking.SeriesAsk(**defaults | fields)

    def propose(self, **fields: Any) -> booking.Proposal:
        return booking.propose(self.ask(**fields), now=NOW)

    def book(self, *, key: str = "", **fields: Any) -> booking.Booked | booking.Refused:
        token = self.propose(**fields).token
        return booking.book(token=token, key=key, by=self.user, clinic=self.clinic, now=NOW)

    def book_series(self, **fields: Any) -> booking.Booked:
        booked = self.book(**fields)
        assert isinstance(booked, booking.Booked), booked
        return booked

    def occupy(self, resource: Resource, start: str, end: str) -> Appointment:
        """Somebody else's visit in the way."""
        appointment = make_appointment(self, make_patient("Autre", "Une"), start, end)
        Hold.objects.create(
            appointment=appointment,
            resource=resource,
            starts=to_minute(at(start)),
            ends=to_minute(at(end)),
        )
        return appointment


def make_appointment(house: House, patient: Patient, start: str, end: str) -> Appointment:
    """A single visit that holds nothing yet."""
    visit_type = VisitType.objects.first() or make_visit_type()
    return Appointment.objects.create(
        clinic=house.clinic,
        patient=patient,
        visit_type=visit_type,
        starts_at=at(start),
        ends_at=at(end),
        booked_at=NOW,
        booked_by=house.user,
        changed_at=NOW,
        changed_by=house.user,
    )
