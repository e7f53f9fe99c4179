"""Whatever is typed, pasted or made up: a page or a refusal, never a fault.

`FIELDS` names, for every route that reads something, what it reads; each field gets each value, the
others something sensible, so that the bad one gets as far as it can.
"""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.http import HttpResponse
from django.template import Template
from django.test import Client

from clinic.models import Role
from tests.factories import NOW, make_visit_type
from tests.pages.policy_table import PATIENT, TABLE
from tests.pages.routes import Place

NASTY: list[str | list[str]] = [
    *["\0", "a\0b", "x" * 10_000, "🙂👩‍⚕️", "\u202eאבג", "½", "٣", "\u00a0", "\r\nX: y", "\ufffe"],
    *["31/02/2026", "2026-02-31", "99999-01-01", "0001-01-01", "9999-12-31", "2026-03-09"],
    *["2026-03-29T02:30", "2026-10-25T02:30", "9999-12-31T23:59", "0001-01-01T00:00", "25:61"],
    *["-1", "0", "7", "1" * 30, str(2**63), "1e400", "NaN", "0x10", "1_0", " 1 ", "+1"],
    *["' OR 1=1 --", '"; DROP TABLE x', "<script>alert(1)</script>", "../../etc/passwd"],
    *["%00", "%s%n", "{0}", "{{ 7 }}", "[]", "null", "\\", "@", "1@", "1@2026-03-09T09:30~", "~"],
    ["1", "2"],
    [],
]
# Each of these in one field alone, the others being good.
SHARPEST = [
    *["\0", "x" * 10_000, "31/02/2026", "99999-01-01", "0001-01-01", "9999-12-31T23:59", "-1"],
    *["1" * 30, ["1", "2"]],
]
# What PostgreSQL takes ill and SQLite does not; the rest was seen on the other run.
STRICTER = ["\0", "x" * 10_000, "1" * 30]
PATIENT_FIELDS = [
    *["family_name", "given_name", "birth_name", "birth_on", "gender", "language", "phone"],
    *[
        "other_phone",
        "email",
        "preferred_channel",
        "street",
        "postal_code",
        "city",
        "desk_note",
        "version",
        "seen",
    ],
]
WISHES = [
    *["start", "last", "previous", "first", "weekday", "weekdays", "after", "before", "hours"],
    *["practitioner", "who", "pick", "find", "patient", "protocol"],
]
AGENDA = ["on", "view", "by", "practitioner", "room", "state", "q"]

EVENT_FIELDS = [
    *["signs", "description", "noticed_at", "source", "session", "product_use", "severity"],
    *["seriousness", "outcome", "action_taken", "channel", "declared_on", "declaration", "version"],
]
QUOTE_FIELDS = [
    *["practitioner", "valid_until", "act", "place", "anaesthesia", "days_off", "patient_address"],
    *["seen", "do", "line-TOTAL_FORMS", "line-INITIAL_FORMS", "line-0-phase", "line-0-label"],
    *["line-0-quantity", "line-0-unit_cents", "line-0-vat_permille", "line-0-vat_ground"],
    *["line-0-DELETE"],
]
LOT_FIELDS = [
    *["article", "number", "expires_on", "received_on", "maker", "product", "regulatory_status"],
    *["performer_qualification", "barcode", "contains_ha"],
]
CONTACT_FIELDS = [
    *["preferred_channel", "language", "how", "version", "reminder-email", "reminder-sms"],
    *["aftercare-email", "recall-sms", "marketing-email"],
]
RECORD_FIELDS = [
    *["base", "who", "zones", "techniques", "passes", "depth", "depth_mm", "needle", "asepsis"],
    *["asepsis_other", "cream_minutes", "led_minutes", "pain_before", "pain_after", "tolerance"],
    *["satisfaction", "reactions", "reactions_text", "notes", "aftercare_given", "next_step"],
    *["next_step_text", "performer", "started_at", "ended_at", "seen", "products-TOTAL_FORMS"],
    *["products-INITIAL_FORMS", "products-0-lot", "products-0-proposed", "products-0-find"],
    *["products-0-volume_ml", "products-0-prepared_at", "products-0-injected_at"],
]

