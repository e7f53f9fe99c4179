"""Creating and correcting a patient: what was typed is never lost."""

import datetime as dt

import pytest
from django.test import Client

from clinic.models import AuditEntry
from patients.models import Patient
from tests.factories import NOW, House, make_patient

FORM = {
    "family_name": "Martin",
    "given_name": "Zoë",
    "birth_name": "",
    "birth_on": "31/01/1980",
    "gender": "unknown",
    "phone": "06 12 34 56 78",
    "other_phone": "",
    "email": "",
    "language": "fr",
    "street": "",
    "postal_code": "",
    "city": "",
    "desk_note": "",
}


def errors(response) -> dict[str, list[str]]:
    return {field: list(found) for field, found in response.context["form"].errors.items()}


# --- Create ---


def test_creating_a_patient_writes_record_and_audit(desk: Client, house: House) -> None:
    response = desk.post("/patients/new/", FORM)
    patient = Patient.objects.get(family_name="Martin")
    assert response.headers["Location"] == f"/patients/{patient.public_id}/"
    assert (patient.given_name, patient.birth_on) == ("Zoë", dt.date(1980, 1, 31))
    assert (str(patient.phone), patient.created_at) == ("+33612345678", NOW)
    assert AuditEntry.objects.get(action="patient.create").patient == patient


def test_a_search_in_vain_fills_the_new_form(desk: Client) -> None:
    form = desk.get("/patients/new/", {"q": "Zorglub Anna 06 12 34 56 78"}).context["form"]
    assert (form["family_name"].value(), form["given_name"].value()) == ("Zorglub", "Anna")
    assert form["phone"].value() == "06 12 34 56 78"
    form = desk.get("/patients/new/", {"q": "Zorglub 31/01/1980 z@example.test"}).context["form"]
    assert (form["birth_on"].value(), form["email"].value()) == ("31/01/1980", "z@example.test")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("family_name", ""), ("family_name", "   "), ("family_name", "---"), ("family_name", "😀"),
        ("family_name", "x" * 10_000), ("family_name", "Du\0pont"), ("given_name", "x" * 101),
        ("birth_on", "31/02/1980"), ("birth_on", "03/03/2026"), ("birth_on", "01/01/1700"),
        ("birth_on", "demain"), ("birth_on", "\0"), ("birth_on", "9" * 10_000),
        ("phone", "12"), ("phone", "06 12 34 56 7"), ("phone", "+99 123"), ("phone", "x" * 10_000),
        ("phone", "06\0 12 34 56 78"), ("email", "zoe"), ("email", "z@" + "x" * 400 + ".fr"),
        ("gender", "dragon"), ("language", "xx"), ("desk_note", "x" * 201), ("city", "\0"),
    ],
)  # fmt: skip
def test_bad_input_is_said_at_its_field_and_kept(desk: Client, field: str, value: str) -> None:
    before = Patient.objects.count()
    response = desk.post("/patients/new/", FORM | {field: value})
    assert list(errors(response)) == [field]
    assert f'href="#id_{field}"' in response.text
    assert response.context["form"][field].value() == value
    assert Patient.objects.count() == before


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("0612345678", "+33612345678"), ("+33 (0)6 12 34 56 78", "+33612345678"),
        ("0033612345678", "+33612345678"), ("06.12.34.56.78", "+33612345678"),
        ("+32 475 12 34 56", "+32475123456"), ("+1 514 555 0123", "+15145550123"),
        ("0044 7911 123456", "+447911123456"), ("", ""),
    ],
)  # fmt: skip
def test_a_phone_of_any_country_is_kept_in_one_form(desk: Client, typed: str, stored: str) -> None:
    desk.post("/patients/new/", FORM | {"phone": typed})
    assert str(Patient.objects.get(family_name="Martin").phone) == stored


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Le   Goff ", "Le Goff"), ("Nguye\u0302\u0303n", "Nguyễn"), ("الحسن", "الحسن"),
        ("王", "王"), ("Du\u202epont", "Dupont"), ("Anna 😀", "Anna 😀"), ("<script>", "<script>"),
    ],
)  # fmt: skip
def test_a_name_of_any_script_is_kept(desk: Client, typed: str, stored: str) -> None:
    desk.post("/patients/new/", FORM | {"family_name": typed})
    assert Patient.objects.get(given_name="Zoë").family_name == stored


