"""Lots: found in any form, received once, put right until used, used up, recalled."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from patients import stock
from patients.models import Lot
from patients.stock import AlreadyThere, Used
from tests.factories import NOW, House
from tests.patients.treating import make_article, make_lot, make_record, make_session

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 2)
DATES: dict[str, Any] = {"expires_on": dt.date(2027, 1, 31), "received_on": TODAY}


def used(lot: Lot) -> House:
    house = House()
    session = make_session(house.patient, house.protocol, house.user)
    make_record(session, house.user, lots=[lot])
    return house


# --- Finding -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["L24-0017b", "l240017B", " L 24 0017 b ", "L24–0017B", "Ｌ２４-0017b", "l24.0017b"]
)
def test_a_lot_is_found_in_whatever_form_its_number_is_typed(typed: str) -> None:
    lot = make_lot(number="L24-0017b")
    make_lot(number="L24-0018b")
    assert list(stock.of_number(typed)) == [lot]
    assert list(stock.find(typed)) == [lot]


@pytest.mark.parametrize("typed", ["", " - ", "\0", "x" * 10_000, "🙂", "ß" * 30])
def test_a_number_that_nobody_has_finds_nothing(typed: str) -> None:
    make_lot(number="L24-0017b")
    assert list(stock.of_number(typed)) == []


def test_two_makers_may_use_one_number() -> None:
    one, other = make_lot(number="A-1"), make_lot(number="a1")
    assert set(stock.of_number("A1")) == {one, other}


def test_lots_are_found_by_the_beginnings_of_article_and_maker() -> None:
    article = make_article("Révitalise 135", maker="Maison Bleue", barcode="03401234567890")
    lot = make_lot(article)
    make_lot()
    for typed in ("revi", "maison bleue", "135 révit", "3401234567890", "(01)03401234567890"):
        assert list(stock.find(typed)) == [lot], typed
    assert list(stock.find("evitalise")) == []


def test_a_scan_finds_its_article_and_lot() -> None:
    article = make_article(barcode="03401234567890")
    lot = make_lot(article, "AB12")
    make_lot(article, "ZZ99")
    make_lot(number="AB12")
    assert list(stock.find("(01)03401234567890(17)261130(10)ab12")) == [lot]


def test_each_lot_is_in_one_state() -> None:
    house = House()
    lots = {
        "use": make_lot(expires_on=TODAY),
        "expired": make_lot(expires_on=TODAY - dt.timedelta(days=1)),
        "finished": make_lot(finished_on=TODAY),
        "recalled": make_lot(finished_on=TODAY, recalled_at=NOW, recalled_by=house.user),
    }
    found = {state: list(stock.in_state(stock.find(), state, today=TODAY)) for state in lots}
    assert found == {state: [lot] for state, lot in lots.items()}
    assert {state: stock.state_of(lot, today=TODAY) for state, lot in lots.items()} == {
        state: state for state in lots
    }
    assert list(stock.in_use(today=TODAY)) == [lots["use"]]


@pytest.mark.parametrize(("days", "soon"), [(-1, False), (0, True), (30, True), (31, False)])
def test_a_lot_is_marked_in_its_last_month(days: int, soon: bool) -> None:
    lot = make_lot(expires_on=TODAY + dt.timedelta(days=days))
    assert stock.expires_soon(lot, today=TODAY) is soon


def test_an_article_is_named_with_or_without_its_maker() -> None:
    article = make_article("Crème A", maker="Maison Bleue", barcode="03401234567890")
    for typed in ("creme a", "Crème A · Maison Bleue", "03401234567890"):
        assert stock.named(typed) == article, typed
    make_article("Crème A", maker="Maison Rouge")
    assert stock.named("Crème A") is None
    assert stock.named("Crème A Maison Bleue") == article


# --- Writing -------------------------------------------------------------------------------------


def test_a_lot_is_received_once() -> None:
    article = make_article()
    lot = stock.receive(article=article, number="AB-12", **DATES)
    again = stock.receive(article=article, number="ab 12", **DATES)
    assert again == AlreadyThere(lot)
    assert isinstance(stock.receive(article=make_article(), number="ab12", **DATES), Lot)


def test_a_mistake_is_put_right_until_the_lot_is_used() -> None:
    lot = make_lot(number="AB-12")
    assert stock.correct(lot=lot, fields={"number": "AB-13"}) == ["number"]
    lot.refresh_from_db()
    assert (lot.number, lot.number_key) == ("AB-13", "AB13")
    used(lot)
    assert stock.correct(lot=lot, fields={"number": "AB-14"}) == Used(lot)
    assert Lot.objects.get(pk=lot.pk).number == "AB-13"


def test_a_correction_does_not_make_a_second_lot_of_one_number() -> None:
    article = make_article()
    there, lot = make_lot(article, "A1"), make_lot(article, "A2")
    assert stock.correct(lot=lot, fields={"number": "a-1"}) == AlreadyThere(there)


@pytest.mark.parametrize(
    "change",
    [
        "number = 'X'",
        "number_key = 'X'",
        "expires_on = '2030-01-01'",
        "article_id = article_id + 1",
    ],
)
def test_the_database_itself_keeps_a_used_lot_as_it_was(change: str) -> None:
    lot = make_lot()
    used(lot)
    statement = f"UPDATE patients_lot SET {change} WHERE id = %s"
    with (
        pytest.raises(IntegrityError, match="patients_lot_fixed_once_used"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, [lot.pk])


def test_an_unused_lot_is_not_kept_from_correction() -> None:
    """The control: the rule above is what refuses."""
    lot = make_lot()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE patients_lot SET number = 'X' WHERE id = %s", [lot.pk])
    assert Lot.objects.get(pk=lot.pk).number == "X"


def test_a_used_lot_can_be_used_up_and_recalled_and_both_undone() -> None:
    lot = make_lot()
    house = used(lot)
    stock.finish(lot=lot, on=TODAY)
    stock.recall(lot=lot, note="Avis du fabricant", by=house.user, now=NOW)
    lot.refresh_from_db()
    assert (lot.finished_on, lot.recalled_by, lot.recall_note) == (
        TODAY,
        house.user,
        "Avis du fabricant",
    )
    stock.put_back(lot=lot)
    stock.lift_recall(lot=lot)
    lot.refresh_from_db()
    assert stock.state_of(lot, today=TODAY) == "use"
    assert (lot.recalled_by, lot.recall_note) == (None, "")
