"""Photos by zone: who sees them, what is kept of what is sent, each look written down."""

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from clinic.models import AuditEntry, Role, User
from patients import store
from patients.models import Patient, Photo
from tests.factories import (
    NOW,
    House,
    make_patient,
    make_photo,
    make_picture,
    make_user,
    open_record,
)
from tests.patients.test_pictures import CLEANED, REFUSED


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings) -> Path:
    settings.STORAGES["private"]["OPTIONS"]["location"] = tmp_path
    settings.STORAGES = dict(settings.STORAGES)  # tells the storages to look again
    return tmp_path


@pytest.fixture
def doctor(house: House) -> User:
    user = make_user(house.clinic, Role.PRACTITIONER)
    open_record(user, house.patient, house.clinic)
    return user


@pytest.fixture
def browser(doctor: User) -> Client:
    client = Client()
    client.force_login(doctor)
    return client


def page(patient: Patient) -> str:
    return f"/patients/{patient.public_id}/photos/"


def sent(*files: SimpleUploadedFile, **fields: Any) -> dict[str, Any]:
    good = {"zone": "chin", "moment": "before", "taken_on": "2026-03-02", "pictures": list(files)}
    return good | fields


def upload(name: str = "face.jpg", content: bytes = b"", kind: str = "image/jpeg") -> Any:
    return SimpleUploadedFile(name, content or make_picture(), kind)


# --- Taken in ------------------------------------------------------------------------------------


def test_several_photos_are_kept_at_once_for_a_session(house: House, browser: Client) -> None:
    session = house.book_series().series.sessions.get(number=1)
    files = [upload(content=make_picture(colour)) for colour in ("tan", "navy", "olive")]
    response = browser.post(page(house.patient), sent(*files, session=session.pk), follow=True)
    assert response.redirect_chain == [(page(house.patient), 302)]
    photos = list(Photo.objects.order_by("pk"))
    assert [(p.zone, p.moment, p.taken_on, p.session) for p in photos] == [
        ("chin", "before", NOW.date(), session)
    ] * 3
    assert all(Image.open(io.BytesIO(store.read(p.file))).size == (64, 48) for p in photos)
    entry = AuditEntry.objects.get(action="photo.add")
    assert entry.detail == {"photos": [p.public_id for p in photos]}


def test_a_form_sent_twice_keeps_one_photo(house: House, browser: Client) -> None:
    for _ in range(2):
        browser.post(page(house.patient), sent(upload()))
    assert Photo.objects.count() == 1
    assert len(list(store.files_in(store.PHOTOS))) == 2


@pytest.mark.parametrize(
    "name",
    [
        *["../../../etc/cron.d/x.jpg", "/etc/passwd", "x.php.jpg", "x.jpg.exe", "..\\..\\x.jpg"],
        *["x\r\nSet-Cookie: a=1.jpg", "é" * 200 + ".jpg", "\u202egpj.exe", "<script>.jpg", "CON"],
    ],
)
def test_the_name_of_a_file_is_never_used(
    house: House, browser: Client, folder: Path, name: str
) -> None:
    browser.post(page(house.patient), sent(upload(name, kind="text/html")))
    photo = Photo.objects.get()
    assert photo.file.count("/") == 2
    assert Path(photo.file).stem.isalnum()
    written = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    assert written == {photo.file, store.small_name(photo.file)}


