"""The file's page: the desk registers and sees when it is due; who treats produces and answers."""

import datetime as dt
import io
import json
import zipfile

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from clinic.models import AuditEntry, Role, User
from patients import store
from patients.models import AccessRequest, Patient
from tests.factories import (
    NOW,
    House,
    make_file_request,
    make_patient,
    make_photo,
    make_user,
    open_record,
)

GOOD = {"received_on": "2026-02-27", "identity": "Carte d’identité vue au cabinet"}


@pytest.fixture
def doctor(house: House) -> User:
    user = make_user(house.clinic, Role.PRACTITIONER, first_name="Ada", last_name="Roux")
    open_record(user, house.patient, house.clinic)
    return user


@pytest.fixture
def browser(doctor: User) -> Client:
    client = Client()
    client.force_login(doctor)
    return client


def page(patient: Patient) -> str:
    return f"/patients/{patient.public_id}/file/"


# --- Registered ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("is_old", "due"), [("", "2026-03-07"), ("on", "2026-04-27")])
def test_the_desk_registers_a_request_and_sees_when_it_is_due(
    house: House, desk: Client, is_old: str, due: str
) -> None:
    response = desk.post(page(house.patient), GOOD | {"is_old": is_old}, follow=True)
    request = AccessRequest.objects.get()
    assert request.due_on == dt.date.fromisoformat(due)
    assert (request.identity, request.by) == (GOOD["identity"], house.user)
    assert str(request.due_on.day) in response.text
    entry = AuditEntry.objects.get(action="file.request")
    assert (entry.subject, entry.detail) == (f"access-request:{request.public_id}", {})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("received_on", "2026-03-03"), ("received_on", "2025-02-01"), ("received_on", "")],
        *[("received_on", "31/02/2026"), ("identity", ""), ("identity", "x" * 201)],
        *[("identity", "\0"), ("received_on", "0001-01-01"), ("received_on", "9999-12-31")],
    ],
)
def test_a_request_that_is_not_right_is_told_at_its_field(
    house: House, desk: Client, field: str, value: str
) -> None:
    answer = desk.post(page(house.patient), GOOD | {field: value})
    assert f'href="#id_{field}"' in answer.text
    assert AccessRequest.objects.count() == 0


@pytest.mark.parametrize("identity", ["🙂", "\u202eאבג", "Nguyễn", "<script>alert(1)</script>"])
def test_an_identity_in_any_script_is_kept_as_typed(
    house: House, desk: Client, identity: str
) -> None:
    shown = desk.post(page(house.patient), GOOD | {"identity": identity}, follow=True)
    assert AccessRequest.objects.get().identity == identity
    assert "<script>alert" not in shown.text


def test_what_is_open_stands_above_what_was_answered(house: House, desk: Client) -> None:
    old = make_file_request(house.patient, house.user, received_on=dt.date(2026, 2, 1))
    done = make_file_request(house.patient, house.user)
    AccessRequest.objects.filter(pk=done.pk).update(
        status="delivered", answer="x", answered_at=NOW, answered_by=house.user
    )
    new = make_file_request(house.patient, house.user, is_old=True)
    shown = desk.get(page(house.patient))
    assert [one.request for one in shown.context["page"]] == [old, new, done]
    assert [one.urgency for one in shown.context["page"]] == ["late", "open", ""]
    assert [one.days_left for one in shown.context["page"]] == [-21, 61, 8]


def test_the_desk_does_not_read_why_a_request_was_refused(house: House, desk: Client) -> None:
    request = make_file_request(house.patient, house.user)
    AccessRequest.objects.filter(pk=request.pk).update(
        status="refused", answer="Zanzibarine", answered_at=NOW, answered_by=house.user
    )
    shown = desk.get(page(house.patient))
    assert "Zanzibarine" not in shown.text
    assert reverse("file_pdf", args=[house.patient.public_id]) not in shown.text


@pytest.mark.parametrize("how_many", [1, 3])
@pytest.mark.parametrize("role", [Role.RECEPTION, Role.PRACTITIONER])
def test_the_page_asks_the_database_as_often_for_three_as_for_one(
    house: House, doctor: User, role: Role, how_many: int, django_assert_num_queries
) -> None:
    client = Client()
    client.force_login(doctor if role == Role.PRACTITIONER else house.user)
    for _ in range(how_many):
        make_file_request(house.patient, house.user)
    client.get(page(house.patient))
    with django_assert_num_queries({Role.RECEPTION: 6, Role.PRACTITIONER: 9}[role]):
        client.get(page(house.patient))


# --- Answered ------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["delivered", "refused"])
def test_a_request_is_answered_once_and_written_down(
    house: House, browser: Client, doctor: User, status: str
) -> None:
    request = make_file_request(house.patient, house.user)
    address = reverse("file_answer", args=[request.public_id])
    said = {"status": status, "how": "Remis en main propre"}
    assert browser.post(address, said).url == page(house.patient)
    browser.post(address, {"status": "refused", "how": "Une autre fois"})
    request.refresh_from_db()
    assert (request.status, request.answer) == (status, "Remis en main propre")
    assert (request.answered_at, request.answered_by) == (NOW, doctor)
    assert AuditEntry.objects.filter(action=f"file.{status}").count() == 1
    assert 'name="how"' not in browser.get(address).text
    assert "Remis en main propre" in browser.get(page(house.patient)).text


