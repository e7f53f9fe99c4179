"""A patient on their own page: links made by hand, and a browser that came by one."""

import datetime as dt
import re
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from clinic import booking
from clinic.models import Appointment, Clinic, Message, PatientLink
from clinic.outbox import links
from clinic.portal import visitor as visitors
from clinic.wording import moment
from patients.models import Patient
from tests.factories import NOW, House

BIRTH = dt.date(1980, 1, 31)
SPOKEN = "31/01/1980"


def make_message(appointment: Appointment, channel: str = "email", **fields: Any) -> Message:
    """A reminder that was sent."""
    told = {
        "clinic": appointment.clinic,
        "patient": appointment.patient,
        "kind": "reminder",
        "channel": channel,
        "starts_at": appointment.starts_at,
        "due_at": NOW,
        "next_try_at": NOW,
        "useful_until": appointment.starts_at,
        "planned_at": NOW,
        "status": "accepted",
        "settled_at": NOW,
    }
    return Message.objects.create(appointment=appointment, **told | fields)


def make_link(patient: Patient, clinic: Clinic, **fields: Any) -> str:
    """The key of a link that holds for good."""
    return links.issue(patient=patient, clinic=clinic, **{"expires_at": None, "now": NOW} | fields)


def link_of(appointment: Appointment, **fields: Any) -> str:
    """The key that stands in a message about this appointment."""
    message = fields.pop("message", None) or make_message(appointment)
    return make_link(appointment.patient, appointment.clinic, message=message, **fields)


def row_of(key: str) -> PatientLink:
    return PatientLink.objects.get(key_hash=links.fingerprint(key))


def visit(client: Client, key: str, *, knows_birth: bool = False) -> Client:
    """Come by the link; `knows_birth`: as if the birth date had been said."""
    assert client.get(reverse("patient_link", args=[key])).status_code == 302
    if knows_birth:
        told = signing.loads(client.cookies[settings.PATIENT_COOKIE_NAME].value, salt=visitors.SALT)
        put_cookie(client, told | {"birth": True})
    return client


def put_cookie(client: Client, told: dict[str, Any], salt: str = visitors.SALT) -> None:
    client.cookies[settings.PATIENT_COOKIE_NAME] = signing.dumps(told, salt=salt)


def cancelled(appointment: Appointment) -> Appointment:
    done = booking.cancel(
        appointment=appointment, reason="patient", by=appointment.booked_by, now=NOW
    )
    assert isinstance(done, booking.Cancelled), done
    return done.appointment


def shown_key(page: str) -> str:
    """The key of the form on a page, by which it is carried out once."""
    return re.findall(r'name="key" value="(\w+)"', page)[0]


def starts_on(page: str) -> list[str]:
    """The hours that are offered."""
    return re.findall(r'name="starts_at" value="([^"]+)"', page)


def address(what: str, appointment: Appointment) -> str:
    return reverse(f"my_{what}", args=[appointment.public_id])


def when(appointment: Appointment) -> str:
    """As a page says it, in the language that is active."""
    return moment(appointment.starts_at.astimezone(appointment.clinic.zone))


def done_at(code: str, appointment: Appointment) -> str:
    """Where the patient is led once it is done."""
    return f"/my/?done={code}&at={appointment.public_id}"


def gone(response: HttpResponse) -> bool:
    """The one page that says that a link does not open."""
    return response.status_code == 404 and "portal/gone.html" in [
        template.name for template in response.templates
    ]


def health_pages(house: House) -> list[str]:
    series, protocol = house.patient.series.get().public_id, house.protocol.pk
    return [
        *(reverse(name, args=[protocol]) for name in ("my_questions", "my_agreement")),
        reverse("my_series_pdf", args=[series]),
        reverse("my_slip", args=[series, 1]),
        reverse("my_quote", args=["a" * 14]),
        reverse("my_quote_pdf", args=["a" * 14]),
        reverse("my_contact"),
    ]