# route: (what it reads from the address, what it reads from a form that is sent)
FIELDS: dict[str, tuple[list[str], list[str]]] = {
    "my": (["done", "at"], []),
    "my_birth": (["next"], ["birth_on", "next"]),
    "my_calendar": ([], ["act"]),
    "patient_stop": ([], ["what"]),
    "my_contact": ([], ["version", "phone", "other_phone", "email", "preferred_channel"]),
    "my_messages": ([], ["preferred_channel", "reminder-email"]),
    "my_move": (["on"], ["key", "starts_at"]),
    "my_cancel": ([], ["reason"]),
    "my_questions": ([], ["key"]),
    "my_agreement": ([], ["seen", "off_label_told", "agreed", "drawing", "signer"]),
    "my_quote": ([], ["answer", "read"]),
    "mailbox": (["what", "page"], []),
    "message_rules": (["protocol"], []),
    "message_rule": (["protocol"], ["do", "is_on", "days", "at"]),
    "message_text": ([], ["do", "subject", "text"]),
    "set_language": ([], ["language", "next"]),
    "account_login": (["next"], ["login", "password", "next", "remember"]),
    "account_logout": (["next"], ["next"]),
    "account_change_password": ([], ["oldpassword", "password1", "password2"]),
    "account_reset_password": ([], ["email"]),
    "account_reset_password_from_key": ([], ["password1", "password2"]),
    "clinic_choose": ([], ["clinic"]),
    "desk": (AGENDA, []),
    "desk_list": (["page"], []),
    "agenda": (AGENDA, []),
    "agenda_events": (AGENDA, []),
    "search": (["q"], []),
    "patients": (["q", "page"], []),
    "patient_new": (["q"], PATIENT_FIELDS),
    "patient": (["page"], []),
    "patient_edit": ([], PATIENT_FIELDS),
    "record_access": (["next"], ["reason", "next"]),
    "record": (["same"], []),
    "record_save": ([], RECORD_FIELDS),
    "record_sign": ([], RECORD_FIELDS),
    "record_amend": ([], ["text", "reason"]),
    "record_lots": (["q"], []),
    "file": ([], ["received_on", "is_old", "identity"]),
    "file_answer": ([], ["status", "how"]),
    "consents": (["page"], []),
    "consent_sign": (["protocol"], ["seen", "off_label_told", "agreed", "drawing", "signer"]),
    "consent_scan": (["protocol"], ["seen", "off_label_told", "signer", "file"]),
    "consent": ([], ["note"]),
    "quotes": (["page"], []),
    "quote_new": ([], ["protocol"]),
    "quote_hand_over": ([], ["protocol", "first", "last", "practitioner", "next"]),
    "quote": ([], QUOTE_FIELDS),
    "quote_answer": ([], ["answer"]),
    "photos": ([], ["zone", "moment", "taken_on", "session", "pictures"]),
    "photo": (["beside"], []),
    "photo_remove": ([], ["reason"]),
    "hand_over": ([], ["page"]),
    "take_back": ([], ["password"]),
    "review": ([], ["improvement", "outcome", "next_protocol", "note"]),
    # The questions have no fixed names: tests/pages/screening/test_tablet.py answers them badly.
    "questionnaire": ([], ["key"]),
    "screening_fill": ([], ["key"]),
    "screening_decide": ([], ["answers", "kind", "until", "reason"]),
    "screening_hold": ([], ["hold-until", "hold-reason"]),
    "screening_lift": ([], ["lift-reason"]),
    "series_new": (WISHES, ["token", "key", "shown"]),
    "series_plan": (WISHES, ["token", "key", "shown"]),
    "series_stop": ([], ["reason", "note"]),
    "session_book": (["on", "practitioner"], ["starts_at", "only", "key"]),
    "appointment_move": (["on", "practitioner"], ["starts_at", "only", "key"]),
    "appointment_cancel": ([], ["reason", "note"]),
    "appointment_mark": ([], ["mark", "next"]),
    "visit_new": (
        ["patient", "q", "visit_type", "on", "practitioner"],
        ["visit_type", "patient", "starts_at", "only", "key"],
    ),
    "house": (["week"], []),
    "messages": (["q", "state", "kind", "channel", "since", "until", "patient", "page"], []),
    "message_again": ([], ["channel", "next"]),
    "message_received": ([], ["next"]),
    "calls": (["page"], []),
    "call": (["message", "appointment", "next"], ["outcome", "number", "note"]),
    "contacts": ([], CONTACT_FIELDS),
    "own_page": ([], ["act"]),
    "sms_inbound": ([], ["From", "Body", "msisdn", "text"]),
    "call_back": ([], ["text"]),
    "adverse_new": (["session", "source"], EVENT_FIELDS),
    "adverse_work": (["page"], []),
    "adverse_edit": ([], EVENT_FIELDS),
    "adverse_follow": ([], ["text"]),
    "adverse_close": ([], ["outcome", "reopen"]),
    "lots": (["q", "state", "page"], []),
    "lot_new": (["scan"], LOT_FIELDS),
    "lot_trace": (["q"], []),
    "lot_edit": ([], LOT_FIELDS),
    "lot_recall": ([], ["note"]),
    "lot_patients": (["page"], ["purpose"]),
    "lot_calls": (["page", "patient"], []),
    "lot_letters": (["page", "patient"], []),
    "leaflet_look_up": (
        [],
        ["signs", "since", "unit", "protocol", "zone", "sensitive", "thin", "filler"],
    ),
    "leaflet_recovery": ([], ["signs", "since", "unit", "protocol", "sensitive"]),
    "leaflet_count": ([], ["goal", "zone"]),
    "leaflet_quiz": ([], ["q1", "q15"]),
    "protocols": (["q", "status", "page"], []),
}
# Routes that read nothing but their address.
READS_NOTHING = {
    *["patient_link", "feed", "my_close", "my_worry", "my_file", "my_confirm"],
    *["my_quote_pdf", "my_series_pdf", "my_slip"],
    *["mailbox_entry", "mailbox_html", "message_mail"],
    *["lot", "lot_finish", "lot_table", "slip", "carnet", "record_settle", "try_again"],
    *["adverse", "adverse_events", "adverse_report"],
    *["consent_file", "consent_pdf", "quote_pdf"],
    *["photo_picture", "photo_small", "file_pdf", "file_json", "file_zip"],
    *["healthz", "account_reset_password_done", "account_reset_password_from_key_done"],
    *["healthz_worker", "message", "calls_table"],
    *["appointment", "series", "series_print", "series_pdf", "series_ics"],
    *["leaflet", "leaflet_report"],  # of the report: tests/pages/test_leaflet_report.py
    *["screening", "protocol", "protocol_version", "work", "dossier"],
}


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(autouse=True)
def unobserved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of pages, and nobody asks for their contexts: Django need not copy them."""
    monkeypatch.setattr(Template, "_render", lambda page, context: page.nodelist.render(context))


@pytest.fixture
def place(db: None) -> Iterator[Place]:
    with time_machine.travel(NOW, tick=False):
        yield Place()


def sensible(place: Place) -> dict[str, Any]:
    """One good value for whatever field a route reads."""
    return {
        "patient": place.patient.public_id,
        "protocol": place.house.protocol.pk,
        "visit_type": str(make_visit_type().pk),
        "starts_at": "2026-03-10T09:00",
        "on": "2026-03-10",
        "family_name": "Durand",
        "language": "fr",
        "gender": "female",
        "version": "1",
        "reason": "patient",
        "mark": "arrived",
        "outcome": "reached",
        "how": "desk",
        "From": "+33612345678",
        "Body": "STOP",
        "start": "2026-03-09",
        "act": "Acte",
        "place": "Paris",
        "valid_until": "2026-06-01",
        "agreed": "on",
        "line-TOTAL_FORMS": "1",
        "line-INITIAL_FORMS": "0",
        "line-0-label": "Séance",
        "line-0-quantity": "1",
        "line-0-unit_cents": "60",
        "line-0-vat_permille": "0",
        "line-0-vat_ground": "care",
        "first": "1",
        "last": "3",
        "signer": "Marie Dupont",
        "signs": ["redness"],
        "since": "10",
        "unit": "hours",
        "goal": "pain",
        "token": place.house.propose(patient=place.patient).token,
    }


def send(client: Client, method: str, address: str, data: dict[str, Any]) -> HttpResponse:
    """One request that leaves nothing behind."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        response = getattr(client, method)(address, data)
        transaction.set_rollback(True)
    client.cookies = cookies
    return response


