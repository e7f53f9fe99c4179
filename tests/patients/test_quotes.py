"""A quote from draft to answer; what it says once given nobody changes, whatever the door."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from patients import quotes
from patients.models import Quote, QuoteLine
from patients.quotes import Line
from patients.refusal import Refusal
from tests.factories import NOW, House, make_protocol
from tests.quoting import make_quote, quote_fields

pytestmark = pytest.mark.django_db

TODAY = NOW.date()
LINES = (
    Line("Attack phase", 3, 20_000, 200, "aesthetic", "attack"),
    Line("Upkeep", 1, 15_050, 200, "aesthetic", "maintenance"),
)


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def draft(house: House) -> Quote:
    return make_quote(house, lines=LINES)


def given(house: House, **fields: Any) -> Quote:
    return make_quote(house, give=True, **fields)


# --- Drafts and their numbers --------------------------------------------------------------------


def test_draft_adds_up_and_takes_the_first_number_of_the_year(draft: Quote) -> None:
    assert (draft.number, draft.status, draft.total_cents) == ("D2026-0001", "draft", 75_050)
    assert [(line.position, line.total_cents, line.vat_cents) for line in draft.lines.all()] == [
        (1, 60_000, 10_000),
        (2, 15_050, 2508),
    ]


def test_numbers_follow_each_other_and_begin_anew_each_year(house: House) -> None:
    numbers = [make_quote(house, year=year).number for year in (2026, 2026, 2027, 2026, 2027)]
    assert numbers == ["D2026-0001", "D2026-0002", "D2027-0001", "D2026-0003", "D2027-0002"]


def test_numbers_go_on_past_four_digits(house: House) -> None:
    make_quote(house)
    Quote.objects.update(number="D2026-9999")
    assert [make_quote(house).number for _n in range(2)] == ["D2026-10000", "D2026-10001"]


def test_rewrite_replaces_the_lines_of_a_draft(draft: Quote) -> None:
    seen = quotes.fingerprint(draft)
    fields = {"act": "Autre acte"}
    written = quotes.rewrite(quote=draft, fields=fields, lines=LINES[:1], seen=seen)
    assert isinstance(written, Quote)
    assert (written.act, written.total_cents, written.lines.count()) == ("Autre acte", 60_000, 1)


def test_rewrite_over_somebody_elses_change_is_refused(draft: Quote) -> None:
    seen = quotes.fingerprint(draft)
    first = quotes.rewrite(quote=draft, fields={"act": "Le premier"}, lines=LINES, seen=seen)
    second = quotes.rewrite(quote=draft, fields={"act": "Le second"}, lines=[], seen=seen)
    assert isinstance(first, Quote)
    assert isinstance(second, Refusal)
    assert second.code == "stale"
    draft.refresh_from_db()
    assert (draft.act, draft.lines.count()) == ("Le premier", 2)


# --- Given ---------------------------------------------------------------------------------------


def test_give_seals_what_was_seen(house: House, draft: Quote) -> None:
    done = quotes.give(quote=draft, seen=quotes.fingerprint(draft), by=house.user, now=NOW)
    assert isinstance(done, Quote)
    stored = Quote.objects.get(pk=draft.pk)
    assert (stored.status, stored.given_at, stored.given_by) == ("given", NOW, house.user)
    assert stored.content_hash == quotes.fingerprint(stored)
    assert quotes.is_intact(stored)


def test_give_another_content_than_was_seen_is_refused(house: House, draft: Quote) -> None:
    seen = quotes.fingerprint(draft)
    quotes.rewrite(quote=draft, fields={"act": "Autre acte"}, lines=LINES, seen=seen)
    refusal = quotes.give(quote=draft, seen=seen, by=house.user, now=NOW)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, Quote.objects.get().status) == ("stale", "draft")


def test_give_twice_is_refused_the_second_time(house: House) -> None:
    quote = given(house)
    refusal = quotes.give(quote=quote, seen=quote.content_hash, by=house.user, now=NOW)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "given"


def test_give_without_a_line_is_refused(house: House) -> None:
    quote = make_quote(house, lines=())
    refusal = quotes.give(quote=quote, seen=quotes.fingerprint(quote), by=house.user, now=NOW)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "empty"


Change = Callable[[Quote], object]


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def by_save(quote: Quote) -> None:
    quote.total_cents = 1
    quote.save()


CHANGES: dict[str, Change] = {
    "save": by_save,
    "update": lambda quote: Quote.objects.filter(pk=quote.pk).update(act="x"),
    "back to draft": lambda quote: sql(
        "UPDATE patients_quote SET status = 'draft', given_at = NULL, content_hash = '' "
        "WHERE id = %s",
        quote.pk,
    ),
    "hash": lambda quote: sql(
        "UPDATE patients_quote SET content_hash = 'x' WHERE id = %s", quote.pk
    ),
    "line changed": lambda quote: quote.lines.update(unit_cents=1),
    "line added": lambda quote: QuoteLine.objects.create(
        quote=quote,
        position=9,
        label="x",
        quantity=1,
        unit_cents=1,
        vat_permille=0,
        vat_ground="care",
    ),
    "line deleted": lambda quote: quote.lines.all().delete(),
    "line in SQL": lambda quote: sql(
        "UPDATE patients_quoteline SET quantity = 99 WHERE quote_id = %s", quote.pk
    ),
    "deleted": lambda quote: sql("DELETE FROM patients_quote WHERE id = %s", quote.pk),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_no_door_changes_a_quote_that_was_given(house: House, change: Change) -> None:
    quote = given(house, lines=LINES)
    with pytest.raises(IntegrityError, match="patients_quote"), transaction.atomic():
        change(Quote.objects.get(pk=quote.pk))
    stored = Quote.objects.get(pk=quote.pk)
    assert (stored.status, quotes.is_intact(stored)) == ("given", True)


@pytest.mark.parametrize("change", [CHANGES["save"], CHANGES["line changed"]])
def test_a_draft_is_changed_by_the_same_doors(draft: Quote, change: Change) -> None:
    before = quotes.fingerprint(draft)
    change(draft)
    assert quotes.fingerprint(Quote.objects.get(pk=draft.pk)) != before


def test_a_seal_that_does_not_fit_is_seen(house: House) -> None:
    """As if the file of the database had been written in from outside."""
    quote = given(house)
    quote.total_cents += 1
    assert not quotes.is_intact(quote)


# --- Answered and expired ------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["signed", "refused"])
def test_answer_is_kept_with_who_and_when(house: House, status: str) -> None:
    quote = given(house)
    done = quotes.answer(quote=quote, status=status, by=house.user, now=NOW, today=TODAY)
    assert isinstance(done, Quote)
    assert (done.status, done.answered_at, done.answered_by) == (status, NOW, house.user)
    again = quotes.answer(quote=quote, status="refused", by=house.user, now=NOW, today=TODAY)
    assert isinstance(again, Refusal)
    assert again.code == "answered"


def test_answer_to_a_draft_is_refused(house: House, draft: Quote) -> None:
    refusal = quotes.answer(quote=draft, status="signed", by=house.user, now=NOW, today=TODAY)
    assert isinstance(refusal, Refusal)


def test_a_quote_past_its_day_is_signed_no_more_but_may_be_refused(house: House) -> None:
    quote = given(house, valid_until=TODAY)
    late = {"quote": quote, "by": house.user, "now": NOW, "today": TODAY + dt.timedelta(days=1)}
    refusal = quotes.answer(status="signed", **late)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "expired"
    assert isinstance(quotes.answer(status="refused", **late), Quote)


def test_expire_takes_what_is_over_once(house: House) -> None:
    over = given(house, valid_until=TODAY - dt.timedelta(days=1))
    last_day = given(house, valid_until=TODAY)
    draft = make_quote(house, valid_until=TODAY - dt.timedelta(days=9))
    taken_up = given(house, valid_until=TODAY - dt.timedelta(days=1))
    series = house.book_series().series
    Quote.objects.filter(pk=taken_up.pk).update(series=series)
    assert [quotes.expire(today=TODAY) for _time in range(2)] == [1, 0]
    states = dict(Quote.objects.values_list("pk", "status"))
    assert states == {
        over.pk: "expired",
        last_day.pk: "given",
        draft.pk: "draft",
        taken_up.pk: "given",
    }


# --- What stands ---------------------------------------------------------------------------------


def standing(house: House, **options: Any) -> list[int]:
    found = quotes.standing(house.patient, house.protocol, today=TODAY, **options)
    return [quote.pk for quote in found]


def test_standing_are_given_in_time_and_signed(house: House) -> None:
    past = TODAY - dt.timedelta(days=1)
    make_quote(house)
    given(house, valid_until=past)
    kept = given(house)
    signed = given(house, valid_until=past)
    Quote.objects.filter(pk=signed.pk).update(status="signed", answered_at=NOW)
    refused = given(house)
    Quote.objects.filter(pk=refused.pk).update(status="refused", answered_at=NOW)
    given(house, patient=House().patient)
    given(house, protocol=make_protocol())
    assert standing(house) == [signed.pk, kept.pk]


def test_standing_agrees_with_stands(house: House) -> None:
    for valid_until in (TODAY - dt.timedelta(days=1), TODAY):
        quote = given(house, valid_until=valid_until)
        assert (quote.pk in standing(house)) == quotes.stands(quote, today=TODAY)


def test_a_quote_of_another_series_does_not_stand_for_this_one(house: House) -> None:
    quote = given(house)
    series = house.book_series().series
    assert series is not None
    Quote.objects.filter(pk=quote.pk).update(series=series)
    assert standing(house) == []
    assert standing(house, series=series) == [quote.pk]


def test_attach_ties_the_quote_to_its_series(house: House) -> None:
    quote = given(house)
    series = house.book_series().series
    assert series is not None
    attached = quotes.attach(series=series, today=TODAY)
    assert attached is not None
    quote.refresh_from_db()
    assert (quote.series, quotes.is_intact(quote)) == (series, True)


def test_attach_without_a_quote_does_nothing(house: House) -> None:
    series = house.book_series().series
    assert series is not None
    assert quotes.attach(series=series, today=TODAY) is None


def test_missing_names_what_the_decree_asks_for(house: House) -> None:
    assert quotes.missing(make_quote(house)) == []
    bare = make_quote(house, insurance="", patient_birth_on=None)
    labels = {str(Quote._meta.get_field(n).verbose_name) for n in ("insurance", "patient_birth_on")}
    assert set(quotes.missing(bare)) == labels
    assert "insurance" in quote_fields(house)
