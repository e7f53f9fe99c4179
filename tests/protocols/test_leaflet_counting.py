"""How many sessions: a range and never one number. The quiz: what no other page denies."""

import pytest

from protocols import editing, leaflet
from protocols.leaflet import Range
from protocols.leaflet.cited import shipped_sources
from protocols.models import Protocol
from tests.protocols.making import NOW


def running() -> list[Protocol]:
    found = Protocol.objects.bookable().prefetch_related(
        "phases__source", "steps", "indication_links__indication", "sourced_values__source"
    )
    return list(found)


@pytest.mark.parametrize(
    ("goal", "zone", "sessions", "span"),
    [
        ("pain", "", Range(3, 6), Range(14, 70)),
        ("pain", "back", Range(3, 6), Range(14, 70)),
        ("skin", "", Range(3, 6), Range(28, 155)),
        ("skin", "hands", Range(3, 4), Range(28, 84)),
        ("hair", "", None, None),  # the pages give no number
        ("hair", "scalp", None, None),
        ("skin", "body", None, None),  # a zone that no page names
        ("skin", "nowhere", None, None),
    ],
)
def test_the_pages_give_ranges(goal, zone, sessions, span) -> None:
    found = leaflet.session_count(goal, zone)
    assert (found.sessions, found.span) == (sessions, span)
    assert (found.cost, found.needs_quote) == (None, False)


def test_each_page_stands_with_its_own_range() -> None:
    plans = leaflet.session_count("skin", "").plans
    assert [(p.sessions, p.span, p.upkeep, p.cited.code) for p in plans] == [
        (Range(3, 4), Range(28, 84), Range(2, 4), "user-000"),
        (Range(3, 6), Range(28, 155), Range(4, 4), "user-002"),
        (Range(3, 5), Range(28, 112), Range(4, 6), "user-001"),
    ]
    (pain,) = leaflet.session_count("pain", "").plans
    assert (pain.upkeep, pain.upkeep_said.cited.at) == (None, "l. 55")


def test_the_catalogue_says_the_same_as_the_pages(shipped) -> None:
    for goal in ("pain", "skin"):
        theirs = leaflet.session_count(goal, "", protocols=running())
        pages = leaflet.session_count(goal, "")
        assert [(p.sessions, p.span) for p in theirs.plans] == [
            (p.sessions, p.span) for p in pages.plans
        ]


def test_of_hair_the_clinics_protocols_say_it(shipped) -> None:
    plans = {p.slug: p for p in leaflet.session_count("hair", "", protocols=running()).plans}
    assert set(plans) == {"", "hair-mesopecie", "prp-hair", "rejuvenation"}
    assert plans["prp-hair"].sessions == Range(3, 4)
    assert plans["hair-mesopecie"].sessions is None  # eight is one number: decided together


def test_never_one_number(shipped) -> None:
    for goal in leaflet.GOALS:
        found = leaflet.session_count(goal, "", protocols=running())
        every = [found.sessions, *(plan.sessions for plan in found.plans)]
        assert all(one is None or one.least < one.most for one in every)


def test_a_new_version_changes_the_range(shipped) -> None:
    draft = editing.revise(Protocol.objects.bookable().get(slug="pain-locomotor"), by="the test")
    draft.sessions_min, draft.sessions_max = 4, 5
    draft.save()
    assert editing.publish(draft, by="the test", now=NOW) == []
    found = leaflet.session_count("pain", "", protocols=running())
    assert (found.sessions, found.span) == (Range(4, 5), Range(21, 56))


@pytest.mark.parametrize(("cents", "is_quoted"), [(5_000, True), (4_999, False)])
def test_a_quote_is_promised_from_the_sum_on(cents: int, is_quoted: bool) -> None:
    """Six sessions at 50 euros are 300."""
    found = leaflet.session_count("pain", "", cents={"pain-locomotor": cents})
    assert (found.cost, found.needs_quote) == (Range(3 * cents, 6 * cents), is_quoted)


# --- The quiz ------------------------------------------------------------------------------------


def test_the_bank_is_what_is_supported() -> None:
    numbers = [one.number for one in leaflet.questions()]
    assert numbers == [*range(1, 12), 13, 14, 15]  # not 12: pages differ on make-up


def test_nothing_disputed_is_asked() -> None:
    for one in leaflet.questions():
        words = f"{one.question_fr} {one.question_en}".lower()
        assert "maquill" not in words
        assert "make-up" not in words
        if "assurance" in words:
            assert "esthétique" in words  # whether pain sessions are reimbursed is disputed


def test_every_question_is_whole_in_both_languages_and_sourced() -> None:
    for one in leaflet.questions():
        assert len(one.answers_fr) == len(one.answers_en) >= 2, one.number
        assert 0 <= one.right < len(one.answers_fr)
        assert one.question_fr
        assert one.question_en
        assert one.why_fr
        assert one.why_en
        assert one.cited
        assert all(cited.code in shipped_sources() and cited.at for cited in one.cited)
