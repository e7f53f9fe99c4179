"""The page of a session's record: beginning, saving, two writers, signing, amending, reading."""

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import Appointment, AuditEntry, User
from patients import records
from patients.models import KeptText, Lot, SessionRecord
from tests.factories import NOW, make_user, open_record
from tests.pages.record_room import GTIN, JSON, Room, saved
from tests.patients.treating import make_lot, make_record, use
from tests.quoting import make_scan

# --- Beginning -----------------------------------------------------------------------------------


def test_a_closed_gate_is_named_with_the_way_to_open_it(room: Room, doctor: Client) -> None:
    page = doctor.get(room.address())
    consents = reverse("consents", args=[room.house.patient.public_id])
    assert f'href="{consents}"' in page.content.decode()
    assert doctor.post(room.address()).status_code == 409
    assert not SessionRecord.objects.exists()


def test_begin_opens_the_draft_and_looking_does_not(room: Room, doctor: Client) -> None:
    make_scan(room.house, patient=room.house.patient)
    assert (
        "Begin the record" in doctor.get(room.address(), HTTP_ACCEPT_LANGUAGE="en").content.decode()
    )
    assert not SessionRecord.objects.exists()
    assert doctor.post(room.address()).url == room.address()
    record = SessionRecord.objects.get()
    assert (record.session, record.performer) == (room.session, room.doctor)


def test_a_session_without_a_visit_is_sent_to_book_it(room: Room, doctor: Client) -> None:
    Appointment.objects.filter(pk=room.appointment.pk).update(
        status="cancelled", cancellation_reason="patient"
    )
    open_record(room.doctor, room.house.patient, room.house.clinic)
    assert room.address("session_book") in doctor.get(room.address()).content.decode()


def test_every_look_leaves_one_row_in_the_audit_trail(room: Room, doctor: Client) -> None:
    room.draft()
    doctor.get(room.address())
    assert list(AuditEntry.objects.filter(action="record.read").values_list("patient", "by")) == [
        (room.house.patient.pk, room.doctor.pk)
    ]


# --- Saving --------------------------------------------------------------------------------------


def test_what_is_typed_is_saved(room: Room, doctor: Client) -> None:
    record = room.draft()
    notes = "Peau fine.\r\nÀ revoir 🙂 \u202eאבג "
    answer = doctor.post(room.address("record_save"), room.typed(record, notes=notes, pain_after=7))
    assert answer.url == room.address()
    now = saved(record)
    assert (now.zones, now.techniques) == (["chin", "forehead"], ["nappage"])
    assert (now.depth, str(now.depth_mm), now.pain_after) == ("IDS", "2.5", 7)
    assert now.notes == "Peau fine.\nÀ revoir 🙂 \u202eאבג "
    line = now.products.get()
    assert (line.lot, str(line.volume_ml), line.maker) == (room.lot, "2.00", "Aubrac")
    assert line.prepared_at == dt.datetime.combine(
        NOW.date(), dt.time(9, 5), room.house.clinic.zone
    )


def test_scripts_are_told_the_version_and_what_signing_would_fix(
    room: Room, doctor: Client
) -> None:
    record = room.draft()
    answer = doctor.post(room.address("record_save"), room.typed(record), **JSON).json()
    assert (answer["version"], answer["errors"], answer["fresh"]) == (2, {}, {})
    assert "ML 24-08" in answer["summary"]


def test_what_is_right_is_saved_although_something_is_wrong(room: Room, doctor: Client) -> None:
    record = room.draft()
    wrong = {"depth_mm": "14", "products-0-injected_at": "08:00", "notes": "gardé"}
    answer = doctor.post(room.address("record_save"), room.typed(record, **wrong), **JSON).json()
    assert sorted(answer["errors"]) == ["depth_mm", "products-0-injected_at"]
    assert (saved(record).notes, saved(record).depth_mm) == ("gardé", None)
    page = doctor.post(room.address("record_save"), room.typed(saved(record), **wrong))
    assert page.status_code == 409
    assert 'value="14"' in page.content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("depth_mm", "0.5"),
        ("depth_mm", "14"),
        ("depth_mm", "2.7"),
        ("depth_mm", "1e400"),
        ("notes", "a\0b"),
        ("needle", "x" * 61),
        ("zones", "moon"),
        ("pain_before", "11"),
        ("started_at", "25:61"),
        ("performer", "0"),
        ("products-0-volume_ml", "-1"),
        ("products-0-volume_ml", "٣"),
        ("products-0-prepared_at", "soon"),
    ],
)
def test_a_bad_value_is_told_at_its_field(
    room: Room, doctor: Client, field: str, value: str
) -> None:
    record = room.draft()
    sent = room.typed(record, **{field: value})
    assert list(doctor.post(room.address("record_save"), sent, **JSON).json()["errors"]) == [field]


