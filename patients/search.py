"""Finding a patient however the name, number or birth date is typed.

One scan over `search_text` with `LIKE '% word%'`, the same on both engines: no table of words to
keep in step and no extension to install: docs/decisions/0008. About 30 ms among 100,000 patients.
"""

from dataclasses import dataclass

from django.db.models import Case, Count, Q, QuerySet, Value, When, Window

from patients.models import Patient
from patients.typed import LONGEST_QUERY, Alternatives, read

__all__ = ["LONGEST_QUERY", "Found", "find", "first", "is_too_short"]

SHORTEST = 2


@dataclass(frozen=True)
class Found:
    """The first of the patients found, and how many there are in all."""

    ids: list[int]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.ids)


def find(query: str) -> QuerySet[Patient]:
    """The patients for whom everything typed is the beginning of some word.

    Names that begin as typed come first. That also keeps SQLite from walking the index of names row
    by row, which takes five times as long as one plain scan.
    """
    items = read(query)
    if not items:
        return Patient.objects.none()
    found = Patient.objects.all()
    for item in items:
        found = found.filter(_beginning(item, is_alone=len(items) == 1))
    begins = Case(When(sort_text__startswith=items[0][0], then=Value(0)), default=Value(1))
    return found.order_by(begins, "sort_text", "id")


def first(query: str, *, limit: int) -> Found:
    """One query: the ids of the best and the count of all."""
    everyone = Window(Count("*"))
    rows = list(find(query).annotate(everyone=everyone).values_list("pk", "everyone")[:limit])
    return Found([pk for pk, _ in rows], rows[0][1] if rows else 0)


def is_too_short(query: str) -> bool:
    """One letter is no beginning to search by: it only finds a name of that one letter."""
    items = read(query)
    return len(items) == 1 and all(map(_is_short, items[0]))


def _is_short(word: str) -> bool:
    return len(word) < SHORTEST and word.isascii()


def _beginning(item: Alternatives, *, is_alone: bool) -> Q:
    condition = Q()
    for word in item:
        end = " " if is_alone and _is_short(word) else ""
        condition |= Q(search_text__contains=f" {word}{end}")
    return condition
