"""Adverse reactions: told, followed, closed, printed."""

import datetime as dt
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from clinic.models import AuditEntry, Role, User
from patients.models import AdverseEvent, AdverseEventEntry
from tests.factories import NOW, House, at, make_patient, make_user, open_record
from tests.pages.reading import errors
from tests.patients.treating import (
    make_article,
    make_event,
    make_lot,
    make_record,
    make_session,
    sign,
)

CANARY = "Canariot"


@pytest.fixture
def doctor(house: House) -> User:
    return make_user(house.clinic, Role.PRACTITIONER, first_name="Ada", last_name="Roux")


@pytest.fixture
def practice(house: House, doctor: User, client: Client) -> Client:
    """The browser of the practitioner who treated the house's patient on the day before."""
    lot = make_lot(make_article("Calme", regulatory_status="amm"), "L1")
    session = make_session(house.patient, house.protocol, doctor)
    record = make_record(session, doctor, lots=[lot], started_at=at("2026-03-01 09:00"))
    sign(record)
    client.force_login(doctor)
    return client


@pytest.fixture
def record(practice: Client, house: House):
    return house.patient.records.get()


def told(**fields: Any) -> dict[str, Any]:
    return {
        "description": "Rougeur qui s’étend",
        "noticed_at": "2026-03-02T07:30",
        "source": "phone",
        "severity": "moderate",
        "seriousness": "non-serious",
        "outcome": "ongoing",
        "channel": "none",
    } | fields


def new(house: House) -> str:
    return f"/patients/{house.patient.public_id}/reactions/new/"


def page(event: AdverseEvent, part: str = "") -> str:
    return f"/reactions/{event.public_id}/{part}"


# --- Telling -------------------------------------------------------------------------------------


def test_a_reaction_is_told_with_its_product_and_hours(
    practice: Client, house: House, record, doctor: User
) -> None:
    use = record.products.get()
    typed = told(product_use=use.pk, channel="", signs=["pus", "redness"])
    response = practice.post(new(house), typed)
    event = AdverseEvent.objects.get()
    assert response.url == page(event)
    assert (event.session, event.product_use, event.channel, event.hours_since) == (
        record.session,
        use,
        "drug",
        22,
    )
    assert (event.status, event.reported_by, event.reported_at) == ("open", doctor, NOW)
    entry = AuditEntry.objects.get(action="adverse.report")
    assert (entry.patient, entry.subject) == (house.patient, f"adverse:{event.public_id}")
    text = practice.get(page(event)).text
    assert re.search(r'reaction-alert">.*? Pus</strong>, <strong>\w+</strong>', text)


def test_alert_signs_stand_first_on_the_form(practice: Client, house: House) -> None:
    codes = re.findall(r'name="signs" id="sign-(\w+)"', practice.get(new(house)).text)
    assert codes[:2] == ["intense_redness", "local_heat"]
    assert codes.index("breathing") < codes.index("redness")


@pytest.mark.parametrize(
    ("status", "channel"), [("amm", "drug"), ("device", "device"), ("cosmetic", "cosmetic")]
)
def test_the_vigilance_follows_from_the_product(
    practice: Client, house: House, doctor: User, status: str, channel: str
) -> None:
    session = make_session(house.patient, house.protocol, doctor)
    lot = make_lot(make_article(regulatory_status=status))
    use = make_record(session, doctor, lots=[lot], started_at=at("2026-03-01 09:00")).products.get()
    practice.post(new(house), told(product_use=use.pk, channel=""))
    assert AdverseEvent.objects.get().channel == channel


@pytest.mark.parametrize("status", ["blood", "unknown"])
def test_where_the_product_does_not_say_the_practitioner_does(
    practice: Client, house: House, doctor: User, status: str
) -> None:
    session = make_session(house.patient, house.protocol, doctor)
    lot = make_lot(make_article(regulatory_status=status))
    use = make_record(session, doctor, lots=[lot], started_at=at("2026-03-01 09:00")).products.get()
    typed = told(product_use=use.pk, channel="")
    assert errors(practice.post(new(house), typed).text) == ["channel"]
    practice.post(new(house), typed | {"channel": "device"})
    assert AdverseEvent.objects.get().channel == "device"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("noticed_at", "2026-03-02T08:01"),  # in a minute
        ("noticed_at", "1999-12-31T10:00"),
        ("noticed_at", "2026-03-29T02:30"),  # the hour that the clocks leave out
        ("noticed_at", ""),
        ("description", ""),
        ("description", "a\0b"),
        ("description", "x" * 20_001),
        ("severity", ""),
        ("severity", "terrible"),
        ("signs", ["nonsense"]),
        ("session", "x-1"),
        ("product_use", "99999999999999999999"),
        ("declared_on", "03/03/2026"),
        ("declared_on", "31/02/2026"),
    ],
)
def test_a_wrong_field_is_told_at_the_field(
    practice: Client, house: House, field: str, value: Any
) -> None:
    response = practice.post(new(house), told() | {field: value})
    assert (response.status_code, errors(response.text)) == (200, [field])
    assert not AdverseEvent.objects.exists()


