"""Scores of 0 to 10 over the sessions of a course: plain geometry, no database.

Lines differ by shape and dash as well as by colour; the table beside them says the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

WIDTH, HEIGHT = 560, 150
LEFT, RIGHT, TOP, BOTTOM = 28, 14, 12, 24
HIGHEST = 10
RULES = (0, 5, 10)  # the scores that get a line across

Scores = Sequence[tuple[int, int | None]]  # (number of the session, score)


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    number: int
    score: int


@dataclass(frozen=True)
class Line:
    """`code` names its colour and shape in the stylesheet."""

    code: str
    label: str | Promise
    points: tuple[Point, ...]

    @property
    def path(self) -> str:
        return " ".join(f"{point.x:.1f},{point.y:.1f}" for point in self.points)


@dataclass(frozen=True)
class Chart:
    width: int
    height: int
    lines: tuple[Line, ...]
    numbers: tuple[tuple[float, int], ...]  # (x, number of the session)
    rules: tuple[tuple[float, int], ...]  # (y, score)
    left: int = LEFT

    @property
    def right(self) -> int:
        return self.width - RIGHT


def draw(series: Sequence[tuple[str, str | Promise, Scores]]) -> Chart | None:
    """One line for each (code, label, scores); None where nobody gave a score."""
    numbers = sorted({number for _code, _label, scores in series for number, _score in scores})
    lines = tuple(_line(code, label, scores, numbers) for code, label, scores in series)
    if not any(line.points for line in lines):
        return None
    return Chart(
        WIDTH,
        HEIGHT,
        tuple(line for line in lines if line.points),
        tuple((_x(number, numbers), number) for number in numbers),
        tuple((_y(score), score) for score in RULES),
    )


def _line(code: str, label: str | Promise, scores: Scores, numbers: Sequence[int]) -> Line:
    points = (
        Point(_x(number, numbers), _y(score), number, score)
        for number, score in scores
        if score is not None
    )
    return Line(code, label, tuple(points))


def _x(number: int, numbers: Sequence[int]) -> float:
    steps = max(len(numbers) - 1, 1)
    return LEFT + 12 + (WIDTH - LEFT - RIGHT - 24) * numbers.index(number) / steps


def _y(score: int) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (HIGHEST - score) / HIGHEST