@pytest.mark.parametrize(
    ("field", "value"),
    [("status", ""), ("status", "open"), ("how", ""), ("how", "x" * 201), ("how", "\0")],
)
def test_an_answer_that_is_not_right_changes_nothing(
    house: House, browser: Client, field: str, value: str
) -> None:
    request = make_file_request(house.patient, house.user)
    said = {"status": "delivered", "how": "Remis"} | {field: value}
    answer = browser.post(reverse("file_answer", args=[request.public_id]), said)
    assert f'href="#id_{field}' in answer.text
    request.refresh_from_db()
    assert request.status == "open"


# --- Produced ------------------------------------------------------------------------------------

KINDS = {"file_pdf": "application/pdf", "file_json": "application/json"}
KINDS |= {"file_zip": "application/zip"}


@pytest.mark.parametrize("name", KINDS)
def test_the_file_is_handed_out_under_a_name_that_says_nothing(
    house: House, browser: Client, doctor: User, name: str
) -> None:
    response = browser.get(reverse(name, args=[house.patient.public_id]))
    assert response.headers["Content-Type"] == KINDS[name]
    ending = name.removeprefix("file_")
    assert response.headers["Content-Disposition"].endswith(f'.{ending}"')
    assert house.patient.family_name.lower() not in str(response.headers).lower()
    assert response.headers["Cache-Control"] == "no-store, private"
    entry = AuditEntry.objects.get(action=f"file.{ending}")
    assert (entry.patient, entry.by) == (house.patient, doctor)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("role", [Role.RECEPTION, Role.MANAGER, Role.ASSISTANT])
def test_nobody_else_is_handed_the_file(house: House, name: str, role: Role) -> None:
    client = Client()
    client.force_login(make_user(house.clinic, role))
    assert client.get(reverse(name, args=[house.patient.public_id])).status_code == 403
    assert not AuditEntry.objects.filter(action__startswith="file.").exists()


@pytest.mark.parametrize("name", [*KINDS, "file"])
def test_a_practitioner_outside_the_care_is_asked_why_first(house: House, name: str) -> None:
    client = Client()
    client.force_login(make_user(house.clinic, Role.PRACTITIONER))
    answer = client.get(reverse(name, args=[house.patient.public_id]))
    assert answer.url.startswith(f"/patients/{house.patient.public_id}/access/?next=")


def test_the_archive_holds_every_photo_under_the_id_of_the_json(
    house: House, browser: Client, doctor: User
) -> None:
    photo = make_photo(house.patient, doctor)
    response = browser.get(reverse("file_zip", args=[house.patient.public_id]))
    packed = zipfile.ZipFile(io.BytesIO(response.content))
    assert packed.namelist() == ["file.pdf", "file.json", f"photos/{photo.public_id}.jpg"]
    said = json.loads(packed.read("file.json"))
    assert [one["id"] for one in said["photos"]] == [photo.public_id]
    assert packed.read(f"photos/{photo.public_id}.jpg") == store.read(photo.file)
    assert packed.testzip() is None


def test_the_pdf_is_tagged_in_the_patients_language_with_words_for_its_pictures(
    house: House, browser: Client, doctor: User
) -> None:
    english = make_patient("Smith", "John", language="en")
    open_record(doctor, english, house.clinic)
    make_photo(english, doctor)
    made = PdfReader(io.BytesIO(browser.get(reverse("file_pdf", args=[english.public_id])).content))
    assert made.trailer["/Root"]["/Lang"] == "en"
    assert made.trailer["/Root"]["/MarkInfo"]["/Marked"]
    text = "\n".join(page.extract_text() for page in made.pages)
    assert "SMITH John" in text
    assert "Forehead · Before · 2 March 2026" in text
    assert "Who opened the file" in text
    assert "Ada Roux" in text


def test_the_log_counts_each_persons_looks_by_day(
    house: House, browser: Client, doctor: User
) -> None:
    for _ in range(3):
        browser.get(page(house.patient))
    said = browser.get(reverse("file_json", args=[house.patient.public_id])).json()
    mine = [one["action"] for one in said["auditEvents"] if one["agent"] == "Ada Roux"]
    assert mine == ["file.read"] * 3 + ["file.json"]
    assert doctor.email not in json.dumps(said)


# --- To do ---------------------------------------------------------------------------------------


def test_files_that_are_due_stand_on_the_practitioners_list_the_late_first(
    house: House, browser: Client
) -> None:
    late = make_patient("Tardif")
    make_file_request(house.patient, house.user)
    make_file_request(late, house.user, received_on=dt.date(2026, 2, 1))
    listed = browser.get("/to-do/").context["listed"].to_hand_over
    assert [(one.request.patient, one.urgency) for one in listed] == [
        (late, "late"),
        (house.patient, "open"),
    ]


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.PRACTITIONER])
def test_the_desk_finds_the_requests_from_the_patients_page(house: House, role: Role) -> None:
    client = Client()
    client.force_login(make_user(house.clinic, role))
    text = client.get(f"/patients/{house.patient.public_id}/").text
    assert (page(house.patient) in text) is (role == Role.RECEPTION)
