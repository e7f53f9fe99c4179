"""Signing: which products and lots hold a signature up, and which are only to be seen."""

import datetime as dt
from typing import Any

import pytest

from clinic import booking, signing
from patients.models import Seal, SessionRecord, TreatmentSession
from tests.patients.records.making import Treatment, make_article, make_lot

pytestmark = pytest.mark.django_db


@pytest.fixture
def treatment() -> Treatment:
    return Treatment()


@pytest.fixture
def draft(treatment: Treatment) -> SessionRecord:
    return treatment.open()


def codes(answer: object) -> list[str]:
    """Of whatever stood in the way."""
    if isinstance(answer, signing.NotReady):
        return [problem.code for problem in (*answer.problems, *answer.unseen_warnings)]
    assert isinstance(answer, booking.Refused), answer
    return [problem.code for problem in answer.problems]


def nothing_signed(record: SessionRecord) -> bool:
    record = SessionRecord.objects.select_related("session").get(pk=record.pk)
    scheduled = record.session.status == TreatmentSession.Status.SCHEDULED
    return not record.is_signed and scheduled and Seal.objects.count() == 0


DAY = dt.date(2026, 3, 2)


def test_a_session_with_products_names_a_lot(treatment: Treatment, draft: SessionRecord) -> None:
    answer = treatment.sign(draft, products=[])
    assert codes(answer) == ["lot_missing"]
    assert nothing_signed(draft)


def test_or_states_that_there_was_none(treatment: Treatment, draft: SessionRecord) -> None:
    stated = ["no_product", "nappage"]
    assert codes(treatment.sign(draft, techniques=stated)) == ["product_or_none"]
    record = SessionRecord.objects.get(pk=draft.pk)
    assert isinstance(treatment.sign(record, techniques=stated, products=[]), signing.Signed)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"expires_on": DAY}, None),
        ({"expires_on": DAY - dt.timedelta(days=1)}, "lot_expired"),
        ({"finished_on": DAY}, None),
        ({"finished_on": DAY - dt.timedelta(days=1)}, "lot_used_up"),
    ],
)
def test_a_lot_is_good_on_the_day(
    treatment: Treatment, draft: SessionRecord, fields: dict[str, Any], code: str | None
) -> None:
    assert treatment.appointment.on == DAY
    answer = treatment.sign(draft, products=[treatment.line(make_lot(**fields))])
    assert isinstance(answer, signing.Signed) if code is None else codes(answer) == [code]


@pytest.mark.parametrize(
    ("minutes", "code"), [(4, "lot_recalled"), (5, "lot_recalled"), (6, "lot_recalled_since")]
)
def test_a_recall_blocks_what_came_after_it(
    treatment: Treatment, draft: SessionRecord, minutes: int, code: str
) -> None:
    """What was injected before it was recalled stands in the record; nobody could know."""
    at = treatment.now + dt.timedelta(minutes=minutes)
    lot = make_lot(recalled_at=at, recalled_by=treatment.doctor)
    answer = treatment.sign(draft, products=[treatment.line(lot)])
    assert code in codes(answer)
    assert (code in [p.code for p in answer.problems]) is (code == "lot_recalled")


@pytest.mark.parametrize(
    ("qualification", "article", "may"),
    [
        ("physician", {"contains_ha": True}, True),
        ("dental_surgeon", {"contains_ha": True}, True),
        ("dental_surgeon", {"contains_ha": True, "performer_qualification": "physician"}, True),
        ("nurse", {"contains_ha": True}, False),
        ("nurse", {"contains_ha": True, "performer_qualification": "nurse"}, False),
        ("nurse", {"performer_qualification": "physician"}, False),
        ("dental_surgeon", {"performer_qualification": "physician"}, False),
        ("nurse", {"performer_qualification": "nurse"}, True),
        ("physician", {}, True),
    ],
)
def test_who_may_use_a_product(qualification: str, article: dict[str, Any], *, may: bool) -> None:
    treatment = Treatment()
    type(treatment.practitioner).objects.filter(pk=treatment.practitioner.pk).update(
        qualification=qualification
    )
    lot = make_lot(make_article(**article))
    answer = treatment.sign(treatment.open(), products=[treatment.line(lot)])
    assert isinstance(answer, signing.Signed) if may else codes(answer) == ["not_qualified"]


def test_warnings_are_seen_before_the_signature(treatment: Treatment, draft: SessionRecord) -> None:
    unknown = make_lot(make_article(regulatory_status="unknown"))
    lots = [unknown, *(make_lot() for _ in range(3))]
    lines = [treatment.line(lot) for lot in lots] + [treatment.line(volume_ml=None)]
    form = {"products": lines, "zones": [], "techniques": [], "asepsis": "other",
            "aftercare_given": False}  # fmt: skip
    answer = treatment.sign(draft, **form)
    expected = [
        "many_components", "status_unknown", "no_volume", "no_zones", "no_techniques",
        "no_aftercare_given", "no_asepsis_other",
    ]  # fmt: skip
    assert codes(answer) == expected
    assert nothing_signed(draft)
    some = treatment.sign(answer.record, **form, seen=expected[1:])
    assert codes(some) == expected[:1]
    assert isinstance(treatment.sign(answer.record, **form, seen=expected), signing.Signed)


def test_three_components_are_no_warning(treatment: Treatment, draft: SessionRecord) -> None:
    article = make_article()
    lots = [make_lot(article), make_lot(article), make_lot(), make_lot()]
    lines = [treatment.line(lot) for lot in lots]
    assert isinstance(treatment.sign(draft, products=lines), signing.Signed)
