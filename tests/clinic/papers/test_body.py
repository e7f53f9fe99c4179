"""Every place that a record can name is drawn once, and the two sides are each other's mirror."""

import pytest

from clinic.papers import body
from patients import charts

WORDS = {"face": charts.FACE, "front": charts.BODY_FRONT, "back": charts.BODY_BACK}


@pytest.mark.parametrize("code", WORDS)
def test_every_place_of_a_chart_is_drawn(code: str) -> None:
    assert [area.code for area in body.chart(code).areas] == list(WORDS[code])


def test_the_other_side_is_the_same_path_mirrored() -> None:
    drawn = {area.code: area for area in body.chart("face").areas}
    right, left = drawn["cheek-right"], drawn["cheek-left"]
    assert (right.path, right.mirrored, left.mirrored) == (left.path, False, True)


def test_no_path_is_drawn_for_two_places() -> None:
    drawn = [(a.path, a.mirrored) for code in WORDS for a in body.chart(code).areas]
    assert len(set(drawn)) == len(drawn) == len(charts.PLACES)


def test_what_is_chosen_is_marked() -> None:
    assert [area.code for area in body.chart("back", {"heel-left", "chin"}).chosen] == ["heel-left"]
