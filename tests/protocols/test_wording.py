from collections.abc import Iterator

import pytest
from django.utils import translation

from protocols import wording
from protocols.models import CareInstruction, Step
from protocols.planning import Duration, Gap
from protocols.timeline import Timeline, reaches
from tests.protocols.making import make_draft


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def gap(least: str, ideal: str, most: str) -> Gap:
    return Gap(*(Duration.parse(text) for text in (least, ideal, most)))


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("P2W", "P3W", "P4W"), "2 to 4 weeks (ideally 3 weeks)"),
        (("P2W", "P2W", "P1M"), "2 weeks to 1 month (ideally 2 weeks)"),
        (("P6D", "P1W", "P8D"), "6 to 8 days (ideally 1 week)"),
        (("P1M", "P1M", "P1M"), "1 month"),
        (("P6M", "P6M", "P1Y"), "6 months to 1 year (ideally 6 months)"),
    ],
)
def test_a_gap_in_words(texts: tuple[str, str, str], expected: str) -> None:
    assert wording.gap(gap(*texts)) == expected


def test_no_gap_says_nothing() -> None:
    assert wording.gap(None) == ""


def steps(*gaps: tuple[str, str, str], our_part: str = "") -> list[Step]:
    first = Step(number=1)
    rest = [
        Step(number=n, gap_min=a, gap_ideal=b, gap_max=c, our_part=our_part)
        for n, (a, b, c) in enumerate(gaps, start=2)
    ]
    return [first, *rest]


def test_the_rhythm_of_a_phase() -> None:
    assert wording.rhythm(steps(*[("P2W", "P3W", "P4W")] * 3)) == "4 × 2–4 weeks"
    assert wording.rhythm(steps(*[("P2W", "P2W", "P1M")] * 2)) == "3 × 2 weeks – 1 month"
    assert wording.rhythm(steps()) == "1"


def test_the_rhythm_tells_the_figure_of_the_source_where_the_margin_is_ours() -> None:
    weekly, fortnightly = ("P6D", "P1W", "P8D"), ("P12D", "P2W", "P16D")
    rows = steps(*[weekly] * 3, *[fortnightly] * 4, our_part="window")
    assert wording.rhythm(rows) == "4 × 1 week + 4 × 2 weeks"


def test_a_rhythm_of_many_gaps_is_told_by_its_window() -> None:
    growing = [("P4W", f"P{n}W", "P12W") for n in range(6, 13)]
    assert wording.rhythm(steps(*growing, our_part="ideal")) == "8 × 4–12 weeks"


@pytest.mark.parametrize(
    ("phase", "hours_from", "hours_until", "expected"),
    [
        ("before", -48, 0, "in the 48 hours before"),
        ("before", None, 0, "before the visit"),
        ("before", 0, 0, "on arrival"),
        ("before", -72, -24, "from 3 days to 24 hours before"),
        ("after", 0, 24, "for 24 hours"),
        ("after", 0, 168, "for 7 days"),
        ("after", 0, None, "after the visit"),
        ("after", 24, 72, "from 24 hours to 3 days after"),
    ],
)
def test_when_an_instruction_holds(
    phase: str, hours_from: int | None, hours_until: int | None, expected: str
) -> None:
    rule = CareInstruction(phase=phase, hours_from=hours_from, hours_until=hours_until)
    assert wording.when(rule) == expected


@pytest.mark.parametrize(
    ("least", "most", "expected"),
    [
        (12, 48, "12 to 48 hours"),
        (0, 48, "up to 48 hours"),
        (72, 96, "3 to 4 days"),
        (24, 72, "24 hours to 3 days"),
        (None, None, ""),
        (None, 24, "up to 24 hours"),
    ],
)
def test_how_long_a_reaction_lasts(least: int | None, most: int | None, expected: str) -> None:
    assert wording.hour_span(least, most) == expected


def test_the_season_in_words() -> None:
    assert wording.season(11, 4) == "from November to April"
    assert wording.season(None, None) == ""


@pytest.mark.django_db
def test_the_reach_of_a_step_adds_up_the_gaps_before_it() -> None:
    draft = make_draft(gaps=[("P2W", "P3W", "P4W"), ("P2W", "P3W", "P1M")])
    found = [(r.step.number, r.earliest, r.due, r.latest) for r in reaches(draft)]
    assert found == [(1, 0, 0, 0), (2, 14, 21, 28), (3, 28, 42, 58)]  # 29 January + a month


@pytest.mark.django_db
def test_the_timeline_draws_a_bar_a_step_inside_its_frame() -> None:
    draft = make_draft(gaps=[("P2W", "P3W", "P4W"), ("P2W", "P3W", "P4W")])
    timeline = Timeline(draft)
    assert [bar.number for bar in timeline.bars] == [1, 2, 3]
    assert [(bar.x, bar.due_x, bar.x + bar.width) for bar in timeline.bars[1:]] == [
        (176.0, 246.0, 316.0),
        (316.0, 456.0, 596.0),
    ]
    assert [tick.label for tick in timeline.ticks][:3] == ["0 wk", "1 wk", "2 wk"]
    assert max(tick.x for tick in timeline.ticks) <= 596


@pytest.mark.django_db
def test_a_long_series_has_ticks_by_the_month() -> None:
    draft = make_draft(gaps=[("P3M", "P4M", "P6M")] * 3)
    assert [tick.label for tick in Timeline(draft).ticks] == [f"{n} mo" for n in range(0, 17, 2)]