def test_nothing_is_noticed_before_the_session(practice: Client, house: House, record) -> None:
    key = f"{record.session.series.public_id}-1"
    typed = told(session=key, noticed_at="2026-03-01T08:59")
    assert errors(practice.post(new(house), typed).text) == ["noticed_at"]
    practice.post(new(house), typed | {"noticed_at": "2026-03-01T09:05"})
    assert AdverseEvent.objects.get().hours_since == 0


def test_a_product_belongs_to_its_session(practice: Client, house: House, doctor, record) -> None:
    other = make_session(house.patient, house.protocol, doctor)
    make_record(other, doctor, started_at=at("2026-02-01 09:00"))
    typed = told(product_use=record.products.get().pk, session=f"{other.series.public_id}-1")
    assert errors(practice.post(new(house), typed).text) == ["product_use"]


def test_the_product_of_another_patient_cannot_be_chosen(
    practice: Client, house: House, doctor: User
) -> None:
    session = make_session(make_patient("Autre"), house.protocol, doctor)
    foreign = make_record(session, doctor, lots=[make_lot()]).products.get()
    typed = told(product_use=foreign.pk)
    assert errors(practice.post(new(house), typed).text) == ["product_use"]


def test_the_record_hands_its_session_over(practice: Client, house: House, record) -> None:
    key = f"{record.session.series.public_id}-1"
    text = practice.get(f"{new(house)}?session={key}").text
    assert re.search(rf'<option value="{key}" selected>', text)
    assert re.search(r'<option value="record" selected>', text)


def test_a_double_click_is_one_reaction(practice: Client, house: House) -> None:
    first, second = (practice.post(new(house), told()).url for _ in range(2))
    assert first == second
    assert AdverseEvent.objects.count() == 1


# --- Following and closing -----------------------------------------------------------------------


def test_entries_are_added_and_shown_in_order(practice: Client, house: House, doctor) -> None:
    event = make_event(house.patient, doctor)
    for text in ("Rappelée, va mieux", "Revue au cabinet"):
        practice.post(page(event, "entries/"), {"text": text})
    assert list(AdverseEventEntry.objects.values_list("text", flat=True)) == [
        "Rappelée, va mieux",
        "Revue au cabinet",
    ]
    text = practice.get(page(event)).text
    assert text.index("Rappelée") < text.index("Revue au cabinet")
    assert errors(practice.post(page(event, "entries/"), {"text": "\0"}).text) == ["text"]


def test_closing_needs_an_outcome_that_is_an_end(practice: Client, house: House, doctor) -> None:
    event = make_event(house.patient, doctor)
    for outcome in ("", "ongoing", "nonsense"):
        response = practice.post(page(event, "close/"), {"outcome": outcome})
        assert (response.status_code, errors(response.text)) == (200, ["outcome"]), outcome
    practice.post(page(event, "close/"), {"outcome": "resolved"})
    event.refresh_from_db()
    assert (event.status, event.outcome, event.closed_at, event.closed_by) == (
        "closed",
        "resolved",
        NOW,
        doctor,
    )


def test_a_closed_one_is_opened_again(practice: Client, house: House, doctor) -> None:
    event = make_event(
        house.patient, doctor, status="closed", closed_at=NOW, closed_by=doctor, outcome="resolved"
    )
    assert practice.post(page(event, "edit/"), told(version=1)).status_code == 409
    practice.post(page(event, "close/"), {"reopen": "1"})
    event.refresh_from_db()
    assert (event.status, event.outcome, event.closed_at) == ("open", "ongoing", None)
    actions = AuditEntry.objects.filter(action="adverse.reopen")
    assert actions.count() == 1


def test_two_people_who_edit_one_reaction_both_keep_their_words(
    practice: Client, house: House, doctor: User
) -> None:
    event = make_event(house.patient, doctor)
    practice.post(page(event, "edit/"), told(description="Leur texte", version=1))
    response = practice.post(page(event, "edit/"), told(description="Mon texte", version=1))
    assert response.status_code == 409
    assert re.findall(r">(Leur texte|Mon texte)<", response.text) == ["Leur texte", "Mon texte"]
    assert re.search(r"<textarea[^>]*>\s*Mon texte</textarea>", response.text)
    event.refresh_from_db()
    assert event.description == "Leur texte"
    version = re.search(r'name="version" value="(\d+)"', response.text)
    assert version
    practice.post(page(event, "edit/"), told(description="Mon texte", version=version[1]))
    event.refresh_from_db()
    assert (event.description, event.version) == ("Mon texte", 3)


def test_a_declaration_is_noted_with_its_receipt(practice: Client, house: House, doctor) -> None:
    event = make_event(house.patient, doctor)
    assert "bi-send" in practice.get(page(event)).text
    typed = told(channel="device", declared_on="02/03/2026", declaration="ANSM-42", version=1)
    practice.post(page(event, "edit/"), typed)
    event.refresh_from_db()
    assert (event.declared_on, event.declaration) == (dt.date(2026, 3, 2), "ANSM-42")
    assert "bi-send" not in practice.get(page(event)).text