def fault(response: HttpResponse) -> str:
    if response.status_code < 500:
        return ""
    kind, error, _trace = response.exc_info or (None, response.status_code, None)
    return f"{kind and kind.__name__}: {error}"[:200]


def test_every_route_is_here() -> None:
    assert {*FIELDS, *READS_NOTHING} == set(TABLE)


@pytest.mark.parametrize("name", [name for name, (query, _form) in FIELDS.items() if query])
def test_an_odd_address_is_no_fault(place: Place, name: str) -> None:
    client = place.client(TABLE[name].somebody)
    assert faults(client, "get", place.address(name), FIELDS[name][0], sensible(place)) == {}


@pytest.mark.parametrize("name", [name for name, (_query, form) in FIELDS.items() if form])
def test_an_odd_form_is_no_fault(place: Place, name: str) -> None:
    signs_in = name in {"account_login", "account_reset_password"}
    role = "anonymous" if signs_in else TABLE[name].somebody
    client, good, address = place.client(role), sensible(place), place.address(name)
    if name in {"series_new", "visit_new", "consent_sign", "consent_scan"}:
        address += f"?patient={good['patient']}&protocol={good['protocol']}"
    assert faults(client, "post", address, FIELDS[name][1], good) == {}


def faults(
    client: Client, method: str, address: str, fields: list[str], good: dict[str, Any]
) -> dict[tuple[str, str], str]:
    """What went wrong, by field and value: one at a time, then in all of them."""
    usual = {field: good[field] for field in fields if field in good}
    alone, everywhere = (SHARPEST, NASTY) if connection.vendor == "sqlite" else (STRICTER, STRICTER)
    tried = [({field: value}, field, value) for field in fields for value in alone]
    tried += [(dict.fromkeys(fields, value), "all", value) for value in everywhere]
    found = {}
    for bad, field, value in tried:
        wrong = fault(send(client, method, address, usual | bad))
        if wrong:
            found[field, str(value)[:30]] = wrong
    return found


