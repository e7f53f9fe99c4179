"""From a lot to everyone who received it: who may ask, what they see, what leaves the house."""

import csv
import datetime as dt
import io
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from pypdf import PdfReader

from clinic.models import AuditEntry, Role
from patients.models import Lot, Patient, SessionRecord
from tests.factories import NOW, House, make_patient, make_user
from tests.pages.reading import pdf_pages
from tests.patients.treating import (
    make_article,
    make_lot,
    make_recalled_lot,
    make_record,
    make_session,
    sign,
    use,
)

REASON = {"purpose": "reaction"}


@pytest.fixture
def practice(house: House, client: Client) -> Client:
    """The browser of a practitioner who never saw any of these patients."""
    client.force_login(make_user(house.clinic, Role.PRACTITIONER))
    return client


def treat(house: House, patient: Patient, lot: Lot, *, is_signed: bool = True) -> SessionRecord:
    session = make_session(patient, house.protocol, house.user)
    record = make_record(session, house.user)
    use(record, lot, volume_ml=Decimal("1.50"))
    return sign(record) if is_signed else record


def names(text: str) -> list[str]:
    return re.findall(r'class="fw-semibold" href="/patients/[^"]+">([^<]+)</a>', text)


# --- Finding it ----------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["L24-0017b", "l240017B", " L 24 0017 b"])
def test_a_number_in_any_form_leads_to_the_patients(practice: Client, typed: str) -> None:
    lot = make_lot(number="L24-0017b")
    response = practice.get("/lots/trace/", {"q": typed})
    assert (response.status_code, response.url) == (302, f"/lots/{lot.public_id}/patients/")


def test_one_number_of_two_makers_is_chosen(practice: Client) -> None:
    lots = [make_lot(number="A1"), make_lot(number="a-1")]
    text = practice.get("/lots/trace/?q=A1").text
    assert [f'href="/lots/{lot.public_id}/"' in text for lot in lots] == [True, True]


def test_a_number_that_nobody_has_offers_those_like_it(practice: Client) -> None:
    lot = make_lot(number="L24-0017b")
    text = practice.get("/lots/trace/?q=L24-0018").text
    assert f'href="/lots/{lot.public_id}/"' in text
    assert "L24-0017b" not in practice.get("/lots/trace/?q=ZZZZ").text


# --- The purpose ---------------------------------------------------------------------------------


def test_nobody_is_named_before_a_purpose_is_stated(practice: Client, house: House) -> None:
    lot = make_lot()
    treat(house, make_patient("Canariot"), lot)
    addresses = [f"/lots/{lot.public_id}/{part}" for part in ("patients/", "calls/")]
    addresses.append(f"/lots/{lot.public_id}/patients.csv")
    for address in addresses:
        assert "CANARIOT" not in practice.get(address, follow=True).text.upper(), address
    assert not AuditEntry.objects.filter(action__startswith="lot.").exists()
    assert practice.post(addresses[0], {"purpose": "curiosity"}).status_code == 200
    practice.post(addresses[0], REASON)
    stated = AuditEntry.objects.get(action="lot.trace")
    assert (stated.subject, stated.detail) == (f"lot:{lot.public_id}", REASON)
    assert names(practice.get(addresses[0]).text) == ["CANARIOT Marie"]


def test_a_purpose_holds_for_its_lot_and_for_a_day(
    practice: Client, house: House, clock, time_machine_at: Callable
) -> None:
    one, other = make_lot(), make_lot()
    for lot in (one, other):
        treat(house, make_patient("Canariot"), lot)
    practice.post(f"/lots/{one.public_id}/patients/", REASON)
    assert names(practice.get(f"/lots/{other.public_id}/patients/").text) == []
    time_machine_at(NOW + dt.timedelta(hours=11))
    assert names(practice.get(f"/lots/{one.public_id}/patients/").text) == ["CANARIOT Marie"]
    time_machine_at(NOW + dt.timedelta(hours=13))
    assert names(practice.get(f"/lots/{one.public_id}/patients/").text) == []


