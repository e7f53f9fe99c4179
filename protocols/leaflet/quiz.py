"""Questions on what the pages say. Nothing is counted and nothing is kept: each says its why."""

import tomllib
from dataclasses import dataclass
from functools import cache

from protocols.leaflet.cited import Cited
from protocols.leaflet.rules import FOLDER
from protocols.translated import Translated, active_language


@dataclass(frozen=True)
class Question:
    """`right` is a place in `answers`, from 0."""

    number: int
    question_fr: str
    question_en: str
    answers_fr: tuple[str, ...]
    answers_en: tuple[str, ...]
    right: int
    why_fr: str
    why_en: str
    cited: tuple[Cited, ...]

    question = Translated("question")
    why = Translated("why")

    @property
    def answers(self) -> tuple[str, ...]:
        return self.answers_en if active_language() == "en" else self.answers_fr

    @property
    def right_answer(self) -> str:
        return self.answers[self.right]


@cache
def questions() -> tuple[Question, ...]:
    tables = tomllib.loads((FOLDER / "quiz.toml").read_text(encoding="utf-8"))["questions"]
    return tuple(
        Question(
            table["number"],
            table["question_fr"],
            table["question_en"],
            tuple(table["answers_fr"]),
            tuple(table["answers_en"]),
            table["right"] - 1,
            table["why_fr"],
            table["why_en"],
            tuple(Cited.of_table(row) for row in (table, *table.get("also", ()))),
        )
        for table in tables
    )
