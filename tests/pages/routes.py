"""Every route of the product as an address, with objects that exist."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from clinic.checks import walk
from clinic.models import Appointment, User
from clinic.pages import desk
from patients.models import SessionRecord
from tests.desk_rows import make_message
from tests.factories import (
    House,
    make_appointment,
    make_clinic,
    make_file_request,
    make_patient,
    make_photo,
    make_user,
    open_record,
)
from tests.pages import policy_table
from tests.pages.policy_table import (
    ANONYMOUS,
    CLINICAL,
    CLOSED,
    ELSEWHERE,
    NOBODY,
    PATIENT,
    SETTINGS,
)
from tests.pages.visiting import cancelled, make_link, visit
from tests.patients.treating import (
    make_event,
    make_lot,
    make_recalled_lot,
    make_record,
    make_session,
    sign,
)
from tests.quoting import make_quote, make_scan
from tests.screening import asking
from tests.telling import keep_letter

CANARY = "Zanzibarine"  # in the name of the patient whose pages are asked for


def routes() -> dict[str, URLPattern]:
    return {name: pattern for name, pattern, _app in walk(get_resolver())}


def pages() -> list[str]:
    """The names of our own routes, without those of the settings."""
    return [name for name in routes() if not name.startswith(SETTINGS)]


class Place:
    """A clinic with a booked series, and a person of every role.

    The patient's record is open to those who may read records, assistants among them; that of
    `outsider` is not.
    """

    def __init__(self) -> None:
        self.house = House()
        self.house.clinic.assistants_see_records = True
        self.house.clinic.shows_leaflet = True
        self.house.clinic.save()
        self.patient = make_patient(CANARY, CANARY)
        self.outsider = make_patient(CANARY, CANARY)
        self.photo = make_photo(self.patient, self.house.user)
        self.file_request = make_file_request(self.patient, self.house.user)
        self.booked = self.house.book_series(patient=self.patient)
        self.other_clinic = make_clinic()

    @cached_property
    def kwargs(self) -> dict[str, dict[str, Any]]:
        """What stands in an address, by what it is about."""
        series, protocol = self.booked.series, self.house.protocol
        return {
            "": {},
            "leaflet": {"public_id": self.house.clinic.public_id},
            "list": {"which": next(iter(desk.WHOLE))},
            "patient": {"public_id": self.patient.public_id},
            "outsider": {"public_id": self.outsider.public_id},
            "file_request": {
                "public_id": make_file_request(self.patient, self.house.user).public_id
            },
            "photo": {"public_id": make_photo(self.patient, self.house.user).public_id},
            "consent": {"public_id": make_scan(self.house, patient=self.patient).public_id},
            "quote": {"public_id": make_quote(self.house, patient=self.patient).public_id},
            "given_quote": {
                "public_id": make_quote(self.house, patient=self.patient, give=True).public_id
            },
            "series": {"public_id": series.public_id},
            "session": {"public_id": series.public_id, "number": 1},
            "asking": {"public_id": self.patient.public_id, "protocol": asking().pk},
            "reaction": {"public_id": make_event(self.patient, self.house.user).public_id},
            "signed": self.signed(),
            "draft": self.draft(),
            "kept": self.draft() | {"kept": 1},
            "lot": {"public_id": make_recalled_lot(self.house.user).public_id},
            "message": {"public_id": make_message(self.booked.appointments[0]).public_id},
            "mark": {"public_id": self.patient.public_id, "mark": 0},
            "inbound": {"secret": settings.SMS_INBOUND_SECRET},
            "appointment": {"public_id": self.booked.appointments[0].public_id},
            "link": {"key": make_link(self.patient, self.house.clinic)},
            "feed": {"key": make_link(self.patient, self.house.clinic, purpose="feed")},
            "cancelled": {"public_id": self.cancelled().public_id},
            "own_protocol": {"protocol": protocol.pk},
            "protocol": {"slug": protocol.slug},
            "version": {"slug": protocol.slug, "version": protocol.version},
            "kept_letter": {"slug": keep_letter(self.booked.appointments[0])},
            "message_kind": {"kind": "booked"},
            "message_text": {"kind": "eve", "channel": "sms", "language": "fr"},
            "message_mail": {"kind": "eve", "language": "fr"},
            "reset": {"uidb36": "1", "key": "set-password"},
        }

    def cancelled(self) -> Appointment:
        """A single visit that the patient cancelled."""
        visit = make_appointment(self.house, self.patient, "2026-06-01 09:00", "2026-06-01 09:30")
        return cancelled(visit)

    def signed(self) -> dict[str, Any]:
        """A session whose record is signed."""
        session = make_session(self.patient, self.house.protocol, self.house.user)
        sign(make_record(session, self.house.user, lots=[make_lot()]))
        return {"public_id": session.series.public_id, "number": session.number}

    def draft(self) -> dict[str, Any]:
        """A booked session whose record is being written."""
        session = self.booked.series.sessions.select_related("series__patient").get(number=2)
        if not SessionRecord.objects.filter(session=session).exists():
            make_record(session, self.house.user)
        return {"public_id": session.series.public_id, "number": session.number}

    def address(self, name: str) -> str:
        return reverse(name, kwargs=self.kwargs[policy_table.TABLE[name].on])

    def person(self, role: str) -> User | None:
        if role in {ANONYMOUS, PATIENT}:
            return None
        clinic = {NOBODY: None, ELSEWHERE: self.other_clinic}.get(role, self.house.clinic)
        user = make_user(clinic, {CLOSED: "manager", ELSEWHERE: "manager"}.get(role, role))
        if role in CLINICAL:
            open_record(user, self.patient, self.house.clinic)
        return user

    def client(self, role: str, **options: Any) -> Client:
        """Signed in as somebody of that role; a fault is an answer, as a browser sees it."""
        client = Client(raise_request_exception=False, **options)
        person = self.person(role)
        if person is not None:
            client.force_login(person)
        if role == PATIENT:
            visit(client, make_link(self.patient, self.house.clinic), knows_birth=True)
        if person is not None and role == CLOSED:
            person.is_active = False
            person.save()
        return client
