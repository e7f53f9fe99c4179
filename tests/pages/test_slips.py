"""The slip of a session and the carnet of a course, read back from their PDF."""

import datetime as dt
import io
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from pypdf import PdfReader

from clinic.models import AuditEntry, Role, User
from patients.models import Amendment, SessionRecord, TreatmentSession
from protocols import editing
from protocols.models import Indication, ProtocolIndication
from tests.factories import NOW, House, make_user, open_record
from tests.pages.reading import pdf_pages
from tests.patients.treating import (
    make_article,
    make_lot,
    make_record,
    make_session,
    sign,
    use,
)
from tests.protocols import making


@pytest.fixture
def doctor(house: House) -> User:
    user = make_user(house.clinic, Role.PRACTITIONER)
    house.practitioner.user, house.practitioner.order_number = user, "75/12345"
    house.practitioner.save()
    return user


@pytest.fixture
def practice(doctor: User, client: Client) -> Client:
    client.force_login(doctor)
    return client


def treat(house: House, doctor: User, *, is_signed: bool = True, products: int = 1):
    session = make_session(house.patient, house.protocol, doctor)
    record = make_record(session, doctor, zones=["cheek-left", "chin"])
    article = make_article("Révitalise", maker="Maison Bleue")
    for number in range(products):
        lot = make_lot(article, f"L24-001{number}", expires_on=dt.date(2027, 1, 31))
        use(record, lot, position=number, volume_ml=Decimal("1.50"))
    return sign(record) if is_signed else record


def slip_of(record: SessionRecord) -> str:
    return f"/sessions/{record.session.series.public_id}/{record.session.number}/slip.pdf"


def carnet_of(record: SessionRecord) -> str:
    return f"/series/{record.session.series.public_id}/carnet.pdf"


def read(content: bytes) -> str:
    return " ".join(pdf_pages(content))


def test_the_slip_says_all_that_traceability_asks(
    practice: Client, house: House, doctor: User
) -> None:
    record = treat(house, doctor)
    said = read(practice.get(slip_of(record)).content)
    for word in (
        "Révitalise", "Maison Bleue", "L24-0010", "31/01/2027", "1,50 ml", "Dr Ada Roux",
        "75/12345", "1 quai de Valmy", "lundi 2 mars 2026", house.protocol.name, "DUPONT Marie",
    ):  # fmt: skip
        assert word in said, word


def test_the_slip_speaks_the_patients_language(
    practice: Client, house: House, doctor: User
) -> None:
    house.patient.language = "en"
    house.patient.save()
    record = treat(house, doctor)
    said = read(practice.get(slip_of(record), headers={"Accept-Language": "fr"}).content)
    for word in ("Your visit", "Left cheek", "Chin", "Use by", "Monday 2 March 2026", "1.50 ml"):
        assert word in said, word


def test_the_indications_of_the_protocol_stand_on_the_slip(
    practice: Client, house: House, doctor: User
) -> None:
    draft = making.make_draft()
    for code, name in (("glow", "Cernes"), ("firm", "Relâchement")):
        named = Indication.objects.create(code=code, name_fr=name)
        ProtocolIndication.objects.create(
            protocol=draft, indication=named, source=making.make_source()
        )
    assert editing.publish(draft, by="the test", now=NOW) == []
    record = sign(make_record(make_session(house.patient, draft, doctor), doctor))
    assert "Cernes, Relâchement" in read(practice.get(slip_of(record)).content)


def test_titles_and_file_names_say_nothing_about_care(
    practice: Client, house: House, doctor: User
) -> None:
    record = treat(house, doctor)
    for address in (slip_of(record), carnet_of(record)):
        response = practice.get(address)
        name = response["Content-Disposition"]
        assert re.fullmatch(r'attachment; filename="[a-z]+\.pdf"', name)
        facts = PdfReader(io.BytesIO(response.content)).metadata
        assert facts.title in {"Your visit", "Your visits", "Votre visite", "Vos visites"}
        assert facts.author == house.clinic.neutral_label
        assert response["Cache-Control"] == "no-store, private"


def test_nothing_is_handed_out_before_it_is_signed(
    practice: Client, house: House, doctor: User
) -> None:
    record = treat(house, doctor, is_signed=False)
    assert practice.get(slip_of(record)).status_code == 404
    assert "Révitalise" not in read(practice.get(carnet_of(record)).content)
    sign(record)
    assert "Révitalise" in read(practice.get(carnet_of(record)).content)


def test_the_carnet_holds_every_signed_session(
    practice: Client, house: House, doctor: User
) -> None:
    record = treat(house, doctor)
    series = record.session.series
    for number in (2, 3):
        step = house.protocol.steps.get(number=number)
        session = TreatmentSession.objects.create(series=series, step=step, number=number)
        lot = make_lot(number=f"LOT-{number}")
        draft = make_record(session, doctor, lots=[lot], performer_name=f"Dr Numéro {number}")
        if number == 2:
            sign(draft)
    said = read(practice.get(carnet_of(record)).content)
    assert [word in said for word in ("L24-0010", "LOT-2", "Dr Numéro 2", "LOT-3")] == [
        True,
        True,
        True,
        False,
    ]


def test_what_was_amended_is_announced_and_not_told(
    practice: Client, house: House, doctor: User
) -> None:
    record = treat(house, doctor)
    before = read(practice.get(slip_of(record)).content)
    Amendment.objects.create(record=record, text="Canaritexte", reason="Oubli", at=NOW, by=doctor)
    after = read(practice.get(slip_of(record)).content)
    assert "Canaritexte" not in after
    assert len(after) > len(before)


def test_every_paper_leaves_a_row(practice: Client, house: House, doctor: User) -> None:
    record = treat(house, doctor)
    practice.get(slip_of(record))
    practice.get(carnet_of(record))
    rows = AuditEntry.objects.filter(patient=house.patient, by=doctor)
    assert sorted(rows.values_list("action", flat=True)) == ["carnet.pdf", "slip.pdf"]


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.MANAGER])
def test_others_never_get_a_paper(client: Client, house: House, doctor: User, role: str) -> None:
    record = treat(house, doctor)
    client.force_login(make_user(house.clinic, role))
    for address in (slip_of(record), carnet_of(record)):
        assert client.get(address).status_code == 403


def test_outside_the_care_a_reason_comes_first(client: Client, house: House, doctor: User) -> None:
    record, stranger = treat(house, doctor), make_user(house.clinic, Role.PRACTITIONER)
    client.force_login(stranger)
    assert "/access/" in client.get(slip_of(record)).url
    open_record(stranger, house.patient, house.clinic)
    assert client.get(slip_of(record)).status_code == 200


@pytest.mark.parametrize("products", [1, 3])
@pytest.mark.parametrize(("address", "queries"), [(slip_of, 11), (carnet_of, 11)])
def test_the_papers_cost_the_same_for_many(
    practice: Client,
    house: House,
    doctor: User,
    products: int,
    address: Callable,
    queries: int,
    django_assert_num_queries: Callable,
) -> None:
    record = treat(house, doctor, products=products)
    with django_assert_num_queries(queries):
        practice.get(address(record))