@pytest.fixture
def time_machine_at(clock) -> Callable:
    return clock.move_to


def test_of_a_recalled_lot_the_recall_is_the_purpose(practice: Client, house: House) -> None:
    lot = make_recalled_lot(house.user)
    treat(house, make_patient("Canariot"), lot)
    assert names(practice.get(f"/lots/{lot.public_id}/patients/").text) == ["CANARIOT Marie"]
    assert AuditEntry.objects.get(action="lot.patients").detail == {"purpose": "recall"}


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.MANAGER, Role.ASSISTANT])
def test_others_never_get_the_list(client: Client, house: House, role: str) -> None:
    lot = make_recalled_lot(house.user)
    treat(house, make_patient("Canariot"), lot)
    client.force_login(make_user(house.clinic, role))
    for part in ("patients/", "patients.csv", "calls/", "letters.pdf"):
        response = client.get(f"/lots/{lot.public_id}/{part}")
        assert (response.status_code, "CANARIOT" in response.text) == (403, False), part


# --- The list ------------------------------------------------------------------------------------


def test_the_list_shows_signed_and_draft_records_with_their_totals(
    practice: Client, house: House
) -> None:
    lot, patient = make_recalled_lot(house.user), make_patient("Aubert", "Lia")
    treat(house, patient, lot)
    treat(house, patient, lot, is_signed=False)
    treat(house, make_patient("Zola", "Noé"), make_lot())
    text = practice.get(f"/lots/{lot.public_id}/patients/").text
    assert names(text) == ["AUBERT Lia", "AUBERT Lia"]
    assert text.count("bi-pencil") == 1  # the draft's mark
    for said in ("1 patient", "2 séances", "dont 1 non signée", "3,00 ml", "Dr Ada Roux"):
        assert said in text


def test_each_patient_on_the_page_leaves_a_row(practice: Client, house: House) -> None:
    lot = make_recalled_lot(house.user)
    patients = [make_patient(f"Patiente{n}") for n in range(2)]
    for patient in patients:
        treat(house, patient, lot)
        treat(house, patient, lot)
    practice.get(f"/lots/{lot.public_id}/patients/")
    rows = AuditEntry.objects.filter(action="lot.patients", subject=f"lot:{lot.public_id}")
    assert sorted(rows.values_list("patient", flat=True)) == sorted(p.pk for p in patients)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("part", "queries"), [("patients/", 7), ("patients.csv", 7), ("calls/", 7), ("letters.pdf", 7)]
)
def test_each_page_costs_the_same_for_many(
    practice: Client,
    house: House,
    rows: int,
    part: str,
    queries: int,
    django_assert_num_queries: Callable,
) -> None:
    lot = make_recalled_lot(house.user)
    for number in range(rows):
        treat(house, make_patient(f"Patient{number}"), lot)
    with django_assert_num_queries(queries):
        b"".join(practice.get(f"/lots/{lot.public_id}/{part}"))


def test_the_list_pages_at_fifty(practice: Client, house: House) -> None:
    lot = make_recalled_lot(house.user)
    for number in range(51):
        treat(house, make_patient(f"Patient{number}"), lot)
    address = f"/lots/{lot.public_id}/patients/"
    assert len(names(practice.get(address).text)) == 50
    assert len(names(practice.get(f"{address}?page=2").text)) == 1
    assert AuditEntry.objects.filter(action="lot.patients").count() == 51


# --- The table -----------------------------------------------------------------------------------


def table(practice: Client, lot: Lot) -> list[list[str]]:
    response = practice.get(f"/lots/{lot.public_id}/patients.csv")
    content = b"".join(response).decode("utf-8")
    assert content.startswith("\ufeff")
    return list(csv.reader(io.StringIO(content[1:]), delimiter=";"))