@pytest.mark.parametrize("query", ["%ff%fe", "q=%ff&on=%ff", "%00=%00", "=&&&=", "a[]=1&a[b]=2"])
def test_an_address_that_is_no_text_is_no_fault(place: Place, query: str) -> None:
    clients = {role: place.client(role) for role in (Role.MANAGER, Role.PRACTITIONER, PATIENT)}
    wrong = {
        name: fault(clients[TABLE[name].somebody].get(f"{place.address(name)}?{query}"))
        for name, (fields, _form) in FIELDS.items()
        if fields
    }
    assert {name: error for name, error in wrong.items() if error} == {}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'{"a": 1}'),
        ("multipart/form-data; boundary=x", b"--x\r\nnot what it says"),
        ("application/x-www-form-urlencoded", b"\xff\xfe=%ff&" + b"a=1&" * 2000),
        ("application/x-www-form-urlencoded", b"key=" + b"x" * 3_000_000),
    ],
)
def test_a_body_that_is_no_form_is_no_fault(place: Place, kind: str, body: bytes) -> None:
    clients = {role: place.client(role) for role in (Role.MANAGER, Role.PRACTITIONER, PATIENT)}
    wrong = {
        name: fault(clients[TABLE[name].somebody].generic("POST", place.address(name), body, kind))
        for name, (_query, fields) in FIELDS.items()
        if fields and name != "account_logout"
    }
    assert {name: error for name, error in wrong.items() if error} == {}


@pytest.mark.parametrize(
    "address",
    [
        "/patients/" + "x" * 5000 + "/",
        "/patients/%00/",
        "/patients/🙂/",
        "/appointments/-/",
        "/series/" + "9" * 40 + ".pdf",
        f"/sessions/x/{10**30}/book/",
        f"/protocols/x/{10**30}/",
        "/protocols/%ff/",
        "/desk/nothing/",
        "/password/reset/zzzzzzzzzzzzzzzzzzzzzz-%00/",
        "/password/reset/1-set-password/",
        "/settings/clinic/user/%00/change/",
        f"/settings/clinic/user/{10**30}/change/",
        "/settings/clinic/user/?id=%00",
        "/settings/clinic/user/?q=%00&p=-1&o=99",
    ],
)
def test_an_odd_path_is_no_fault(place: Place, address: str) -> None:
    assert fault(place.client(Role.MANAGER).get(address)) == ""