def test_a_megabyte_of_notes_is_kept(room: Room, doctor: Client) -> None:
    record = room.draft()
    notes = "é" * 500_000
    assert (
        doctor.post(room.address("record_save"), room.typed(record, notes=notes)).status_code == 302
    )
    assert saved(record).notes == notes


def test_more_than_a_megabyte_is_said_and_stays_in_the_form(room: Room, doctor: Client) -> None:
    record = room.draft()
    sent = room.typed(record, notes="x" * 1_000_001)
    assert list(doctor.post(room.address("record_save"), sent, **JSON).json()["errors"]) == [
        "notes"
    ]


def test_what_somebody_else_typed_before_is_not_saved_as_mine(room: Room, doctor: Client) -> None:
    record = room.draft()
    other = make_user(room.house.clinic, "practitioner")
    sent = room.typed(record, who=other.pk, notes="pas de moi")
    assert doctor.post(room.address("record_save"), sent, **JSON).status_code == 403
    assert "pas de moi" in doctor.post(room.address("record_save"), sent).content.decode()
    assert saved(record).notes == ""


# --- Lots ----------------------------------------------------------------------------------------


def options(doctor: Client, query: str) -> str:
    return doctor.get(reverse("record_lots"), {"q": query}).content.decode()


@pytest.mark.parametrize("query", ["mes", "ML24", "ml 24-08", f"01{GTIN}10ML24-08", "éclat"])
def test_a_lot_is_found_as_it_is_typed_or_scanned(room: Room, doctor: Client, query: str) -> None:
    assert f'data-lot="{room.lot.public_id}"' in options(doctor, query)


@pytest.mark.parametrize("state", ["expired", "recalled"])
def test_a_lot_that_may_not_be_used_is_shown_and_cannot_be_chosen(
    room: Room, doctor: Client, state: str
) -> None:
    fields = {"expires_on": NOW.date() - dt.timedelta(days=1)}
    if state == "recalled":
        fields = {"recalled_at": NOW, "recalled_by": room.doctor}
    Lot.objects.filter(pk=room.lot.pk).update(**fields)
    shown = options(doctor, "mes")
    assert 'aria-disabled="true" data-lot' in shown


def test_an_unknown_lot_leads_to_the_stock(room: Room, doctor: Client) -> None:
    assert f"{reverse('lot_new')}?scan=ZZ99" in options(doctor, "ZZ99")
    record = room.draft()
    sent = room.typed(record, **room.row(0, lot="", find="ZZ99", volume_ml="2"))
    page = doctor.post(room.address("record_save"), sent).content.decode()
    assert f"{reverse('lot_new')}?scan=ZZ99" in page


def test_a_lot_that_was_only_typed_is_taken(room: Room, doctor: Client) -> None:
    record = room.draft()
    sent = room.typed(record, **room.row(0, lot="", find=f"(01){GTIN}(10)ML24-08"))
    doctor.post(room.address("record_save"), sent)
    assert saved(record).products.get().lot == room.lot


# --- Same as last time ---------------------------------------------------------------------------


def test_same_as_last_time_fills_what_is_usually_the_same(room: Room, doctor: Client) -> None:
    before = room.draft(
        zones=["chin"], needle="32G", notes="secret", pain_before=9, lots=[room.lot]
    )
    newer = make_lot(room.lot.article, "ML 25-01", expires_on=dt.date(2027, 1, 1))
    make_lot(room.lot.article, "OLD", expires_on=dt.date(2026, 1, 1))
    second = room.booked.series.sessions.get(number=2)
    record = make_record(second, room.doctor)
    context = doctor.get(room.address(number=2) + "?same=1").context
    form, row = context["form"], context["products"][0]
    assert (form["zones"].value(), form["needle"].value()) == (["chin"], "32G")
    assert (form["notes"].value(), form["pain_before"].value()) == ("", None)
    assert (row.offered, row.found) == (newer, None)
    assert saved(record).zones == []
    assert before.products.get().lot == room.lot


def test_a_proposed_lot_counts_once_it_is_ticked(room: Room, doctor: Client) -> None:
    record = room.draft()
    row = room.row(0, lot="", proposed=room.lot.public_id, volume_ml="2")
    answer = doctor.post(room.address("record_save"), room.typed(record, **row), **JSON).json()
    assert (answer["waiting"], answer["errors"]) == (1, {})
    assert not saved(record).products.exists()
    page = doctor.post(room.address("record_sign"), room.typed(saved(record), **row))
    assert page.status_code == 409
    assert saved(record).status == "draft"


