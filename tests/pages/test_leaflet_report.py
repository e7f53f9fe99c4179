"""What a patient ticked, sent to whoever treats them: raw, once, and judged by nobody."""

import datetime as dt
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from PIL import Image

from clinic import uploads
from clinic.models import AuditEntry, Clinic, IdempotencyKey, Role, User
from clinic.portal import reporting
from clinic.portal.last_session import LastSession, zone_of
from patients import charts, store
from patients.models import AdverseEvent, Photo, SessionRecord, TreatmentSession
from tests.factories import NOW, House, at, make_patient, make_picture, make_user
from tests.pages.leaflet_readers import make_link, visit
from tests.pages.reading import errors
from tests.patients.treating import make_article, make_lot, make_record, make_session, sign

BEGAN = "2026-03-01T20:00"


@pytest.fixture
def clinic(house: House) -> Clinic:
    house.clinic.shows_leaflet = True
    house.clinic.phone = "+33199000100"
    house.clinic.save()
    return house.clinic


@pytest.fixture
def doctor(clinic: Clinic) -> User:
    return make_user(clinic, Role.PRACTITIONER)


@pytest.fixture
def record(house: House, doctor: User) -> SessionRecord:
    """Yesterday's session, signed, with one product."""
    session = make_session(house.patient, house.protocol, doctor)
    made = make_record(
        session, doctor, lots=[make_lot(make_article("Éclat"), "L-77")], zones=["chin"],
        started_at=at("2026-03-01 09:00"), ended_at=at("2026-03-01 10:00"),
    )  # fmt: skip
    return sign(made)


@pytest.fixture
def patient(house: House, clinic: Clinic, record: SessionRecord, client: Client) -> Client:
    return visit(client, make_link(house.patient, clinic))


def place(clinic: Clinic) -> str:
    return reverse("leaflet_report", args=[clinic.public_id])


def send(client: Client, clinic: Clinic, **fields: Any) -> HttpResponse:
    typed = {"signs": ["redness", "pus"], "text": "Ça suinte", "began_at": BEGAN, "key": "k1"}
    return client.post(place(clinic), typed | fields)