@pytest.mark.parametrize("name", CLEANED)
def test_what_is_served_is_what_we_wrote(house: House, browser: Client, name: str) -> None:
    browser.post(page(house.patient), sent(upload("x.svg", CLEANED[name](), "image/svg+xml")))
    photo = Photo.objects.get()
    served = browser.get(reverse("photo_picture", args=[photo.public_id]))
    assert served.headers["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(served.content)).format == "JPEG"
    assert b"Zanzibarine" not in served.content


@pytest.mark.parametrize("name", [name for name in REFUSED if name != "nothing"])
def test_what_is_no_picture_is_refused_at_its_field(
    house: House, browser: Client, name: str
) -> None:
    bad = upload("bad.jpg", REFUSED[name][1]())
    answer = browser.post(page(house.patient), sent(bad, zone="temple-left", moment="after"))
    assert answer.status_code == 200
    assert "bad.jpg" in answer.text
    assert 'href="#id_pictures"' in answer.text
    assert '<option value="temple-left" selected>' in answer.text  # what was chosen stays
    assert (Photo.objects.count(), list(store.files_in(store.PHOTOS))) == (0, [])


def test_the_good_ones_are_kept_and_the_bad_ones_named(house: House, browser: Client) -> None:
    files = [
        upload(),
        upload("notes.pdf", b"%PDF-1.7"),
        upload("IMG_1.HEIC", REFUSED["a HEIC"][1]()),
    ]
    answer = browser.post(page(house.patient), sent(*files), follow=True)
    assert Photo.objects.count() == 1
    assert "notes.pdf" in answer.text
    assert "IMG_1.HEIC" in answer.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("zone", ""), ("zone", "moon"), ("zone", "\0"), ("moment", ""), ("moment", "during")],
        *[("taken_on", "2026-03-03"), ("taken_on", "1700-01-01"), ("taken_on", "31/02/2026")],
        *[("taken_on", ""), ("session", "0"), ("session", "x" * 99), ("pictures", "text")],
    ],
)
def test_a_form_that_is_not_right_keeps_nothing_and_says_where(
    house: House, browser: Client, field: str, value: str
) -> None:
    answer = browser.post(page(house.patient), sent(upload(), **{field: value}))
    assert answer.status_code == 200
    assert f'href="#id_{field}' in answer.text
    assert Photo.objects.count() == 0


def test_another_patients_session_is_none_to_choose(house: House, browser: Client) -> None:
    session = house.book_series(patient=make_patient("Autre")).series.sessions.get(number=1)
    answer = browser.post(page(house.patient), sent(upload(), session=session.pk))
    assert 'href="#id_session' in answer.text
    assert Photo.objects.count() == 0


def test_more_than_twenty_at_a_time_are_refused(house: House, browser: Client) -> None:
    answer = browser.post(page(house.patient), sent(*[upload() for _ in range(21)]))
    assert 'href="#id_pictures' in answer.text
    assert Photo.objects.count() == 0


# --- Shown ---------------------------------------------------------------------------------------


def test_before_stands_beside_after_and_the_first_beside_the_latest(
    house: House, doctor: User, browser: Client
) -> None:
    days = [("before", 1), ("after", 1), ("before", 20), ("after", 20)]
    made = [
        make_photo(
            house.patient,
            doctor,
            make_picture(size=(60 + n, 40)),
            moment=moment,
            taken_on=dt.date(2026, 1, day),
        )
        for n, (moment, day) in enumerate(days)
    ]
    (zone,) = browser.get(page(house.patient)).context["zones"]
    shown = [[side.photo for side in (*pair.before, *pair.after)] for pair in zone.pairs]
    assert shown == [[made[0], made[3]], [made[0], made[1]], [made[2], made[3]]]
    assert (zone.count, zone.pairs[0].is_whole_course) == (4, True)


def test_a_photo_stands_beside_the_other_of_its_session_or_of_the_course(
    house: House, doctor: User, browser: Client
) -> None:
    sessions = house.book_series().series.sessions.order_by("number")[:2]
    made = {
        (session.number, moment): make_photo(
            house.patient,
            doctor,
            make_picture(size=(60 + session.number, 40 + len(moment))),
            moment=moment,
            session=session,
            taken_on=dt.date(2026, 1, session.number),
        )
        for session in sessions
        for moment in ("before", "after")
    }
    address = reverse("photo", args=[made[1, "before"].public_id])
    assert browser.get(address).context["other"] == made[1, "after"]
    assert browser.get(f"{address}?beside=course").context["other"] == made[2, "after"]


def test_every_picture_says_its_size_before_it_comes(
    house: House, doctor: User, browser: Client
) -> None:
    make_photo(house.patient, doctor, make_picture(size=(1200, 900)))
    text = browser.get(page(house.patient)).text
    assert 'width="480" height="360" loading="lazy"' in text


def test_each_look_at_a_photo_is_written_down(house: House, doctor: User, browser: Client) -> None:
    photo = make_photo(house.patient, doctor)
    for name in ("photo", "photo_picture", "photo_small"):
        assert browser.get(reverse(name, args=[photo.public_id])).status_code == 200
    browser.get(page(house.patient))
    rows = AuditEntry.objects.filter(patient=house.patient, action__startswith="photo")
    assert sorted(rows.values_list("action", "by")) == [
        ("photo.open", doctor.pk),
        ("photo.read", doctor.pk),
        ("photos.read", doctor.pk),
    ]


