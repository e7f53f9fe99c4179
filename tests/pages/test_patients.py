"""Finding, reading, creating and correcting patients, through the pages."""

import datetime as dt
import re

import pytest
from django.test import Client

from clinic.models import Appointment, AuditEntry
from patients.models import Patient
from tests.factories import NOW, House, at, make_appointment, make_clinic, make_patient, make_user

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
HTMX = {"HX-Request": "true"}


def errors(response) -> dict[str, list[str]]:
    return {field: list(found) for field, found in response.context["form"].errors.items()}


def names(response) -> list[str]:
    return [patient.name for patient in response.context["patients"]]


# --- The search field ----------------------------------------------------------------------------


def test_search_answers_htmx_with_the_list_alone(desk: Client, house: House) -> None:
    response = desk.get("/search/", {"q": "dupo"}, headers=HTMX)
    assert next(template.name for template in response.templates) == "search/_results.html"
    assert names(response) == ["DUPONT Marie"]
    assert "<html" not in response.text
    assert f'href="/patients/{house.patient.public_id}/"' in response.text


def test_search_page_holds_the_same_list(desk: Client) -> None:
    make_patient("Dupond", "Paul")
    fragment = desk.get("/search/", {"q": "dup"}, headers=HTMX).text.strip()
    assert fragment in desk.get("/search/", {"q": "dup"}).text


def test_search_sent_as_a_form_opens_the_only_one(desk: Client, house: House) -> None:
    response = desk.get("/search/", {"q": "dupont"})
    assert response.headers["Location"] == f"/patients/{house.patient.public_id}/"


def test_search_that_finds_nobody_offers_to_create(desk: Client) -> None:
    response = desk.get("/search/", {"q": "Zorglub & fils"}, headers=HTMX)
    assert names(response) == []
    assert 'href="/patients/new/?q=Zorglub%20%26%20fils"' in response.text


def test_search_says_how_many_more(desk: Client) -> None:
    for number in range(13):
        make_patient("Martin", f"Anne {number}")
    response = desk.get("/search/", {"q": "martin"}, headers=HTMX)
    assert len(names(response)) == 10
    assert response.context["found"].more == 3
    assert 'href="/patients/?q=martin"' in response.text


@pytest.mark.parametrize("patients", [1, 3])
def test_search_costs_the_same_for_many(
    desk: Client, house: House, patients: int, django_assert_num_queries
) -> None:
    for number in range(patients):
        make_appointment(
            house, make_patient("Martin", str(number)), "2026-03-03 09:00", "2026-03-03 09:30"
        )
    with django_assert_num_queries(5):
        response = desk.get("/search/", {"q": "martin"}, headers=HTMX)
    assert [patient.next_at for patient in response.context["patients"]] == [
        at("2026-03-03 09:00")
    ] * patients


def test_next_appointment_is_neither_past_nor_cancelled(desk: Client, house: House) -> None:
    past = make_appointment(house, house.patient, "2026-02-24 09:00", "2026-02-24 09:30")
    cancelled = make_appointment(house, house.patient, "2026-03-03 09:00", "2026-03-03 09:30")
    coming = make_appointment(house, house.patient, "2026-03-10 09:00", "2026-03-10 09:30")
    Appointment.objects.filter(pk=cancelled.pk).update(
        status="cancelled", cancellation_reason="patient"
    )
    found = desk.get("/search/", {"q": "dup"}, headers=HTMX).context["patients"]
    assert past.starts_at < NOW
    assert [patient.next_at for patient in found] == [coming.starts_at]


# --- The list ------------------------------------------------------------------------------------


def test_list_pages_at_fifty_and_says_how_many(desk: Client) -> None:
    for number in range(60):
        make_patient("Martin", f"{number:02}")
    page = desk.get("/patients/", {"page": "2"})
    assert len(names(page)) == 11
    assert "51–61 sur 61" in page.text or "51–61 of 61" in page.text
    assert 'href="?page=1"' in page.text


def test_list_keeps_what_was_searched_when_paging(desk: Client) -> None:
    for number in range(60):
        make_patient("Martin", f"{number:02}")
    page = desk.get("/patients/", {"q": "martin"})
    assert page.context["page"].paginator.count == 60
    assert 'href="?q=martin&amp;page=2"' in page.text


@pytest.mark.parametrize("page", ["0", "-1", "999", "x", "", "9" * 400])
def test_list_answers_an_odd_page_number(desk: Client, page: str) -> None:
    assert names(desk.get("/patients/", {"page": page})) == ["DUPONT Marie"]


def test_empty_list_says_what_to_do(desk: Client, house: House) -> None:
    Patient.objects.all().delete()
    assert 'href="/patients/new/"' in desk.get("/patients/").text


@pytest.mark.parametrize("patients", [1, 3])
def test_list_costs_the_same_for_many(
    desk: Client, patients: int, django_assert_num_queries
) -> None:
    for number in range(patients - 1):
        make_patient("Martin", str(number))
    with django_assert_num_queries(6):
        assert len(names(desk.get("/patients/"))) == patients


# --- One patient ---------------------------------------------------------------------------------


