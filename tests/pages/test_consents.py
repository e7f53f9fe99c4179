"""Consents on their pages: what the patient signs, what reception sees, what stays closed."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader

from clinic.models import AuditEntry, Role
from patients import consents, store
from patients.models import CareConsent
from tests.factories import House, make_user
from tests.quoting import A_DRAWING, make_consent, make_scan

NOTE = "Zoophyte"  # a canary


@pytest.fixture
def doctor(house: House) -> Client:
    """The browser of the practitioner who treats the patient."""
    user = make_user(house.clinic, Role.PRACTITIONER)
    house.practitioner.user = user
    house.practitioner.save()
    house.book_series()
    client = Client()
    client.force_login(user)
    return client


def sign_page(house: House) -> str:
    return f"{reverse('consent_sign', args=[house.patient.public_id])}?protocol={house.protocol.pk}"


def scan_page(house: House) -> str:
    return f"{reverse('consent_scan', args=[house.patient.public_id])}?protocol={house.protocol.pk}"


def form_of(house: House, **changes: Any) -> dict[str, Any]:
    seen = consents.hash_of(consents.text_of(house.protocol, house.patient.language))
    return {"seen": seen, "agreed": "on", "drawing": "", "signer": "Marie Dupont"} | changes


# --- Signing on the tablet -----------------------------------------------------------------------


def test_the_tablet_shows_the_text_and_nothing_of_the_clinics(house: House, desk: Client) -> None:
    page = desk.get(sign_page(house)).content.decode()
    for block in consents.blocks(consents.text_of(house.protocol, "fr")):
        assert all(line in page for line in block.lines)
    assert "<nav" not in page
    assert page.count("<a ") == 0


def test_a_name_typed_is_a_signature(house: House, desk: Client) -> None:
    assert desk.post(sign_page(house), form_of(house)).status_code == 302
    consent = CareConsent.objects.get()
    assert (consent.how, consent.signer, consent.recorded_by) == (
        "typed",
        "Marie Dupont",
        house.user,
    )
    assert AuditEntry.objects.filter(action="consent.give", patient=house.patient).count() == 1
    thanks = desk.get(sign_page(house))
    assert thanks.templates[0].name == "consents/signed.html"


def test_a_drawing_is_a_signature_and_the_patient_signs(house: House, desk: Client) -> None:
    sent = form_of(house, drawing=A_DRAWING, signer="", off_label_told="on")
    desk.post(sign_page(house), sent)
    consent = CareConsent.objects.get()
    assert (consent.how, consent.drawing, consent.signer, consent.off_label_told) == (
        "drawn",
        A_DRAWING,
        house.patient.name,
        True,
    )


def test_signed_twice_is_signed_once(house: House, desk: Client) -> None:
    for _time in range(2):
        desk.post(sign_page(house), form_of(house))
    assert CareConsent.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"agreed": ""}, "agreed"),
        ({"signer": ""}, "signer"),
        ({"signer": " . "}, "signer"),
        ({"signer": "a\0b"}, "signer"),
        ({"signer": "x" * 10_000}, "signer"),
        ({"drawing": 'M1 1 L2 2"><script>'}, "drawing"),
        ({"drawing": "M1 1 L1 1"}, "drawing"),
        ({"drawing": "M1 1" + " L2 2" * 20_000}, "drawing"),
        ({"seen": "another text"}, "__all__"),
    ],
)
def test_what_is_no_signature_keeps_what_was_typed(
    house: House, desk: Client, changes: dict[str, str], field: str
) -> None:
    response = desk.post(sign_page(house), form_of(house, **changes))
    assert next(iter(response.context["form"].errors)) == field
    assert response.context["form"]["signer"].value() == changes.get("signer", "Marie Dupont")
    assert CareConsent.objects.count() == 0


def test_the_text_that_stands_is_the_one_to_sign_next(house: House, desk: Client) -> None:
    response = desk.post(sign_page(house), form_of(house, seen="another text"))
    seen = response.context["form"]["seen"].value()
    desk.post(sign_page(house), form_of(house, seen=seen))
    assert CareConsent.objects.count() == 1


@pytest.mark.parametrize("asked", ["", "?protocol=", "?protocol=0", "?protocol=x", "?protocol=%00"])
def test_without_a_protocol_there_is_nothing_to_sign(
    house: House, desk: Client, asked: str
) -> None:
    address = reverse("consent_sign", args=[house.patient.public_id])
    assert desk.get(f"{address}{asked}").status_code == 404


# --- Signed on paper -----------------------------------------------------------------------------


def picture(kind: str = "PNG", **options: Any) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(content, kind, **options)
    return content.getvalue()


def upload(desk: Client, house: House, content: bytes, name: str = "scan.png") -> Any:
    file = SimpleUploadedFile(name, content, "image/png")
    return desk.post(scan_page(house), form_of(house, file=file))


def test_a_scan_is_written_anew_without_what_hid_in_it(house: House, desk: Client) -> None:
    exif = Image.Exif()
    exif[0x010E] = NOTE
    sent = picture("JPEG", exif=exif.tobytes()) + NOTE.encode()
    assert NOTE.encode() in sent
    assert upload(desk, house, sent).status_code == 302
    consent = CareConsent.objects.get()
    kept = store.read(consent.file) or b""
    assert (consent.how, kept[:3], NOTE.encode() in kept) == ("uploaded", b"\xff\xd8\xff", False)
    assert "scan" not in consent.file


def test_a_pdf_is_kept_as_it_is(house: House, desk: Client) -> None:
    assert upload(desk, house, b"%PDF-1.7 signed", "x.exe").status_code == 302
    consent = CareConsent.objects.get()
    assert (store.read(consent.file), consent.file[-4:]) == (b"%PDF-1.7 signed", ".pdf")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html>%PDF-1.7</html>",
        b"\n%PDF-1.7",
        picture()[:60],
        b"GIF89a",
        b"%PDF-1.7" + b"x" * (15 * 1024 * 1024),
    ],
)
def test_what_is_no_scan_is_refused_at_the_field(
    house: House, desk: Client, content: bytes
) -> None:
    response = upload(desk, house, content, "scan.pdf")
    assert list(response.context["form"].errors) == ["file"]
    assert response.context["form"]["signer"].value() == "Marie Dupont"
    assert CareConsent.objects.count() == 0


def test_a_scan_is_downloaded_and_runs_nothing(house: House, doctor: Client) -> None:
    consent = make_scan(house)
    response = doctor.get(reverse("consent_file", args=[consent.public_id]))
    assert response.content == b"%PDF-1.7 signed"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment;")
    allowed = response["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "object-src 'none'", "sandbox"} <= set(allowed)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert AuditEntry.objects.filter(action="consent.file", patient=house.patient).count() == 1


# --- Who sees what -------------------------------------------------------------------------------


def test_reception_sees_how_it_stands_and_asks_for_nothing_else(house: House, desk: Client) -> None:
    consent = make_consent(house)
    consents.withdraw(consent=consent, note=NOTE, by=house.user, now=consent.given_at)
    address = reverse("consents", args=[house.patient.public_id])
    with CaptureQueriesContext(connection) as queries:
        page = desk.get(address).content.decode()
    asked = " ".join(query["sql"] for query in queries)
    columns = ("withdrawal_note", '"text"', "drawing", "signer", "text_hash", '"file"')
    assert [column for column in columns if column in asked] == []
    assert (NOTE in page, "state-blocked" in page) == (False, True)


def test_those_who_treat_see_each_of_them(house: House, doctor: Client) -> None:
    consent = make_consent(house)
    page = doctor.get(reverse("consents", args=[house.patient.public_id]))
    assert list(page.context["page"]) == [consent]
    shown = doctor.get(reverse("consent", args=[consent.public_id])).content.decode()
    assert (A_DRAWING in shown, consent.text_hash in shown) == (True, True)
    actions = AuditEntry.objects.filter(patient=house.patient, by=house.practitioner.user)
    assert list(actions.order_by("id").values_list("action", flat=True)) == [
        "consents.read",
        "consent.read",
    ]


def test_a_practitioner_outside_the_care_gives_a_reason_first(house: House) -> None:
    consent = make_consent(house)
    client = Client()
    client.force_login(make_user(house.clinic, Role.PRACTITIONER))
    for name in ("consent", "consent_pdf", "consent_file"):
        response = client.get(reverse(name, args=[consent.public_id]))
        assert response["Location"].startswith(
            reverse("record_access", args=[house.patient.public_id])
        )


def test_withdrawn_with_a_note_by_those_who_treat(house: House, doctor: Client) -> None:
    consent = make_consent(house)
    address = reverse("consent", args=[consent.public_id])
    doctor.post(address, {"note": NOTE})
    consent.refresh_from_db()
    assert (consent.is_given, consent.withdrawal_note) == (False, NOTE)
    assert NOTE in doctor.get(address).content.decode()
    assert AuditEntry.objects.filter(action="consent.withdraw").count() == 1


def test_a_text_that_does_not_fit_its_seal_is_told(house: House, doctor: Client) -> None:
    good = make_consent(house)
    fields = ("patient", "protocol", "text", "language", "off_label_told", "how", "signer")
    copied = {name: getattr(good, name) for name in (*fields, "drawing", "given_at", "recorded_by")}
    bad = CareConsent.objects.create(text_hash="0" * 64, **copied)
    shown = [doctor.get(reverse("consent", args=[row.public_id])) for row in (good, bad)]
    assert [page.context["is_intact"] for page in shown] == [True, False]


def test_the_pdf_says_what_was_signed(house: House, doctor: Client) -> None:
    consent = make_consent(house)
    response = doctor.get(reverse("consent_pdf", args=[consent.public_id]))
    pages = PdfReader(io.BytesIO(response.content)).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    lines = [line for block in consents.blocks(consent.text) for line in block.lines]
    assert [line for line in lines if " ".join(line.split()) not in text] == []
    assert (house.patient.name in text, consent.text_hash in text) == (True, True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_tab_costs_the_same_for_many_consents(
    house: House, doctor: Client, count: int, django_assert_num_queries: Any
) -> None:
    for _number in range(count):
        consent = make_consent(house)
        consents.withdraw(consent=consent, note="", by=house.user, now=consent.given_at)
    with django_assert_num_queries(14):
        page = doctor.get(reverse("consents", args=[house.patient.public_id]))
    assert len(page.context["page"]) == count