@pytest.mark.parametrize("name", ["photo_picture", "photo_small"])
def test_a_picture_comes_with_nothing_a_browser_could_make_more_of(
    house: House, doctor: User, browser: Client, name: str
) -> None:
    photo = make_photo(house.patient, doctor)
    headers = browser.get(reverse(name, args=[photo.public_id])).headers
    policy = headers["Content-Security-Policy"]
    assert {"sandbox", "default-src 'none'"} <= {part.strip() for part in policy.split(";")}
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Disposition"] == 'inline; filename="photo.jpg"'
    assert headers["Cache-Control"] == "no-store, private"
    assert photo.public_id not in str(headers)


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.MANAGER, Role.ASSISTANT, None])
def test_nobody_else_is_given_a_photo(house: House, doctor: User, role: Role | None) -> None:
    photo = make_photo(house.patient, doctor)
    client = Client()
    if role:
        client.force_login(make_user(house.clinic, role))
    addresses = [
        reverse(f"photo{kind}", args=[photo.public_id]) for kind in ("", "_picture", "_small")
    ]
    for address in [*addresses, page(house.patient)]:
        assert client.get(address).status_code == (403 if role else 302)


def test_a_practitioner_outside_the_care_is_asked_why_first(house: House, doctor: User) -> None:
    photo = make_photo(house.patient, doctor)
    client = Client()
    client.force_login(make_user(house.clinic, Role.PRACTITIONER))
    for name in ("photo", "photo_picture", "photo_small", "photo_remove"):
        answer = client.get(reverse(name, args=[photo.public_id]))
        assert answer.status_code == 302
        assert answer.url.startswith(f"/patients/{house.patient.public_id}/access/?next=")


@pytest.mark.parametrize("how_many", [1, 3])
def test_the_page_asks_the_database_as_often_for_three_as_for_one(
    house: House, doctor: User, browser: Client, django_assert_num_queries, how_many: int
) -> None:
    session = house.book_series().series.sessions.get(number=1)
    for n in range(how_many):
        make_photo(house.patient, doctor, make_picture(size=(60 + n, 40)), session=session)
    browser.get(page(house.patient))
    with django_assert_num_queries(QUERIES):
        browser.get(page(house.patient))


QUERIES = 10


# --- Taken away ----------------------------------------------------------------------------------


def test_a_photo_goes_for_a_reason_and_stays_gone(
    house: House, doctor: User, browser: Client, django_capture_on_commit_callbacks
) -> None:
    photo = make_photo(house.patient, doctor)
    address = reverse("photo_remove", args=[photo.public_id])
    with django_capture_on_commit_callbacks(execute=True):
        assert browser.post(address, {"reason": "Floue"}).url == page(house.patient)
    assert list(store.files_in(store.PHOTOS)) == []
    for name in ("photo", "photo_picture", "photo_small", "photo_remove"):
        assert browser.get(reverse(name, args=[photo.public_id])).status_code == 404
    assert photo.public_id not in browser.get(page(house.patient)).text
    entry = AuditEntry.objects.get(action="photo.remove")
    assert (entry.subject, entry.detail) == (f"photo:{photo.public_id}", {})


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201, "\0"])
def test_without_a_reason_the_photo_stays(
    house: House, doctor: User, browser: Client, reason: str
) -> None:
    photo = make_photo(house.patient, doctor)
    answer = browser.post(reverse("photo_remove", args=[photo.public_id]), {"reason": reason})
    assert 'href="#id_reason"' in answer.text
    assert store.read(photo.file)


def test_a_photo_whose_file_is_lost_is_not_there_and_its_page_is_no_fault(
    house: House, doctor: User, browser: Client
) -> None:
    photo = make_photo(house.patient, doctor)
    store.drop(photo.file, store.small_name(photo.file))
    assert browser.get(reverse("photo_picture", args=[photo.public_id])).status_code == 404
    assert browser.get(reverse("photo", args=[photo.public_id])).status_code == 200
