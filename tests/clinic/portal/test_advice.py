"""What to do before and after, on the clinic's clock."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.utils import translation

from clinic.models import Clinic
from clinic.portal import advice, moments
from clinic.portal.appointments import Shown, days_to
from protocols.models import CareInstruction, ExpectedReaction
from tests.factories import at

START, END = at("2026-03-10 14:00"), at("2026-03-10 14:30")


@pytest.fixture(autouse=True)
def french():
    with translation.override("fr"):
        yield


def visit(now: dt.datetime, start: dt.datetime = START, end: dt.datetime = END) -> Shown:
    clinic = Clinic(timezone="Europe/Paris")
    return Shown(SimpleNamespace(clinic=clinic, starts_at=start, ends_at=end), now)


def rule(phase: str, first: int | None, last: int | None) -> CareInstruction:
    return CareInstruction(phase=phase, hours_from=first, hours_until=last, text_fr="Ceci")


def told(line: advice.Line) -> tuple[str, str]:
    return line.when, line.left


@pytest.mark.parametrize(
    ("hours", "now", "said"),
    [
        ((0, 4), "2026-03-10 15:00", ("jusqu’à 18:30", "encore 4 h")),
        ((0, 4), "2026-03-10 18:20", ("jusqu’à 18:30", "encore 10 min")),
        ((0, 4), "2026-03-10 18:30", ("terminé", "")),
        ((0, 24), "2026-03-10 15:00", ("jusqu’à demain, 14:30", "encore 24 h")),
        ((0, 168), "2026-03-10 15:00", ("jusqu’à mardi 17 mars, 14:30", "encore 7 jours")),
        ((None, 24), "2026-03-09 09:00", ("jusqu’à mercredi 11 mars, 14:30", "")),  # not yet been
        ((24, 48), "2026-03-10 15:00", ("de demain, 14:30 à jeudi 12 mars, 14:30", "")),
        ((24, None), "2026-03-10 15:00", ("à partir de demain, 14:30", "")),
        ((0, None), "2026-03-10 15:00", ("", "")),
        ((None, None), "2026-03-10 15:00", ("", "")),
    ],
)
def test_after_a_visit_hours_count_from_its_end(hours, now, said) -> None:
    assert told(advice.after(rule("after", *hours), visit(at(now)))) == said


@pytest.mark.parametrize(
    ("hours", "now", "said"),
    [
        ((-48, 0), "2026-03-06 09:00", ("à partir de dimanche 8 mars, 14:00", "")),
        ((-48, 0), "2026-03-09 09:00", ("jusqu’à votre rendez-vous", "")),
        ((None, -24), "2026-03-09 09:00", ("jusqu’à 14:00", "encore 5 h")),
        ((0, 0), "2026-03-09 09:00", ("à l’arrivée", "")),
        ((None, 0), "2026-03-09 09:00", ("", "")),
    ],
)
def test_before_a_visit_hours_count_from_its_start(hours, now, said) -> None:
    assert told(advice.before(rule("before", *hours), visit(at(now)))) == said


@pytest.mark.parametrize(
    ("end", "until"),
    [("2026-03-28 14:30", "15:30"), ("2026-10-24 14:30", "13:30")],  # the clocks change at night
)
def test_a_day_is_24_real_hours_when_the_clocks_change(end, until) -> None:
    shown = visit(at(end), at(end) - dt.timedelta(minutes=30), at(end))
    assert advice.after(rule("after", 0, 24), shown).when == f"jusqu’à demain, {until}"


def test_what_is_over_stands_last_and_what_two_sources_say_stands_once() -> None:
    over, open_one = advice.Line("a", is_over=True), advice.Line("b")
    assert advice.once([over, open_one, open_one]) == (open_one, over)


def test_a_usual_reaction_says_until_when_after_the_visit_alone() -> None:
    usual = ExpectedReaction(text_fr="Rougeur", hours_min=12, hours_max=48)
    assert advice.reaction(usual, visit(at("2026-03-10 15:00"))).when == (
        "en général jusqu’à jeudi 12 mars, 14:30"
    )
    assert advice.reaction(usual, visit(at("2026-03-09 15:00"))).when == ""


def test_what_is_left_is_rounded_up_and_far_away_it_is_not_counted() -> None:
    now = at("2026-03-10 09:00")
    rests = [dt.timedelta(seconds=30), dt.timedelta(minutes=61), dt.timedelta(hours=49)]
    assert [moments.left(now + rest, now=now) for rest in rests] == [
        "encore 1 min",
        "encore 2 h",
        "encore 3 jours",
    ]
    assert moments.left(now + dt.timedelta(days=15), now=now) == ""


def test_days_to_a_visit_in_words() -> None:
    today = dt.date(2026, 3, 10)
    assert [days_to(today + dt.timedelta(days=n), today=today) for n in (0, 1, 2)] == [
        "aujourd’hui",
        "demain",
        "dans 2 jours",
    ]
