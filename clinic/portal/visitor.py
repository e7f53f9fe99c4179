"""Whoever came by a link, kept in a signed cookie for half an hour."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest

from clinic.models import Clinic, PatientLink
from patients.models import Patient

SALT = "clinic.portal.visitor"
LASTS = dt.timedelta(minutes=30)
COOKIE = getattr(settings, "PATIENT_COOKIE_NAME", "patient")


@dataclass(frozen=True)
class Visitor:
    link: PatientLink
    since: int
    knows_birth: bool = False

    @property
    def patient(self) -> Patient:
        return self.link.patient

    @property
    def clinic(self) -> Clinic:
        return self.link.clinic


def of(request: HttpRequest, *, now: dt.datetime) -> Visitor | None:
    try:
        told: Any = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return None
    rows = PatientLink.objects.select_related("patient", "clinic")
    link = rows.filter(pk=told["link"], revoked_at=None, expires_at__gt=now).first()
    return Visitor(link, told["since"], told["birth"]) if link else None
