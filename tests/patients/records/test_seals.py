"""The chain of seals: each change of what was signed is seen, and said where."""

import datetime as dt
import io
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db.models import F

from patients import records
from patients.models import Amendment, ProductUse, Seal, SessionRecord, TreatmentSession
from patients.records import seals
from patients.records.seals import GENESIS, Break, Head, verify
from tests.patients.records.doors import (
    TIED,
    World,
    column_doors,
    drop_rules,
    sql,
    taken_back,
    without_rules,
)

pytestmark = pytest.mark.django_db

# What the chain does not hold: the product's own way to the record, and where it stands.
NOT_SEALED = {"Seal.id"}
# What the name itself hangs on: then the break is told with another one.
NAMES = {
    "SessionRecord.id", "SessionRecord.public_id", "Amendment.id", "Amendment.record",
    "Seal.record",
}  # fmt: skip


@pytest.fixture
def world() -> World:
    return World()


def broken() -> Break:
    found = verify().broken
    assert found is not None
    return found


# --- making --------------------------------------------------------------------------------------


def test_an_empty_chain_holds() -> None:
    assert verify() == seals.Verdict(Head(0, GENESIS), None)


def test_each_seal_follows_the_one_before(world: World) -> None:
    links = list(Seal.objects.order_by("number"))
    assert [link.number for link in links] == [1, 2, 3]
    assert [link.previous_hash for link in links] == [GENESIS, links[0].hash, links[1].hash]
    assert [link.amendment_id is None for link in links] == [True, False, False]
    assert verify() == seals.Verdict(Head(3, links[2].hash), None)