def a_photo(content: bytes = b"", name: str = "a.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or make_picture(), "image/jpeg")


# --- Sent ----------------------------------------------------------------------------------------


def test_it_is_an_open_reaction_that_nobody_has_judged(
    patient: Client, clinic: Clinic, house: House, record: SessionRecord
) -> None:
    response = send(patient, clinic)
    assert "avec votre dernière séance" in response.text
    event = AdverseEvent.objects.get()
    assert (event.source, event.status, event.severity, event.channel) == (
        "patient",
        "open",
        "",
        "",
    )
    assert (event.signs, event.description) == (["redness", "pus"], "Ça suinte")
    assert (event.patient, event.session) == (house.patient, record.session)
    assert event.product_use.lot_number == "L-77"
    assert (event.noticed_at, event.hours_since) == (at("2026-03-01 20:00"), 10)
    assert (event.reported_at, event.reported_by.email) == (NOW, "patient@portal.invalid")
    assert event.reported_by.is_active is False
    entry = AuditEntry.objects.get(action="adverse.report")
    assert (entry.patient, entry.clinic, entry.by) == (house.patient, clinic, event.reported_by)
    assert entry.subject == f"adverse:{event.public_id}"
    assert "suinte" not in str(entry.detail)


def test_it_stands_on_the_practitioners_list_at_once(
    patient: Client, clinic: Clinic, doctor: User
) -> None:
    send(patient, clinic)
    event = AdverseEvent.objects.get()
    practice = Client()
    practice.force_login(doctor)
    page = practice.get("/reactions/").text
    assert f"/reactions/{event.public_id}/" in page
    assert "state-blocked" in page  # urgent: an alert sign
    assert "Ça suinte" in page
    shown = practice.get(f"/reactions/{event.public_id}/").text
    assert "Envoyé par le patient. Rappelez-le" in shown
    assert "L-77" in shown


@pytest.mark.parametrize(("signs", "is_urgent"), [(["bruise"], False), (["faintness"], True)])
def test_a_faint_at_home_is_urgent(
    patient: Client, clinic: Clinic, doctor: User, signs: list[str], is_urgent: bool
) -> None:
    send(patient, clinic, signs=signs)
    practice = Client()
    practice.force_login(doctor)
    assert ("state-blocked" in practice.get("/reactions/").text) is is_urgent


def test_with_an_alert_sign_what_to_do_now_comes_before_that_it_was_sent(
    patient: Client, clinic: Clinic
) -> None:
    page = send(patient, clinic, signs=["intense_redness", "pus"]).text
    assert page.index("is-urgent") < page.index("Envoyé</h2>") < page.index('class="alerts"')
    plain = send(patient, clinic, signs=["bruise"], key="k2").text
    assert "said is-" not in plain
    assert "Envoyé</h1>" in plain
    assert "n’est gardé" not in plain  # here it is


def test_no_verdict_is_kept(patient: Client, clinic: Clinic) -> None:
    send(patient, clinic, signs=["redness"])
    event = AdverseEvent.objects.get()
    kept = {f.name: getattr(event, f.name) for f in event._meta.fields}
    words = " ".join(str(value) for value in kept.values())
    assert not re.search(r"expected|usual|habituel|urgent|contact", words, re.IGNORECASE)


def test_ticks_are_carried_over_and_nothing_is_sent_yet(patient: Client, clinic: Clinic) -> None:
    response = patient.post(place(clinic), {"signs": ["pus", "bruise"], "begin": "1"})
    assert re.findall(r'value="(\w+)" checked', response.text) == ["pus", "bruise"]
    assert errors(response.text) == []
    assert not AdverseEvent.objects.exists()
    asked = patient.post(
        reverse("leaflet_look_up", args=[clinic.public_id]),
        {"signs": ["pus"], "since": "1", "unit": "hours"},
    ).text
    assert re.search(r'type="hidden" name="signs" value="pus"', asked)


def test_a_stranger_finds_no_way_to_send(clinic: Clinic, house: House) -> None:
    for client in (Client(), visit(Client(), make_link(house.patient, clinic), knows_birth=False)):
        assert client.get(place(clinic)).status_code == 404
        assert send(client, clinic).status_code == 404
        asked = client.post(
            reverse("leaflet_look_up", args=[clinic.public_id]),
            {"signs": ["pus"], "since": "1", "unit": "hours"},
        ).text
        assert place(clinic) not in asked
    assert not AdverseEvent.objects.exists()


def test_a_reaction_belongs_to_the_session_before_it(
    patient: Client, clinic: Clinic, house: House, doctor: User, record: SessionRecord
) -> None:
    earlier = make_session(house.patient, house.protocol, doctor)
    make_record(earlier, doctor, started_at=at("2026-02-01 09:00"))
    send(patient, clinic, began_at="2026-02-03T09:00")
    event = AdverseEvent.objects.get()
    assert (event.session, event.product_use, event.hours_since) == (earlier, None, 48)


def test_of_several_products_and_of_a_draft_the_practitioner_says(
    patient: Client, clinic: Clinic, house: House, doctor: User
) -> None:
    session = make_session(house.patient, house.protocol, doctor)
    lots = [make_lot(), make_lot()]
    later = make_record(session, doctor, lots=lots, started_at=at("2026-03-01 18:00"))
    sign(later)
    send(patient, clinic)
    assert AdverseEvent.objects.get().product_use is None
    drafted = make_session(house.patient, house.protocol, doctor)
    make_record(drafted, doctor, lots=[make_lot()], started_at=at("2026-03-01 19:00"))
    send(patient, clinic, key="k2")
    assert AdverseEvent.objects.first().session == drafted
    assert AdverseEvent.objects.first().product_use is None


def test_a_patient_without_a_session_writes_too(clinic: Clinic, client: Client) -> None:
    visit(client, make_link(make_patient(), clinic))
    assert "votre dernière séance" not in send(client, clinic).text
    event = AdverseEvent.objects.get()
    assert (event.session, event.product_use, event.hours_since) == (None, None, None)


# --- Once, and not without end -------------------------------------------------------------------


def test_a_double_click_is_one_report(patient: Client, clinic: Clinic) -> None:
    pages = [send(patient, clinic, photo=a_photo(), place="chin").status_code for _ in range(2)]
    assert pages == [200, 200]
    assert (AdverseEvent.objects.count(), Photo.objects.count()) == (1, 1)
    assert len(list(store.files_in(store.PHOTOS))) == 2 * Photo.objects.count() + leftovers()
    key = IdempotencyKey.objects.get()
    assert key.key == "k1"


def leftovers() -> int:
    """Files of other tests: the store of a run is shared."""
    named = store.photo_names()
    return len([name for name in store.files_in(store.PHOTOS) if name not in named])


def test_a_key_is_not_used_for_something_else(patient: Client, clinic: Clinic) -> None:
    send(patient, clinic)
    response = send(patient, clinic, text="Autre chose")
    assert 'role="alert"' in response.text
    assert "Autre chose</textarea>" in response.text
    assert AdverseEvent.objects.count() == 1


def test_a_few_a_day_and_then_by_phone(patient: Client, clinic: Clinic, house: House) -> None:
    for n in range(reporting.MOST_A_DAY):
        send(patient, clinic, key=f"k{n}")
    refused = send(patient, clinic, key="more", photo=a_photo(), place="chin")
    assert "déjà écrit plusieurs fois" in refused.text
    assert "Ça suinte</textarea>" in refused.text
    assert (AdverseEvent.objects.count(), Photo.objects.count()) == (reporting.MOST_A_DAY, 0)
    other = visit(Client(), make_link(make_patient(), clinic))
    send(other, clinic, key="theirs")
    assert AdverseEvent.objects.count() == reporting.MOST_A_DAY + 1
    AdverseEvent.objects.filter(patient=house.patient).update(
        source="phone"
    )  # the control: what was told otherwise does not count
    send(patient, clinic, key="again")
    assert AdverseEvent.objects.count() == reporting.MOST_A_DAY + 2


# --- Fields --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"signs": [], "text": ""}, ["signs"]),
        ({"signs": ["other"], "text": ""}, ["signs"]),  # something else: in words
        ({"signs": ["nonsense"]}, ["signs"]),
        ({"text": "x" * 4001}, ["text"]),
        ({"text": "a\0b"}, ["text"]),
        ({"began_at": ""}, ["began_at"]),
        ({"began_at": "2026-03-02T08:01"}, ["began_at"]),
        ({"began_at": "1999-12-31T08:00"}, ["began_at"]),
        ({"began_at": "2026-13-45"}, ["began_at"]),
        ({"place": "moon"}, ["place"]),
    ],
)
def test_a_wrong_field_is_told_at_the_field(
    patient: Client, clinic: Clinic, fields: dict[str, Any], wrong: list[str]
) -> None:
    response = send(patient, clinic, **fields)
    assert (response.status_code, errors(response.text)) == (200, wrong)
    assert not AdverseEvent.objects.exists()


