"""A patient's browser that came by a link of theirs."""

import datetime as dt
import secrets

from django.core import signing
from django.test import Client

from clinic.models import Clinic, PatientLink
from clinic.portal import visitor
from patients.models import Patient
from tests.factories import NOW

COOKIE = "patient"


def make_link(patient: Patient, clinic: Clinic, **fields: object) -> PatientLink:
    defaults = {
        "key_hash": secrets.token_hex(32),
        "purpose": PatientLink.Purpose.PAGE,
        "created_at": NOW - dt.timedelta(days=1),
        "expires_at": NOW + dt.timedelta(days=30),
    }
    return PatientLink.objects.create(patient=patient, clinic=clinic, **defaults | fields)


def visit(client: Client, link: PatientLink, *, knows_birth: bool = True) -> Client:
    told = {"link": link.pk, "since": int(NOW.timestamp()), "birth": knows_birth}
    client.cookies[COOKIE] = signing.dumps(told, salt=visitor.SALT)
    return client
