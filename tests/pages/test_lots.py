"""The stock of lots: received by hand or by scan, put right, used up, recalled."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from clinic.models import AuditEntry, Role
from patients.models import Article, Lot
from tests.factories import NOW, House, make_user
from tests.pages.reading import errors
from tests.patients.treating import (
    make_article,
    make_lot,
    make_product,
    make_record,
    make_session,
)

GTIN = "03401234567890"


@pytest.fixture
def practice(house: House, client: Client) -> Client:
    """The browser of a practitioner."""
    client.force_login(make_user(house.clinic, Role.PRACTITIONER))
    return client


def received(**fields: Any) -> dict[str, Any]:
    typed = {"number": "L24-0017b", "expires_on": "31/01/2027", "received_on": "02/03/2026"}
    return typed | fields


# --- The list ------------------------------------------------------------------------------------


def test_the_list_begins_with_what_is_in_use_and_marks_what_expires_soon(
    practice: Client, house: House
) -> None:
    make_lot(number="GOOD")
    make_lot(number="SOON", expires_on=dt.date(2026, 3, 20))
    make_lot(number="LATE", expires_on=dt.date(2026, 3, 1))
    make_lot(number="BACK", recalled_at=NOW, recalled_by=house.user)
    assert numbers(practice.get("/lots/").text) == ["SOON", "GOOD"]
    assert practice.get("/lots/").text.count("bi-hourglass-split") == 1
    assert numbers(practice.get("/lots/?state=expired").text) == ["LATE"]
    assert numbers(practice.get("/lots/?state=recalled").text) == ["BACK"]
    everything = numbers(practice.get("/lots/?state=all").text)
    assert sorted(everything) == ["BACK", "GOOD", "LATE", "SOON"]
    assert numbers(practice.get("/lots/?state=nonsense").text) == ["SOON", "GOOD"]


def numbers(text: str) -> list[str]:
    return re.findall(r'class="fw-semibold lot-number".*?</span>([^<]+)</a>', text)


def test_the_list_finds_by_article_number_and_scan(practice: Client) -> None:
    make_lot(make_article("Révitalise", barcode=GTIN), "AB-12")
    make_lot(number="ZZ")
    for query in ("revit", "ab 12", GTIN[1:], f"(01){GTIN}(10)AB12"):
        assert numbers(practice.get("/lots/", {"q": query}).text) == ["AB-12"], query


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_many(
    practice: Client, house: House, rows: int, django_assert_num_queries: Callable
) -> None:
    for _ in range(rows):
        lot = make_lot()
        session = make_session(house.patient, house.protocol, house.user)
        make_record(session, house.user, lots=[lot])
    practice.get("/lots/")
    with django_assert_num_queries(5):  # session, user, role; count; rows
        practice.get("/lots/")


def test_the_list_pages_at_fifty(practice: Client) -> None:
    article = make_article()
    for number in range(51):
        make_lot(article, f"N{number:03}")
    assert len(numbers(practice.get("/lots/").text)) == 50
    assert len(numbers(practice.get("/lots/?page=2").text)) == 1


# --- Receiving -----------------------------------------------------------------------------------


def test_a_lot_of_a_known_article_is_received(practice: Client, house: House) -> None:
    article = make_article("Révitalise", maker="Maison Bleue")
    response = practice.post("/lots/new/", received(article="revitalise · maison bleue"))
    lot = Lot.objects.get()
    assert (response.status_code, response.url) == (302, f"/lots/{lot.public_id}/")
    assert (lot.article, lot.number, lot.expires_on) == (
        article,
        "L24-0017b",
        dt.date(2027, 1, 31),
    )
    entry = AuditEntry.objects.get(action="lot.receive")
    assert (entry.subject, entry.clinic) == (f"lot:{lot.public_id}", house.clinic)


def test_a_new_article_is_opened_with_its_first_lot(practice: Client) -> None:
    product = make_product("amm")
    new = {"maker": "Maison Bleue", "product": product.pk, "regulatory_status": "amm"}
    practice.post("/lots/new/", received(article="Calme 2 %", barcode=GTIN[1:], **new))
    article = Article.objects.get()
    assert (article.name, article.maker, article.product, article.barcode) == (
        "Calme 2 %",
        "Maison Bleue",
        product,
        GTIN,
    )
    assert Lot.objects.get().article == article
    actions = AuditEntry.objects.values_list("action", flat=True)
    assert set(actions) == {"article.create", "lot.receive"}


def test_a_new_article_says_what_it_still_needs(practice: Client) -> None:
    response = practice.post("/lots/new/", received(article="Inconnu"))
    assert errors(response.text) == ["maker", "product", "regulatory_status"]
    assert 'value="Inconnu"' in response.text
    assert 'value="L24-0017b"' in response.text
    assert not Lot.objects.exists()


def test_a_scan_fills_article_lot_and_date(practice: Client) -> None:
    make_article("Révitalise", maker="Maison Bleue", barcode=GTIN)
    text = practice.get("/lots/new/", {"scan": f"(01){GTIN}(17)270131(10)L24-0017b"}).text
    for value in ("Révitalise · Maison Bleue", "L24-0017b", "31/01/2027", "02/03/2026"):
        assert f'value="{value}"' in text
    assert not Lot.objects.exists()


def test_the_scan_of_a_box_that_nobody_knows_opens_a_new_article(practice: Client) -> None:
    text = practice.get("/lots/new/", {"scan": f"(01){GTIN}(10)A1"}).text
    assert f'value="{GTIN}"' in text
    assert re.search(r"<details[^>]* open>", text)


def test_a_code_that_cannot_be_read_says_so(practice: Client) -> None:
    assert "lot-unread" in practice.get("/lots/new/", {"scan": "coffee"}).text
    assert "lot-unread" not in practice.get("/lots/new/").text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("expires_on", "01/03/2026"),  # expired yesterday
        ("expires_on", "31/02/2027"),
        ("expires_on", "01/01/2199"),
        ("expires_on", "13/2027"),
        ("expires_on", ""),
        ("received_on", "03/03/2026"),
        ("received_on", "01/01/1900"),
        ("number", ""),
        ("number", " -- "),
        ("number", "\0"),
        ("number", "x" * 10_000),
        ("number", "ß" * 40),
        ("article", ""),
        ("article", "\0"),
        ("article", "x" * 10_000),
    ],
)
def test_a_wrong_field_is_told_at_the_field(practice: Client, field: str, value: str) -> None:
    make_article("Révitalise")
    typed = received(article="Révitalise") | {field: value}
    response = practice.post("/lots/new/", typed)
    assert (response.status_code, field in errors(response.text)) == (200, True)
    assert not Lot.objects.exists()


def test_a_month_means_its_last_day(practice: Client) -> None:
    make_article("Révitalise")
    practice.post("/lots/new/", received(article="Révitalise", expires_on="02/2028"))
    assert Lot.objects.get().expires_on == dt.date(2028, 2, 29)


def test_a_lot_received_before_is_shown(practice: Client) -> None:
    lot = make_lot(make_article("Révitalise"), "l24 0017B")
    response = practice.post("/lots/new/", received(article="Révitalise"))
    assert errors(response.text) == ["number"]
    assert f'href="/lots/{lot.public_id}/"' in response.text
    assert Lot.objects.count() == 1


def test_an_article_that_is_out_of_use_is_not_received(practice: Client) -> None:
    make_article("Révitalise", is_active=False)
    response = practice.post("/lots/new/", received(article="Révitalise"))
    assert errors(response.text) == ["article"]


# --- Afterwards ----------------------------------------------------------------------------------


def test_a_typing_mistake_is_put_right(practice: Client) -> None:
    lot = make_lot(number="L1")
    typed = received(article=lot.article.pk, number="L2", expires_on="01/01/2026")
    practice.post(f"/lots/{lot.public_id}/edit/", typed)
    lot.refresh_from_db()
    assert (lot.number, lot.expires_on) == ("L2", dt.date(2026, 1, 1))
    entry = AuditEntry.objects.get(action="lot.correct")
    assert sorted(entry.detail["fields"]) == ["expires_on", "number", "received_on"]


def test_a_used_lot_changes_only_the_day_it_came(practice: Client, house: House) -> None:
    lot = make_lot(number="L1", expires_on=dt.date(2027, 1, 31))
    session = make_session(house.patient, house.protocol, house.user)
    make_record(session, house.user, lots=[lot])
    address = f"/lots/{lot.public_id}/edit/"
    response = practice.post(address, received(article=lot.article.pk, number="L2"))
    assert (response.status_code, "error-summary" in response.text) == (200, True)
    assert practice.post(address, received(article=lot.article.pk, number="L1")).status_code == 302
    lot.refresh_from_db()
    assert (lot.number, lot.received_on) == ("L1", dt.date(2026, 3, 2))


def test_a_lot_is_used_up_and_put_back(practice: Client) -> None:
    lot = make_lot()
    for finished_on in (dt.date(2026, 3, 2), None):
        practice.post(f"/lots/{lot.public_id}/finish/")
        lot.refresh_from_db()
        assert lot.finished_on == finished_on
    actions = AuditEntry.objects.values_list("action", flat=True)
    assert sorted(actions) == ["lot.finish", "lot.put_back"]


def test_a_lot_is_recalled_for_a_reason_and_the_recall_lifted(practice: Client) -> None:
    lot = make_lot()
    address = f"/lots/{lot.public_id}/recall/"
    assert errors(practice.post(address, {"note": " "}).text) == ["note"]
    practice.post(address, {"note": "Avis 2026-114"})
    lot.refresh_from_db()
    assert (lot.recalled_at, lot.recall_note) == (NOW, "Avis 2026-114")
    assert "Avis 2026-114" in practice.get(f"/lots/{lot.public_id}/").text
    practice.post(address, {"lift": "1"})
    lot.refresh_from_db()
    assert (lot.recalled_at, lot.recall_note) == (None, "")


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.MANAGER, Role.ASSISTANT])
def test_the_stock_is_for_those_who_treat(client: Client, house: House, role: str) -> None:
    """An assistant too where the clinic grants it: the policy's own tests say so."""
    lot = make_lot(number="CANARIOT")
    client.force_login(make_user(house.clinic, role))
    for address in ("/lots/", "/lots/new/", f"/lots/{lot.public_id}/", "/lots/trace/?q=CANARIOT"):
        response = client.get(address)
        assert (response.status_code, "CANARIOT" in response.text) == (403, False)