def test_words_alone_are_enough(patient: Client, clinic: Clinic) -> None:
    send(patient, clinic, signs=["other"], text="Une tache brune")
    event = AdverseEvent.objects.get()
    assert (event.signs, event.description) == ([], "Une tache brune")


# --- The photo -----------------------------------------------------------------------------------


def test_a_photo_is_written_anew_and_kept_privately(
    patient: Client, clinic: Clinic, house: House, record: SessionRecord, doctor: User
) -> None:
    send(patient, clinic, photo=a_photo(with_a_place()), place="chin")
    photo, event = Photo.objects.get(), AdverseEvent.objects.get()
    assert (photo.patient, photo.session, photo.zone, photo.moment) == (
        house.patient,
        record.session,
        "chin",
        "after",
    )
    kept = Image.open(io.BytesIO(store.read(photo.file) or b""))
    assert (kept.format, dict(kept.getexif())) == ("JPEG", {})
    actions = AuditEntry.objects.filter(patient=house.patient).values_list("action", flat=True)
    assert {"adverse.report", "photo.add"} <= set(actions)
    assert Client().get(f"/photos/small/{photo.public_id}.jpg").status_code == 302
    practice = Client()
    practice.force_login(doctor)
    page = practice.get(f"/reactions/{event.public_id}/").text
    assert f"/photos/small/{photo.public_id}.jpg" in page