def test_the_content_is_the_same_on_both_engines() -> None:
    """Written down once: another engine, or another day's code, must compute the very same."""
    at = dt.datetime(2026, 3, 2, 9, 0, 0, 5, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    record = SessionRecord(
        id=1, public_id="abc", session_id=2, patient_id=3, status="signed", version=4,
        started_at=at, place="Cabinet", performer_id=5, performer_name="Anne Roux",
        zones=["chin"], notes="é\u0301 😀\r\n", opened_at=at, opened_by_id=5, saved_at=at,
        saved_by_id=5, signed_at=at, signed_by_id=5,
    )  # fmt: skip
    found = seals.columns(record)
    assert found["started_at"] == "2026-03-02T08:00:00.000005+00:00"
    assert seals.digest(found) == (
        "032908879264b1e98b1c67742772c0ed3d0a7962a547983c900bf195e09ccc4e"
    )


def test_every_column_that_holds_something_is_sealed(world: World) -> None:
    """A column of tomorrow is in it without a word of ours; empty, it was not there before."""
    for row in (world.record, world.row(Amendment), world.use):
        held = {f.column for f in row._meta.concrete_fields if getattr(row, f.attname) is not None}
        assert set(seals.columns(row)) == held


# --- tampering -----------------------------------------------------------------------------------


def test_a_change_of_each_column_is_seen_and_said(world: World) -> None:
    public_id = world.record.public_id
    without_rules()
    unseen = []
    for door in column_doors():
        if door.__name__ in TIED | NOT_SEALED:
            continue
        with taken_back():
            door(world)
            found = verify().broken
            named = found is not None and public_id in found.what
            if found is None or not (named or door.__name__ in NAMES):
                unseen.append((door.__name__, found))
    assert unseen == []
    assert verify().broken is None


def test_a_change_is_said_with_its_record(world: World) -> None:
    without_rules()
    sql("UPDATE patients_productuse SET volume_ml = 9 WHERE id = %s", world.use.pk)
    assert broken() == Break(1, f"record {world.record.public_id}", "what it sealed was changed")


def test_a_product_put_in_is_seen(world: World) -> None:
    without_rules()
    ProductUse.objects.filter(pk=world.draft_use.pk).update(record=world.record)
    assert broken().why == "what it sealed was changed"


def test_a_product_taken_out_is_seen(world: World) -> None:
    without_rules()
    sql("DELETE FROM patients_productuse WHERE id = %s", world.use.pk)
    assert broken().why == "what it sealed was changed"


def test_an_amendment_changed_is_seen(world: World) -> None:
    without_rules()
    Amendment.objects.filter(text="Et encore.").update(text="Rien.")
    last = Amendment.objects.get(text="Rien.")
    what = f"amendment {last.pk} of record {world.record.public_id}"
    assert broken() == Break(3, what, "what it sealed was changed")


def test_a_link_taken_out_of_the_middle_is_seen(world: World) -> None:
    drop_rules(Seal)
    Seal.objects.filter(number=2)._raw_delete(Seal.objects.db)
    assert (broken().number, broken().why) == (2, "seal 2 is missing")


def test_a_link_taken_out_and_the_rest_renumbered_is_seen(world: World) -> None:
    drop_rules(Seal)
    Seal.objects.filter(number=2)._raw_delete(Seal.objects.db)
    Seal.objects.filter(number=3).update(number=2)
    assert (broken().number, broken().why) == (2, "it does not follow the seal before it")


def test_an_end_that_was_cut_off_with_its_amendments_needs_the_head(world: World) -> None:
    """The chain before it is whole: only who wrote the head down can tell."""
    head = verify().head
    without_rules()
    Seal.objects.filter(number=3)._raw_delete(Seal.objects.db)
    assert broken().why == "it has no seal"
    Amendment.objects.filter(text="Et encore.")._raw_delete(Amendment.objects.db)
    assert verify().broken is None
    assert verify(head).broken == Break(3, "seal 3", "the chain does not contain it")


def test_a_head_of_an_earlier_day_is_found_in_the_chain(world: World) -> None:
    head = verify().head
    world.treatment.amend(world.record, "Demain.")
    verdict = verify(head)
    assert (verdict.broken, verdict.head.number) == (None, 4)
    assert verify(Head(3, "f" * 64)).broken is not None


def test_a_record_signed_past_us_is_seen(world: World) -> None:
    at = world.treatment.now
    SessionRecord.objects.filter(pk=world.draft.pk).update(
        status="signed", signed_at=at, signed_by=world.treatment.doctor
    )
    assert broken() == Break(4, f"record {world.draft.public_id}", "it is signed without a seal")


def test_a_session_opened_again_is_seen(world: World) -> None:
    without_rules()
    TreatmentSession.objects.filter(pk=world.session.pk).update(status="scheduled", done_on=None)
    assert broken() == Break(4, f"record {world.record.public_id}", "its session is not done")


@pytest.mark.sqlite
def test_a_record_that_is_gone_is_seen(world: World) -> None:
    """PostgreSQL's foreign key does not let it go, whatever is dropped but that key."""
    without_rules()
    with taken_back():
        sql("DELETE FROM patients_amendment")
        sql("DELETE FROM patients_sessionrecord WHERE id = %s", world.record.pk)
        assert broken() == Break(1, "seal 1", "what it sealed is gone")


def test_the_walk_asks_the_same_however_long_the_chain(
    world: World, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(5):
        verify()
    for number in range(3):
        world.treatment.amend(world.record, f"Et {number}.")
    with django_assert_num_queries(5):
        verify()


# --- amendments ----------------------------------------------------------------------------------


def test_an_amendment_stands_beside_the_original(world: World) -> None:
    before = records.content_of(world.record)
    amendment = world.treatment.amend(world.record, "Lot \u202bעברית\u202c\r\n😀 ")
    amendment.refresh_from_db()
    assert (amendment.text, amendment.reason) == ("Lot \u202bעברית\u202c\r\n😀 ", "Oubli")
    assert (amendment.by, amendment.seal.by) == (world.treatment.doctor,) * 2
    assert records.content_of(world.record) == before


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": " "}, "text"),
        ({"text": "a\0"}, "text"),
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 201}, "reason"),
    ],
)
def test_an_amendment_says_what_and_why(world: World, change: dict[str, str], field: str) -> None:
    treatment = world.treatment
    words = {"text": "Texte.", "reason": "Oubli"} | change
    with pytest.raises(ValidationError) as refused:
        records.amend(record=world.record, by=treatment.doctor, now=treatment.now, **words)
    assert list(refused.value.message_dict) == [field]
    assert Amendment.objects.count() == 2


def test_a_draft_is_not_amended(world: World) -> None:
    with pytest.raises(ValidationError):
        world.treatment.amend(world.draft)
    assert Seal.objects.count() == 3


# --- the command ---------------------------------------------------------------------------------


def told(*arguments: str) -> str:
    out = io.StringIO()
    call_command("verify_records", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_tells_the_head(world: World) -> None:
    head = verify().head
    assert told() == f"3 seals, all as they were signed.\nHead: {head}\n"
    assert told("--head", str(head), "-v", "0") == ""


def test_the_command_fails_on_a_break(world: World) -> None:
    without_rules()
    SessionRecord.objects.filter(pk=world.record.pk).update(version=F("version") + 1)
    with pytest.raises(CommandError) as failed:
        told()
    assert str(failed.value) == (
        f"Broken at seal 1, record {world.record.public_id}: what it sealed was changed. "
        f"Up to 0:{GENESIS} the chain holds."
    )


def test_the_command_reads_no_head_that_is_none() -> None:
    with pytest.raises(CommandError, match="is no head"):
        told("--head", "3:abc")