def test_patient_page_shows_who_and_how_to_reach_them(desk: Client, house: House) -> None:
    patient = make_patient(
        "O’Brien",
        "Zoë <b>",
        birth_name="Lefranc",
        birth_on=dt.date(1980, 3, 3),
        phone="+33612345678",
        other_phone="+32475123456",
        email="zoe@example.test",
        desk_note="Rez-de-chaussée",
    )
    text = desk.get(f"/patients/{patient.public_id}/").text
    for shown in (
        "O’BRIEN Zoë &lt;b&gt;", "Lefranc", "03/03/1980", "45", 'href="tel:+33-6-12-34-56-78"',
        "06 12 34 56 78", "+32 475 12 34 56", 'href="mailto:zoe@example.test"', "Rez-de-chaussée",
    ):  # fmt: skip
        assert shown in text, shown


def test_patient_without_contact_is_marked(desk: Client, house: House) -> None:
    warning = 'href="/patients/{}/edit/#id_phone"'
    unreachable = make_patient("Muet", "Jean", phone="")
    for patient, is_warned in ((unreachable, True), (house.patient, False)):
        text = desk.get(f"/patients/{patient.public_id}/").text
        assert (warning.format(patient.public_id) in text) is is_warned


def test_reading_a_patient_is_written_down(desk: Client, house: House) -> None:
    desk.get(f"/patients/{house.patient.public_id}/")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.by, entry.patient, entry.clinic, entry.at) == (
        "patient.read", house.user, house.patient, house.clinic, NOW,
    )  # fmt: skip


def test_patient_page_parts_what_comes_from_what_was(desk: Client, house: House) -> None:
    past = make_appointment(house, house.patient, "2026-02-24 09:00", "2026-02-24 09:30")
    cancelled = make_appointment(house, house.patient, "2026-03-03 09:00", "2026-03-03 09:30")
    coming = make_appointment(house, house.patient, "2026-03-10 09:00", "2026-03-10 09:30")
    Appointment.objects.filter(pk=cancelled.pk).update(
        status="cancelled", cancellation_reason="patient"
    )
    shown = desk.get(f"/patients/{house.patient.public_id}/").context["shown"]
    assert shown.coming == [coming]
    assert [a.pk for a in shown.history] == [cancelled.pk, past.pk]


def test_a_past_visit_that_nobody_closed_says_so(desk: Client, house: House) -> None:
    make_appointment(house, house.patient, "2026-02-24 09:00", "2026-02-24 09:30")
    text = desk.get(f"/patients/{house.patient.public_id}/").text
    assert re.findall(r'class="state state-([\w-]+)"', text) == ["to-close"]


def test_patient_page_shows_the_series_and_its_windows(desk: Client, house: House) -> None:
    house.book_series()
    shown = desk.get(f"/patients/{house.patient.public_id}/").context["shown"]
    (series,) = shown.series
    assert (series.done, series.total, len(series.rows)) == (0, 3, 3)
    assert [row.appointment.starts_at for row in series.rows] == [a.starts_at for a in shown.coming]
    assert [row.due.window is None for row in series.rows] == [True, False, False]
    assert not any(row.is_outside for row in series.rows)


@pytest.mark.parametrize("rows", [1, 3])
def test_patient_page_costs_the_same_for_many(
    desk: Client, house: House, rows: int, django_assert_num_queries
) -> None:
    for number in range(rows):
        house.book_series(start_on=NOW.date() + dt.timedelta(days=100 * number))
        make_appointment(
            house, house.patient, f"2026-02-0{number + 2} 09:00", f"2026-02-0{number + 2} 09:30"
        )
    with django_assert_num_queries(10):
        response = desk.get(f"/patients/{house.patient.public_id}/")
    assert len(response.context["shown"].series) == len(response.context["shown"].history) == rows


def test_appointments_of_another_clinic_show_its_name_and_hour(desk: Client, house: House) -> None:
    other = House()
    other.clinic = make_clinic(name="Clinique de la Réunion", timezone="Indian/Reunion")
    make_appointment(other, house.patient, "2026-03-10 09:00", "2026-03-10 09:30")
    text = desk.get(f"/patients/{house.patient.public_id}/").text
    assert "Clinique de la Réunion" in text
    assert "12:00" in text  # 09:00 in Paris


@pytest.mark.parametrize("path", ["/patients/nobody/", "/patients/nobody/edit/", "/patients/%00/"])
def test_an_unknown_patient_is_not_found(desk: Client, path: str) -> None:
    assert desk.get(path).status_code == 404


# --- Create --------------------------------------------------------------------------------------


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


# --- Correct -------------------------------------------------------------------------------------


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


# --- Who may -------------------------------------------------------------------------------------

PATHS = ["/patients/", "/patients/new/", "/search/?q=dupont"]


@pytest.mark.parametrize("path", PATHS)
def test_nobody_reads_patients_without_signing_in(house: House, client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/login/?next=")


@pytest.mark.parametrize("path", PATHS)
def test_somebody_without_a_clinic_reads_no_patient(
    house: House, client: Client, path: str
) -> None:
    client.force_login(make_user())
    assert client.get(path).status_code == 403


def test_patient_pages_are_never_cached(desk: Client, house: House) -> None:
    for path in [*PATHS, f"/patients/{house.patient.public_id}/"]:
        assert desk.get(path).headers["Cache-Control"] == "no-store, private", path
