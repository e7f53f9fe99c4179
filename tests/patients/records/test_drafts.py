"""Drafts: saved, put together field by field, and no word of anybody is lost."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from patients import records
from patients.models import AdverseEvent, KeptText, ProductUse, RecordVersion, SessionRecord
from tests.patients.records.making import Treatment, make_lot

pytestmark = pytest.mark.django_db


@pytest.fixture
def treatment() -> Treatment:
    return Treatment()


@pytest.fixture
def draft(treatment: Treatment) -> SessionRecord:
    return treatment.open()


def fresh(record: SessionRecord) -> SessionRecord:
    return SessionRecord.objects.get(pk=record.pk)


# --- opening -------------------------------------------------------------------------------------


def test_a_session_has_one_record_however_often_it_is_opened(treatment: Treatment) -> None:
    first = treatment.open()
    again = records.open_draft(
        session=treatment.appointment.session,
        place="Elsewhere",
        performer=treatment.colleague,
        by=treatment.colleague,
        now=treatment.now + dt.timedelta(hours=1),
    )
    assert again == first
    assert (again.version, again.place, again.performer) == (1, first.place, treatment.doctor)
    assert RecordVersion.objects.count() == 1


def test_a_new_draft_remembers_all_that_it_says(draft: SessionRecord) -> None:
    (version,) = draft.versions.all()
    assert version.content == records.content_of(draft)
    assert set(version.content) == {*records.SAVED, records.PRODUCTS}


# --- saving --------------------------------------------------------------------------------------


def test_what_is_saved_stands_in_the_record(treatment: Treatment, draft: SessionRecord) -> None:
    saved = treatment.save(
        draft, notes=" Deux\r\nlignes ", zones=["chin", "lips", "chin"], depth_mm=Decimal(4)
    )
    assert saved.written == {"notes", "zones", "depth_mm"}
    assert saved.theirs == frozenset()
    record = fresh(draft)
    assert (record.version, record.saved_by) == (2, treatment.doctor)
    assert record.saved_at == treatment.now + dt.timedelta(minutes=10)
    assert (record.notes, record.zones) == (" Deux\r\nlignes ", ["chin", "lips"])
    assert record.depth_mm == Decimal("4.0")


def test_a_save_that_changes_nothing_writes_nothing(
    treatment: Treatment, draft: SessionRecord
) -> None:
    treatment.save(draft, notes="A", products=[treatment.line()])
    again = treatment.save(fresh(draft), notes="A", products=[treatment.line()])
    assert (again.written, again.record.version) == (frozenset(), 2)
    assert draft.versions.count() == 2


def test_a_version_keeps_only_what_it_changed(treatment: Treatment, draft: SessionRecord) -> None:
    treatment.save(draft, notes="A", pain_before=3)
    treatment.save(fresh(draft), notes="B", pain_before=3)
    deltas = list(draft.versions.values_list("version", "content")[1:])
    assert deltas == [(2, {"notes": "A", "pain_before": 3}), (3, {"notes": "B"})]


def test_products_are_copied_from_the_lot_in_their_order(
    treatment: Treatment, draft: SessionRecord
) -> None:
    other = make_lot(number="ZX 9")
    lines = [treatment.line(other, volume_ml=Decimal(2)), treatment.line()]
    saved = treatment.save(draft, products=lines)
    uses = list(ProductUse.objects.all())
    assert [(use.position, use.lot, use.volume_ml) for use in uses] == [
        (0, other, Decimal("2.00")),
        (1, treatment.lot, Decimal("1.50")),
    ]
    article = other.article
    assert (uses[0].name, uses[0].maker) == (article.name, article.maker)
    assert (uses[0].lot_number, uses[0].expires_on) == ("ZX 9", other.expires_on)
    assert records.lines(records.content_of(saved.record)) == lines


def test_products_that_were_not_sent_stay(treatment: Treatment, draft: SessionRecord) -> None:
    treatment.save(draft, products=[treatment.line()])
    treatment.save(fresh(draft), notes="A")
    assert ProductUse.objects.count() == 1
    treatment.save(fresh(draft), products=[])
    assert ProductUse.objects.count() == 0


def test_the_same_lot_twice_is_two_lines(treatment: Treatment, draft: SessionRecord) -> None:
    lines = [treatment.line(), treatment.line(volume_ml=Decimal("0.50"))]
    saved = treatment.save(draft, products=lines)
    assert records.lines(records.content_of(saved.record)) == lines


def test_a_line_that_stays_keeps_its_row(treatment: Treatment, draft: SessionRecord) -> None:
    treatment.save(draft, products=[treatment.line()])
    row = ProductUse.objects.get()
    lines = [treatment.line(make_lot()), treatment.line(volume_ml=Decimal(3))]
    treatment.save(fresh(draft), products=lines)
    row.refresh_from_db()
    assert (row.position, row.volume_ml) == (1, Decimal("3.00"))


def test_a_product_that_a_reaction_names_is_not_taken_out(
    treatment: Treatment, draft: SessionRecord
) -> None:
    treatment.save(draft, products=[treatment.line()])
    AdverseEvent.objects.create(**event(treatment, ProductUse.objects.get()))
    with pytest.raises(ValidationError) as refused, transaction.atomic():
        treatment.save(fresh(draft), products=[])
    assert list(refused.value.message_dict) == ["products"]
    assert (fresh(draft).version, ProductUse.objects.count()) == (2, 1)


def event(treatment: Treatment, use: ProductUse) -> dict[str, Any]:
    return {
        "patient": treatment.patient,
        "session": use.record.session,
        "product_use": use,
        "source": "record",
        "description": "Rougeur",
        "severity": "mild",
        "channel": "device",
        "noticed_at": treatment.now,
        "reported_at": treatment.now,
        "reported_by": treatment.doctor,
    }


def test_the_performer_is_named_as_they_are_called(
    treatment: Treatment, draft: SessionRecord
) -> None:
    assert draft.performer_name == "Anne Roux"
    record = treatment.save(draft, performer=treatment.colleague).record
    assert record.performer == treatment.colleague
    assert record.performer_name == str(treatment.colleague)


# --- what no record can hold ---------------------------------------------------------------------

BAD: list[tuple[str, Any]] = [
    ("notes", "a\0b"),
    ("notes", "\ud83d"),  # half an emoji, as broken JSON may bring it
    ("needle", "x" * 61),
    ("pain_before", 11),
    ("pain_before", -1),
    ("depth_mm", Decimal("0.9")),
    ("depth_mm", Decimal("13.1")),
    ("depth_mm", "deep"),
    ("asepsis", "soap"),
    ("zones", ["elbow of the moon"]),
    ("zones", "chin"),
    ("started_at", None),
    ("performer", 0),
    ("status", "signed"),
    ("colour", "blue"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_what_no_record_can_hold_is_told_at_its_field(
    treatment: Treatment, draft: SessionRecord, name: str, value: object
) -> None:
    with pytest.raises(ValidationError) as refused:
        treatment.save(draft, **{name: value})
    assert list(refused.value.message_dict) == [name]
    assert fresh(draft).version == 1


def test_an_end_before_the_beginning_is_told(treatment: Treatment, draft: SessionRecord) -> None:
    times = {"started_at": treatment.now, "ended_at": treatment.now - dt.timedelta(minutes=1)}
    with pytest.raises(ValidationError) as refused:
        treatment.save(draft, **times)
    assert list(refused.value.message_dict) == ["ended_at"]


def test_an_end_before_the_beginning_that_stands_is_told(
    treatment: Treatment, draft: SessionRecord
) -> None:
    """Only one of the two is sent."""
    with pytest.raises(ValidationError) as refused:
        treatment.save(draft, ended_at=draft.started_at - dt.timedelta(minutes=1))
    assert list(refused.value.message_dict) == ["ended_at"]
    assert fresh(draft).version == 1


@pytest.mark.parametrize(
    "change",
    [
        {"volume_ml": Decimal(0)},
        {"volume_ml": Decimal("-1")},
        {"volume_ml": Decimal(10_000)},
        {"injected_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)},
    ],
)
def test_a_line_that_cannot_be_is_told(
    treatment: Treatment, draft: SessionRecord, change: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError) as refused:
        treatment.save(draft, products=[treatment.line(**change)])
    assert list(refused.value.message_dict) == ["products"]


def test_a_lot_that_does_not_exist_is_told(treatment: Treatment, draft: SessionRecord) -> None:
    with pytest.raises(ValidationError) as refused:
        treatment.save(draft, products=[records.ProductLine(0)])
    assert list(refused.value.message_dict) == ["products"]


# --- two writers ---------------------------------------------------------------------------------


def test_what_two_changed_apart_is_put_together(treatment: Treatment, draft: SessionRecord) -> None:
    treatment.save(draft, notes="mine", pain_before=2)
    other = treatment.save(
        draft, base=1, by=treatment.colleague, notes="", pain_before=None, pain_after=5
    )
    assert (other.written, other.theirs) == ({"pain_after"}, {"notes", "pain_before"})
    record = fresh(draft)
    assert (record.notes, record.pain_before, record.pain_after) == ("mine", 2, 5)
    assert KeptText.objects.count() == 0


def test_what_both_changed_alike_is_no_conflict(treatment: Treatment, draft: SessionRecord) -> None:
    treatment.save(draft, notes="same")
    other = treatment.save(draft, base=1, by=treatment.colleague, notes="same")
    assert (other.written, other.record.version) == (frozenset(), 2)


def test_a_text_that_both_changed_is_a_conflict_and_kept(
    treatment: Treatment, draft: SessionRecord
) -> None:
    treatment.save(draft, notes="mine", pain_before=2)
    conflict = treatment.save(
        draft, base=1, by=treatment.colleague, notes="theirs", pain_before=None, needle="30G"
    )
    assert isinstance(conflict, records.Conflict)
    assert conflict.differing == {"notes": records.Differing(theirs="mine", yours="theirs")}
    assert records.values(conflict.merged)["notes"] == "mine"
    assert records.values(conflict.merged)["needle"] == "30G"
    assert records.values(conflict.merged)["pain_before"] == 2
    assert (fresh(draft).version, fresh(draft).needle) == (2, "")
    (kept,) = records.kept(record=draft, by=treatment.colleague)
    assert kept == conflict.kept
    assert kept.content == {"notes": "theirs", "pain_before": None, "needle": "30G"}
    assert (kept.base, kept.at) == (1, treatment.now + dt.timedelta(minutes=10))


def test_a_conflict_is_resolved_by_a_save_upon_what_stands(
    treatment: Treatment, draft: SessionRecord
) -> None:
    treatment.save(draft, notes="mine")
    conflict = treatment.save(draft, base=1, by=treatment.colleague, notes="theirs")
    both = treatment.save(
        draft, base=conflict.record.version, by=treatment.colleague, notes="mine, theirs"
    )
    assert isinstance(both, records.Saved)
    assert fresh(draft).notes == "mine, theirs"
    at = treatment.now + dt.timedelta(hours=1)
    assert not records.settle(kept_text=conflict.kept, by=treatment.doctor, now=at)
    assert records.settle(kept_text=conflict.kept, by=treatment.colleague, now=at)
    assert not records.settle(kept_text=conflict.kept, by=treatment.colleague, now=at)
    assert records.kept(record=draft, by=treatment.colleague) == []


def test_the_same_conflict_sent_again_is_kept_once(
    treatment: Treatment, draft: SessionRecord
) -> None:
    treatment.save(draft, notes="mine")
    for text in ("theirs", "theirs", "theirs, longer"):
        treatment.save(draft, base=1, by=treatment.colleague, notes=text)
    texts = [text.content["notes"] for text in records.kept(record=draft, by=treatment.colleague)]
    assert texts == ["theirs, longer", "theirs"]


def test_products_that_both_changed_are_a_conflict(
    treatment: Treatment, draft: SessionRecord
) -> None:
    treatment.save(draft, products=[treatment.line()])
    theirs = [treatment.line(make_lot())]
    conflict = treatment.save(draft, base=1, by=treatment.colleague, products=theirs)
    assert isinstance(conflict, records.Conflict)
    assert list(conflict.differing) == ["products"]
    assert records.lines(conflict.kept.content) == theirs
    assert records.lines(conflict.merged) == [treatment.line()]


def test_a_field_that_went_there_and_back_is_as_it_was(
    treatment: Treatment, draft: SessionRecord
) -> None:
    treatment.save(draft, notes="mine")
    treatment.save(fresh(draft), notes="")
    other = treatment.save(draft, base=1, by=treatment.colleague, notes="theirs")
    assert isinstance(other, records.Saved)
    assert fresh(draft).notes == "theirs"


@pytest.mark.parametrize("base", [0, -1, 99, 10**12])
def test_a_base_that_never_was_takes_nobodys_word_away(
    treatment: Treatment, draft: SessionRecord, base: int
) -> None:
    treatment.save(draft, notes="mine")
    conflict = treatment.save(draft, base=base, by=treatment.colleague, notes="theirs")
    assert isinstance(conflict, records.Conflict)
    assert fresh(draft).notes == "mine"


# --- after signing -------------------------------------------------------------------------------


def test_what_comes_after_the_signature_is_kept(treatment: Treatment) -> None:
    record = treatment.signed()
    closed = treatment.save(record, by=treatment.colleague, notes="too late")
    assert isinstance(closed, records.Closed)
    assert closed.kept in records.kept(record=record, by=treatment.colleague)
    assert fresh(record).notes == "Peau souple."


def test_what_says_nothing_new_after_the_signature_is_not_kept(treatment: Treatment) -> None:
    record = treatment.signed()
    closed = treatment.save(record, notes="Peau souple.", products=[treatment.line()])
    assert closed == records.Closed(record, None)
    assert KeptText.objects.count() == 0