def test_the_table_holds_every_use_as_text_and_numbers(practice: Client, house: House) -> None:
    article = make_article("=Révitalise", maker="@Maison")
    lot = make_recalled_lot(house.user, article=article, number="-L24")
    patient = make_patient(
        "=HYPERLINK(1)", "+Lia", birth_on=dt.date(1980, 1, 31), phone="+33639981234",
        other_phone="+32475123456", email="lia@example.test",
    )  # fmt: skip
    treat(house, patient, lot)
    header, row = table(practice, lot)
    assert len(header) == len(row)
    assert row[:6] == [
        "'=HYPERLINK(1)", "'+Lia", "31/01/1980", "06 39 98 12 34", "00 32 475 12 34 56",
        "lia@example.test",
    ]  # fmt: skip
    assert row[7:9] == ["02/03/2026 08:00", "1"]
    assert row[11:16] == ["'=Révitalise", "'@Maison", "'-L24", "31/03/2027", "1,50"]


def test_the_table_is_written_down_and_its_name_is_neutral(practice: Client, house: House) -> None:
    lot, patient = make_recalled_lot(house.user), make_patient()
    treat(house, patient, lot)
    response = practice.get(f"/lots/{lot.public_id}/patients.csv")
    assert re.fullmatch(r'attachment; filename="[a-z]+\.csv"', response["Content-Disposition"])
    assert response["Cache-Control"] == "no-store, private"
    assert AuditEntry.objects.get(action="lot.export").patient == patient


# --- Calls and letters ---------------------------------------------------------------------------


def test_the_call_list_names_each_patient_once_and_no_product(
    practice: Client, house: House
) -> None:
    lot = make_recalled_lot(house.user, article=make_article("Canariol"), number="CANARI-9")
    patient = make_patient("Aubert", "Lia", language="en", other_phone="+33639981234")
    for _ in range(2):
        treat(house, patient, lot)
    text = practice.get(f"/lots/{lot.public_id}/calls/").text
    assert names(text) == ["AUBERT Lia"]
    assert "06 39 98 12 34" in text
    assert "canari" not in text.lower()


def test_the_letter_is_in_the_patients_language_and_neutral_outside(
    practice: Client, house: House
) -> None:
    house.clinic.phone = "+33140000000"
    house.clinic.save()
    article = make_article("Révitalise", maker="Maison Bleue")
    lot = make_recalled_lot(house.user, article=article, number="L24-0017b")
    patient = make_patient("Aubert", "Lia", language="en", street="1 rue Bleue", city="Lyon")
    treat(house, patient, lot)
    address = f"/lots/{lot.public_id}/letters.pdf?patient={patient.public_id}"
    response = practice.get(address, headers={"Accept-Language": "fr"})
    outside, inside = pdf_pages(response.content)
    assert "AUBERT Lia 1 rue Bleue Lyon" in outside
    assert house.clinic.neutral_label in outside
    for word in ("Révitalise", "L24-0017b", "Maison", "recall", "product"):
        assert word not in outside
    for word in ("Révitalise", "L24-0017b", "Maison Bleue", "+33 1 40 00 00 00", "recalled"):
        assert word in inside
    title = PdfReader(io.BytesIO(response.content)).metadata.title
    assert title in {"Letter", "Courrier"}
    assert re.fullmatch(r'attachment; filename="[a-z]+\.pdf"', response["Content-Disposition"])
    assert AuditEntry.objects.get(action="lot.letters").patient == patient


def test_letters_come_two_pages_a_patient_and_fifty_a_file(practice: Client, house: House) -> None:
    lot = make_recalled_lot(house.user)
    for number in range(51):
        treat(house, make_patient(f"Patient{number:02}"), lot)
    address = f"/lots/{lot.public_id}/letters.pdf"
    assert len(pdf_pages(practice.get(address).content)) == 100
    assert len(pdf_pages(practice.get(f"{address}?page=2").content)) == 2


def test_there_is_no_letter_about_a_lot_that_nobody_recalled(practice: Client) -> None:
    assert practice.get(f"/lots/{make_lot().public_id}/letters.pdf").status_code == 404