# --- Two writers ---------------------------------------------------------------------------------


def test_two_writers_of_one_field_lose_no_word(room: Room, doctor: Client) -> None:
    record = room.draft(notes="avant")
    stale = room.typed(record, notes="avant, et moi")
    save_as_another(room, record, notes="avant, et elle")
    assert doctor.post(room.address("record_save"), stale, **JSON).status_code == 409
    page = doctor.get(room.address())
    (kept,) = page.context["kept"]
    choice = next(choice for choice in kept.choices if choice.name == "notes")
    assert (choice.mine, choice.theirs) == ("avant, et moi", "avant, et elle")
    assert page.context["form"]["notes"].value() == "avant, et elle"


@pytest.mark.parametrize(
    ("choice", "notes"), [("mine", "moi"), ("theirs", "elle"), ("both", "elle\n\nmoi")]
)
def test_a_kept_text_is_settled_field_by_field(
    room: Room, doctor: Client, choice: str, notes: str
) -> None:
    record = room.draft()
    stale = room.typed(record, notes="moi")
    save_as_another(room, record, notes="elle")
    doctor.post(room.address("record_save"), stale)
    text = KeptText.objects.get()
    (kept,) = doctor.get(room.address()).context["kept"]
    chosen = {f"kept-{text.pk}-{name}": "mine" for name in kept.names}
    chosen |= {f"kept-{text.pk}-notes": choice}
    sent = room.typed(saved(record), notes="elle") | chosen
    assert doctor.post(room.address("record_save"), sent).status_code == 302
    text.refresh_from_db()
    assert (saved(record).notes, text.settled_at) == (notes, NOW)


def test_what_others_wrote_elsewhere_reaches_a_page_that_is_open(
    room: Room, doctor: Client
) -> None:
    record = room.draft()
    stale = room.typed(record, notes="moi")
    del stale["zones"]
    save_as_another(room, record, zones=["hip-left"], needle="30G")
    answer = doctor.post(room.address("record_save"), stale, **JSON).json()
    assert answer["fresh"] == {"zones": ["hip-left"], "needle": ["30G"]}
    assert (saved(record).notes, saved(record).zones) == ("moi", ["hip-left"])


def save_as_another(room: Room, record: SessionRecord, **fields: Any) -> None:
    """A colleague's save upon the same version."""
    other = make_user(room.house.clinic, "practitioner")
    answer = records.save_draft(
        record_id=record.pk,
        base=record.version,
        fields=fields,
        products=None,
        by=other,
        now=NOW,
    )
    assert isinstance(answer, records.Saved)


# --- How many queries ----------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_however_many_products(
    room: Room, doctor: Client, django_assert_num_queries: Any, count: int
) -> None:
    record = room.draft()
    for _n in range(count):
        use(record, make_lot())
    with django_assert_num_queries(35):
        doctor.get(room.address())


@pytest.mark.parametrize("count", [1, 3])
def test_a_save_asks_the_same_of_lots_however_many(
    room: Room, doctor: Client, django_assert_num_queries: Any, count: int
) -> None:
    record = room.draft()
    lots = [make_lot() for _n in range(count)]
    rows = {"products-TOTAL_FORMS": str(count)}
    for index, lot in enumerate(lots):
        rows |= room.row(index, lot=lot.public_id)
    sent = room.typed(record, **rows)
    doctor.post(room.address("record_save"), sent)
    with django_assert_num_queries(34):
        doctor.post(room.address("record_save"), sent | {"base": 2}, **JSON)
    assert saved(record).products.count() == count


def test_the_answer_to_scripts_is_plain_json(room: Room, doctor: Client) -> None:
    record = room.draft()
    answer = doctor.post(room.address("record_save"), room.typed(record), **JSON)
    assert sorted(json.loads(answer.content)) == [
        *["at", "errors", "fresh", "reload", "summary", "version", "waiting"]
    ]


def test_nobody_without_care_opens_it_without_a_reason(room: Room, client: Client) -> None:
    record = room.draft()
    stranger: User = make_user(room.house.clinic, "practitioner")
    client.force_login(stranger)
    ask = reverse("record_access", args=[room.house.patient.public_id])
    assert client.get(room.address()).url.startswith(ask)
    sent = room.typed(record, who=stranger.pk, notes="dehors")
    assert client.post(room.address("record_save"), sent).url.startswith(ask)
    assert saved(record).notes == ""
