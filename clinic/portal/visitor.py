"""Whoever came by a link: half an hour in a signed cookie, lengthened by each page, in no table.

The cookie names the link's row and whether the birth date was said. The row is looked at each time:
a link that was revoked or has expired opens nothing from then on; of one that was revoked, whoever
said the birth date before ends within half an hour what they were doing.
"""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from clinic.models import Appointment, Clinic, PatientLink
from clinic.models.people import THE_PATIENT
from clinic.outbox import links
from patients.models import Patient

SALT = "clinic.portal.visitor"
LASTS = dt.timedelta(minutes=30)  # without a page being asked for
AT_MOST = dt.timedelta(hours=8)  # our choice: then the link of the message is opened again
# A button pressed twice: so long the second press is answered as the first was.
BLINK = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Visitor:
    link: PatientLink
    since: int  # seconds since 1970: when this visit began
    knows_birth: bool = False

    @property
    def patient(self) -> Patient:
        return self.link.patient

    @property
    def clinic(self) -> Clinic:
        return self.link.clinic

    def who_said_the_birth_date(self) -> "Visitor":
        return replace(self, knows_birth=True)

    def by(self, link: PatientLink) -> "Visitor":
        """The same visit, on another link of the same patient."""
        return replace(self, link=link)


class PatientRequest(HttpRequest):
    """As views see it once the middleware let it in."""

    visitor: Visitor
    today: dt.date


def begin(link: PatientLink, *, now: dt.datetime) -> Visitor:
    return Visitor(link, int(now.timestamp()))


def of(request: HttpRequest, *, now: dt.datetime) -> Visitor | None:
    """Who asks, or nobody. One query, and no write."""
    told = read(request)
    if told is None or now.timestamp() - told["since"] > AT_MOST.total_seconds():
        return None
    rows = PatientLink.objects.select_related("patient", "clinic")
    link = rows.filter(pk=told["link"], purpose=PatientLink.Purpose.PAGE).first()
    if link is None:
        return None
    is_in = links.is_open(link, now=now) or goes_on(told, link, now)
    if not (is_in or is_pressed_again(request, link, now)):
        return None
    return Visitor(link, told["since"], told["birth"])


def read(request: HttpRequest) -> dict[str, Any] | None:
    try:
        told = signing.loads(
            request.COOKIES.get(settings.PATIENT_COOKIE_NAME, ""), salt=SALT, max_age=LASTS
        )
    except signing.BadSignature:
        return None
    return told if isinstance(told, dict) else None


def goes_on(told: dict[str, Any], link: PatientLink, now: dt.datetime) -> bool:
    """Who said the birth date is known, and fills something in while the clinic moves a visit: the
    link is dead, and what they write is not. For as long as a visit lasts."""
    return bool(told["birth"]) and link.revoked_at is not None and now - link.revoked_at <= LASTS


def is_pressed_again(request: HttpRequest, link: PatientLink, now: dt.datetime) -> bool:
    """The very act that this visit's link ended by, sent twice by a finger or a network."""
    match = request.resolver_match
    public_id = match.kwargs.get("public_id") if match and request.method == "POST" else None
    if public_id is None or link.revoked_at is None or now - link.revoked_at > BLINK:
        return False
    return Appointment.objects.filter(
        public_id=public_id,
        patient=link.patient_id,
        changed_at=link.revoked_at,
        changed_by__email=THE_PATIENT,
    ).exists()


def remember(response: HttpResponse, visitor: Visitor) -> None:
    told = {"link": visitor.link.pk, "since": visitor.since, "birth": visitor.knows_birth}
    response.set_cookie(
        settings.PATIENT_COOKIE_NAME,
        signing.dumps(told, salt=SALT),
        max_age=LASTS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget(response: HttpResponse) -> None:
    response.delete_cookie(settings.PATIENT_COOKIE_NAME, samesite="Lax")


def stay(visitor: Visitor, *, now: dt.datetime) -> Visitor:
    """A link of this visit's own, after the message's was ended by what the patient did."""
    key = links.issue(
        patient=visitor.patient, clinic=visitor.clinic, expires_at=now + AT_MOST, now=now
    )
    return visitor.by(PatientLink.objects.get(key_hash=links.fingerprint(key)))
