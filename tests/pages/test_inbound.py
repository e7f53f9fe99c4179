"""STOP comes back from a gateway; whatever else comes back changes nothing and is no fault."""

import json
import logging
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client

from clinic.models import AuditEntry
from clinic.views.inbound import is_stop, number_of
from patients import contacts
from patients.models import MessageConsent, Patient
from tests.factories import make_patient

pytestmark = pytest.mark.django_db
NUMBER = "+33612345678"


@pytest.fixture
def patient() -> Patient:
    return make_patient("Petit", "Léa", phone=NUMBER, email="lea@example.test")


def address(secret: str = "") -> str:
    return f"/sms/inbound/{secret or settings.SMS_INBOUND_SECRET}/"


def post(data: Any, **options: Any) -> Any:
    return Client(enforce_csrf_checks=True).post(address(), data, **options)


def refused(patient: Patient) -> set[str]:
    rows = MessageConsent.objects.filter(patient=patient, channel="sms", is_given=False)
    return set(rows.values_list("purpose", flat=True))


# --- What gateways send --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        {"From": NUMBER, "Body": "STOP", "MessageSid": "SM1", "NumMedia": "0"},  # Twilio
        {"msisdn": "33612345678", "to": "33700000000", "text": "Stop", "type": "text"},  # Vonage
        {"number": "0612345678", "text": "stop"},
        {"sender": "0033612345678", "message": "arrêt"},
        {"from": "06 12 34 56 78", "message": "STOP 36111"},
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_stop_refuses_text_messages(patient: Patient, data: dict[str, str], as_json: bool) -> None:
    body = json.dumps(data) if as_json else urlencode(data)
    kind = "application/json" if as_json else "application/x-www-form-urlencoded"
    answer = post(body, content_type=kind)
    assert (answer.status_code, answer.content) == (200, b"")
    assert refused(patient) >= {"reminder", "aftercare"}
    assert not contacts.may_tell(patient, "reminder", "sms")
    assert contacts.may_tell(patient, "reminder", "email")
    row = MessageConsent.objects.filter(patient=patient).first()
    assert row is not None
    assert (row.how, row.by) == ("stop", None)
    entry = AuditEntry.objects.get(action="patient.stop")
    assert (entry.patient, entry.by, entry.detail) == (patient, None, {"channel": "sms"})


def test_a_form_with_parts_is_read_too(patient: Patient) -> None:
    assert post({"From": NUMBER, "Body": "STOP"}).status_code == 200
    assert refused(patient)


def test_everybody_with_the_number_is_meant(patient: Patient) -> None:
    child = make_patient("Petit", "Tom", phone="", other_phone=NUMBER)
    other = make_patient("Autre", "Une")
    post({"From": NUMBER, "Body": "STOP"})
    assert refused(patient)
    assert refused(child)
    assert not refused(other)


def test_twice_is_once(patient: Patient) -> None:
    post({"From": NUMBER, "Body": "STOP"})
    count = MessageConsent.objects.count()
    post({"From": NUMBER, "Body": "STOP"})
    assert MessageConsent.objects.count() == count
    assert AuditEntry.objects.filter(action="patient.stop").count() == 1


def test_a_number_of_nobody_gets_the_same_answer(patient: Patient) -> None:
    known, unknown = (post({"From": number, "Body": "STOP"}) for number in (NUMBER, "+33698000000"))
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert dict(known.headers) == dict(unknown.headers)


# --- The door ------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", ["wrong", "é", "x" * 3000])
def test_another_secret_is_no_page(patient: Patient, secret: str) -> None:
    answer = Client().post(address(secret), {"From": NUMBER, "Body": "STOP"})
    assert answer.status_code == 404
    assert not refused(patient)


def test_without_a_secret_there_is_no_door(patient: Patient, settings: Any) -> None:
    door = address()
    settings.SMS_INBOUND_SECRET = ""
    assert Client().post(door, {"From": NUMBER, "Body": "STOP"}).status_code == 404
    assert not refused(patient)


def test_a_link_that_is_followed_changes_nothing(patient: Patient) -> None:
    assert Client().get(f"{address()}?From={NUMBER}&Body=STOP").status_code == 405
    assert not refused(patient)


def test_a_body_without_end_is_not_read(patient: Patient) -> None:
    answer = post({"From": NUMBER, "Body": "STOP " + "x" * 10_000})
    assert answer.status_code == 413
    assert not refused(patient)


# --- Odd input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "application/x-www-form-urlencoded"),
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b"From=%ZZ&Body=%", "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % n for n in range(1200)), "application/x-www-form-urlencoded"),
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b"null", "application/json"),
        (b'{"From": null, "Body": {"a": []}}', "application/json"),
        (b'{"From": 33612345678, "Body": ["STOP"]}', "application/json"),
        (b'{"From": "\\ud800", "Body": "STOP\\u0000"}', "application/json"),
        (b'{"a":' * 1000, "application/json"),
        (b'{"From": 1e400, "Body": true}', "application/json"),
        (b'{"From": ' + b"9" * 5000 + b', "Body": "STOP"}', "application/json"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"broken", "multipart/form-data"),
        (b"STOP", "text/plain"),
        (b"STOP", ""),
        (b"From=%2B33612345678&Body=STOP", "text/plain; charset=nonsense"),
    ],
)
def test_odd_bodies_are_no_fault(patient: Patient, body: bytes, content_type: str) -> None:
    client = Client(raise_request_exception=False)
    answer = client.generic("POST", address(), body, content_type=content_type)
    assert answer.status_code in {200, 400}


def test_nothing_of_it_is_kept_or_logged(patient: Patient, caplog: Any) -> None:
    with caplog.at_level(logging.DEBUG):
        post({"From": NUMBER, "Body": "Zanzibarine: j'ai mal"})
    assert "zanzibarine" not in caplog.text.lower()
    assert not MessageConsent.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        *["STOP", "stop", " Stop. ", "ARRET", "arrêt", "Arre\u0302t", "Désabo", "unsubscribe"],
        *["STOP!!!", "Stop svp", "STOP 36111", "stop stop", "« STOP »", "ＳＴＯＰ", "Stop merci"],
    ],
)
def test_what_means_stop(text: str) -> None:
    assert is_stop(text)


@pytest.mark.parametrize(
    "text",
    [
        *["", " ", "OUI", "Merci", "36111", "stopper", "Je serai en retard", "non stop demain ?"],
        *["Arrêt de bus fermé, je serai en retard", "arrêt maladie, je ne peux pas venir"],
    ],
)
def test_what_does_not(text: str) -> None:
    assert not is_stop(text)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        *[("+33612345678", NUMBER), ("33612345678", NUMBER), ("0612345678", NUMBER)],
        *[("0033 6 12 34 56 78", NUMBER), ("tel:+33612345678", NUMBER)],
        *[("+32475123456", "+32475123456"), ("32475123456", "+32475123456")],
        *[("", None), ("36111", None), ("CABINET", None), ("+", None), ("9" * 500, None)],
    ],
)
def test_numbers_as_gateways_write_them(typed: str, number: str | None) -> None:
    found = number_of(typed)
    assert (found and found.as_e164) == number