@pytest.mark.parametrize(
    "typed", ["1980-01-31", "31011980", "31.01.1980", "31-01-1980", "31 01 1980"]
)
def test_a_birth_date_is_read_in_every_form(desk: Client, typed: str) -> None:
    desk.post("/patients/new/", FORM | {"birth_on": typed})
    assert Patient.objects.get(family_name="Martin").birth_on == dt.date(1980, 1, 31)


def test_a_likely_twin_is_shown_first_and_never_refused(desk: Client) -> None:
    twin = make_patient("Martin", "Zoé", birth_on=dt.date(1980, 1, 31))
    response = desk.post("/patients/new/", FORM)
    assert [found.patient for found in response.context["twins"]] == [twin]
    assert response.context["form"]["phone"].value() == "06 12 34 56 78"
    assert Patient.objects.filter(family_name="Martin").count() == 1
    desk.post("/patients/new/", FORM | {"seen": twin.public_id})
    assert Patient.objects.filter(family_name="Martin").count() == 2


def test_a_twin_that_nobody_saw_is_shown_although_another_was(desk: Client) -> None:
    seen = make_patient("Martin", "Zoé", birth_on=dt.date(1980, 1, 31))
    unseen = make_patient("Autre", "Une", phone="+33612345678")
    response = desk.post("/patients/new/", FORM | {"seen": seen.public_id})
    assert {twin.patient for twin in response.context["twins"]} == {seen, unseen}


def test_a_double_click_makes_one_patient(desk: Client) -> None:
    desk.post("/patients/new/", FORM)
    desk.post("/patients/new/", FORM)
    assert Patient.objects.filter(family_name="Martin").count() == 1


# --- Correct ---


def edit_form(patient: Patient, **changes: str) -> dict[str, str]:
    form = FORM | {
        "family_name": patient.family_name,
        "given_name": patient.given_name,
        "birth_on": "",
        "phone": str(patient.phone),
        "version": str(patient.version),
    }
    return form | changes


def test_correcting_a_patient_writes_what_changed(desk: Client, house: House) -> None:
    path = f"/patients/{house.patient.public_id}/edit/"
    response = desk.post(path, edit_form(house.patient, city="Lyon"))
    assert response.headers["Location"] == f"/patients/{house.patient.public_id}/"
    house.patient.refresh_from_db()
    assert (house.patient.city, house.patient.version) == ("Lyon", 2)
    assert AuditEntry.objects.get(action="patient.update").detail == {"fields": ["city"]}


def test_saving_without_a_change_writes_nothing(desk: Client, house: House) -> None:
    desk.post(f"/patients/{house.patient.public_id}/edit/", edit_form(house.patient))
    house.patient.refresh_from_db()
    assert house.patient.version == 1
    assert not AuditEntry.objects.filter(action="patient.update").exists()


def test_a_stale_correction_shows_both_and_loses_nothing(desk: Client, house: House) -> None:
    path = f"/patients/{house.patient.public_id}/edit/"
    mine = edit_form(house.patient, city="Lyon", email="mine@example.test")
    desk.post(path, edit_form(house.patient, city="Paris"))
    response = desk.post(path, mine)
    shown = {field.name: (theirs, yours) for field, theirs, yours in response.context["differing"]}
    assert shown == {"city": ("Paris", "Lyon"), "email": ("—", "mine@example.test")}
    assert response.context["form"]["city"].value() == "Lyon"
    assert Patient.objects.get(pk=house.patient.pk).city == "Paris"

    again = mine | {"version": response.context["form"]["version"].value()}
    desk.post(path, again)
    assert Patient.objects.get(pk=house.patient.pk).city == "Lyon"


@pytest.mark.parametrize("version", ["", "0", "-1", "x", "9" * 30])
def test_an_odd_version_overwrites_nothing(desk: Client, house: House, version: str) -> None:
    path = f"/patients/{house.patient.public_id}/edit/"
    response = desk.post(path, edit_form(house.patient, city="Lyon", version=version))
    assert response.status_code == 200
    assert Patient.objects.get(pk=house.patient.pk).city == ""


def test_correcting_towards_another_patient_warns(desk: Client, house: House) -> None:
    other = make_patient("Autre", "Une", phone="+33612345678")
    path = f"/patients/{house.patient.public_id}/edit/"
    response = desk.post(path, edit_form(house.patient, phone="06 12 34 56 78"))
    assert [twin.patient for twin in response.context["twins"]] == [other]
    desk.post(path, edit_form(house.patient, phone="06 12 34 56 78", seen=other.public_id))
    assert str(Patient.objects.get(pk=house.patient.pk).phone) == "+33612345678"