def with_a_place() -> bytes:
    written, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "Somebody's phone"
    Image.new("RGB", (40, 30), "tan").save(written, "JPEG", exif=exif)
    return written.getvalue()


def bomb() -> bytes:
    written = io.BytesIO()
    Image.new("1", (9000, 9000)).save(written, "PNG")
    return written.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HEIC = b"\0\0\0\x18ftypheic" + b"\0" * 64
POLYGLOT = b"GIF89a/*" + make_picture() + b"*/=1;<script>alert(1)</script>"


@pytest.mark.parametrize(
    "content", [bomb(), SVG, HEIC, POLYGLOT, make_picture()[:200], b"x"],
    ids=["bomb", "svg", "heic", "polyglot", "cut", "nothing"],
)  # fmt: skip
def test_a_file_that_is_no_picture_is_told_and_what_was_typed_stays(
    patient: Client, clinic: Clinic, content: bytes
) -> None:
    before = set(store.files_in(store.PHOTOS))
    response = send(patient, clinic, photo=a_photo(content), place="chin")
    assert (response.status_code, errors(response.text)) == (200, ["photo"])
    assert "Ça suinte</textarea>" in response.text
    assert f'value="{BEGAN}"' in response.text
    assert re.findall(r'value="(\w+)" checked', response.text) == ["pus", "redness"]
    assert not AdverseEvent.objects.exists()
    assert set(store.files_in(store.PHOTOS)) == before


def test_a_picture_with_a_script_behind_it_loses_the_script(
    patient: Client, clinic: Clinic
) -> None:
    send(
        patient, clinic, photo=a_photo(make_picture() + b"<script>alert(1)</script>"), place="chin"
    )
    assert b"script" not in store.read(Photo.objects.get().file)


def test_a_photo_says_what_it_shows(patient: Client, clinic: Clinic) -> None:
    assert errors(send(patient, clinic, photo=a_photo()).text) == ["photo", "place"]


def test_a_form_that_comes_back_says_that_its_photo_is_lost(
    patient: Client, clinic: Clinic
) -> None:
    page = send(patient, clinic, photo=a_photo(), place="chin", began_at="")
    assert "Choisissez la photo encore une fois" in page.text


def test_files_are_taken_of_those_who_are_known_and_up_to_an_end(
    clinic: Clinic, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before any view: without the form's token it is refused then, but not for the file."""

    def sent(client: Client) -> int:
        client.cookies["csrftoken"] = "a" * 32
        return client.post(place(clinic), {"photo": a_photo()}).status_code

    def browser() -> Client:
        return Client(enforce_csrf_checks=True)

    link = make_link(house.patient, clinic)
    assert sent(browser()) == 400
    assert sent(visit(browser(), link, knows_birth=False)) == 400
    assert sent(visit(browser(), link)) == 403
    monkeypatch.setattr(uploads, "MOST_OF_A_PATIENT", 99)
    assert sent(visit(browser(), link)) == 400


# --- Places --------------------------------------------------------------------------------------


def test_every_place_of_the_chart_has_a_zone_of_the_leaflet() -> None:
    zones = {zone_of(code) for code in charts.FACE}
    assert zones == {"face", "scalp", "neck"}
    assert {zone_of(code) for code in charts.BODY_BACK} >= {"scalp", "neck", "back", "body"}
    assert zone_of("hand-left") == "hands"


def test_the_hours_begun_count() -> None:
    last = LastSession(TreatmentSession(), NOW, NOW - dt.timedelta(hours=48, seconds=1))
    assert last.hours(now=NOW) == 49