def test_the_declaration_names_the_product_and_not_the_patient(
    practice: Client, house: House, record, doctor: User
) -> None:
    patient = house.patient
    patient.family_name, patient.given_name = "Zyskind", "Marguerite"
    patient.gender, patient.birth_on = "female", dt.date(1980, 3, 3)
    patient.save()
    use = record.products.get()
    event = make_event(
        patient, doctor, product_use=use, session=record.session, channel="drug", signs=["pus"],
        description="Écoulement au point d’injection", hours_since=22,
    )  # fmt: skip
    AdverseEventEntry.objects.create(event=event, text="Antibiotique", at=NOW, by=doctor)
    response = practice.get(page(event, "report.pdf"), headers={"Accept-Language": "en"})
    pdf = PdfReader(io.BytesIO(response.content))
    said = " ".join(" ".join(p.extract_text() for p in pdf.pages).split())
    for word in ("Z. M.", "45", "Calme", "L1", "Écoulement", "22", "Antibiotique", "Ada Roux"):
        assert word in said, word
    for word in ("Zyskind", "ZYSKIND", "Marguerite", str(patient.phone)):
        assert word not in said, word
    assert pdf.metadata.title in {"Report", "Rapport"}
    assert re.fullmatch(r'attachment; filename="[a-z]+\.pdf"', response["Content-Disposition"])
    assert AuditEntry.objects.filter(action="adverse.report", patient=patient).count() == 1


# --- Lists ---------------------------------------------------------------------------------------


def test_the_worklist_holds_ones_own_open_ones_the_urgent_first(
    practice: Client, house: House, doctor: User
) -> None:
    plain = make_event(house.patient, doctor)
    serious = make_event(house.patient, doctor, seriousness="hospitalisation")
    alert = make_event(house.patient, doctor, signs=["breathing"])
    make_event(house.patient, doctor, status="closed", closed_at=NOW, closed_by=doctor)
    stranger = make_patient(CANARY)
    make_event(stranger, doctor, description="Canaridescription", signs=["pus"])
    text = practice.get("/reactions/").text
    found = re.findall(r'class="fw-semibold" href="/reactions/(\w+)/"', text)
    assert found == [serious.public_id, alert.public_id, plain.public_id]
    assert f'href="/patients/{stranger.public_id}/reactions/"' in text
    assert "Canaridescription" not in text
    rows = AuditEntry.objects.filter(action="adverse.list")
    assert list(rows.values_list("patient", flat=True)) == [house.patient.pk]


def test_the_list_of_things_to_do_counts_them(practice: Client, house: House, doctor: User) -> None:
    make_event(house.patient, doctor, signs=["pus"], description="Canaridescription")
    make_event(house.patient, doctor)
    text = practice.get("/to-do/").text
    assert re.search(r"2 (reactions|réactions)[^<]*1 urgent", text)
    assert ('href="/reactions/"' in text, "Canaridescription" in text) == (True, False)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("address", "queries"), [("work", 6), ("patient", 7), ("event", 7)])
def test_each_page_costs_the_same_for_many(
    practice: Client,
    house: House,
    doctor: User,
    rows: int,
    address: str,
    queries: int,
    django_assert_num_queries: Callable,
) -> None:
    events = [make_event(house.patient, doctor) for _ in range(rows)]
    for event in events:
        for _ in range(rows):
            AdverseEventEntry.objects.create(event=event, text="x", at=NOW, by=doctor)
    where = {
        "work": "/reactions/",
        "patient": f"/patients/{house.patient.public_id}/reactions/",
        "event": page(events[0]),
    }[address]
    with django_assert_num_queries(queries):
        practice.get(where)


def test_whoever_is_outside_the_care_is_asked_for_a_reason(
    house: House, client: Client, doctor: User
) -> None:
    event = make_event(house.patient, doctor, description="Canaridescription")
    stranger = make_user(house.clinic, Role.PRACTITIONER)
    client.force_login(stranger)
    for address in (page(event), page(event, "edit/"), page(event, "report.pdf"), new(house)):
        response = client.get(address)
        assert (response.status_code, "/access/" in response.url) == (302, True), address
    response = client.post(page(event, "entries/"), {"text": "x"})
    assert (response.status_code, AdverseEventEntry.objects.count()) == (302, 0)
    open_record(stranger, house.patient, house.clinic)
    assert "Canaridescription" in client.get(page(event)).text


def test_a_long_list_of_one_patient_is_paged(practice: Client, house: House, doctor: User) -> None:
    for _ in range(51):
        make_event(house.patient, doctor)
    address = f"/patients/{house.patient.public_id}/reactions/"
    first, second = practice.get(address), practice.get(f"{address}?page=2")
    assert (first.text.count("<tr>"), second.text.count("<tr>")) == (1 + 50, 1 + 1)
    assert "51" in first.text
    assert "?page=2" in first.text
