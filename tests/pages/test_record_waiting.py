"""Rows of products without their lot: kept beside the draft, and found on any other screen."""

import datetime as dt

from django.test import Client

from clinic.models import AuditEntry
from patients.models import Lot, WaitingProducts
from tests.pages.record_room import JSON, Room, saved
from tests.patients.treating import make_lot


def rows_elsewhere(room: Room) -> list[tuple[Lot | None, Lot | None, str, str]]:
    """What another screen shows of the products: lot, proposed lot, typed words, volume."""
    other = Client()
    other.force_login(room.doctor)
    rows = other.get(room.address()).context["products"]
    return [
        (row.found, row.offered, row["find"].value() or "", str(row["volume_ml"].value() or ""))
        for row in rows
    ][:-1]  # the last one is empty, to go on


def test_rows_without_their_lot_are_found_on_another_screen(room: Room, doctor: Client) -> None:
    record = room.draft()
    rows = room.row(0, lot="", proposed=room.lot.public_id, volume_ml="2")
    rows |= room.row(1, lot="", find="inconnu 7", volume_ml="1,5") | room.row(2, lot="")
    sent = room.typed(record, **rows) | {"products-TOTAL_FORMS": "3"}
    doctor.post(room.address("record_save"), sent, **JSON)
    assert rows_elsewhere(room) == [(None, room.lot, "", "2"), (None, None, "inconnu 7", "1,5")]


def test_a_row_that_waits_stays_beside_one_that_has_its_lot(room: Room, doctor: Client) -> None:
    record, other = room.draft(), make_lot()
    rows = room.row(1, lot="", proposed=other.public_id, volume_ml="1")
    sent = room.typed(record, **rows) | {"products-TOTAL_FORMS": "2"}
    doctor.post(room.address("record_save"), sent, **JSON)
    assert rows_elsewhere(room) == [(room.lot, None, "", "2"), (None, other, "", "1")]
    assert saved(record).products.count() == 1


def test_a_row_that_was_taken_out_waits_no_more(room: Room, doctor: Client) -> None:
    record = room.draft()
    row = room.row(0, lot="", proposed=room.lot.public_id)
    doctor.post(room.address("record_save"), room.typed(record, **row), **JSON)
    assert len(rows_elsewhere(room)) == 1
    none = {"products-TOTAL_FORMS": "0"}
    doctor.post(room.address("record_save"), room.typed(saved(record)) | none, **JSON)
    assert rows_elsewhere(room) == []
    assert not WaitingProducts.objects.exists()


def test_waiting_rows_leave_a_row_in_the_audit_trail_when_they_change(
    room: Room, doctor: Client
) -> None:
    record = room.draft()
    row = room.row(0, lot="", proposed=room.lot.public_id)
    for _again in range(2):
        doctor.post(room.address("record_save"), room.typed(saved(record), **row), **JSON)
    doctor.post(
        room.address("record_save"),
        room.typed(saved(record), **row | {"products-0-find": "x"}),
        **JSON,
    )
    assert AuditEntry.objects.filter(action="record.save").count() == 2


def test_a_whole_form_that_is_not_signed_yet_leaves_nothing_waiting(
    room: Room, doctor: Client
) -> None:
    """The rows were taken out, and the signature stops at something else."""
    record = room.draft()
    row = room.row(0, lot="", proposed=room.lot.public_id)
    doctor.post(room.address("record_save"), room.typed(record, **row), **JSON)
    expired = make_lot(expires_on=dt.date(2026, 1, 1))
    sent = room.typed(saved(record), **room.row(0, lot=expired.public_id))
    doctor.post(room.address("record_sign"), sent)
    assert saved(record).status == "draft"
    assert rows_elsewhere(room) == [(expired, None, "", "2")]


def test_words_that_no_database_holds_do_not_wait(room: Room, doctor: Client) -> None:
    record = room.draft()
    row = room.row(0, lot="", find="a\0b" + "x" * 400, volume_ml="1")
    answer = doctor.post(room.address("record_save"), room.typed(record, **row), **JSON)
    assert answer.status_code == 200
    assert len(rows_elsewhere(room)) == 1
