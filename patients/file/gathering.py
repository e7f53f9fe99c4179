"""Read a file: one query for each table, whatever it holds, then the rows put into each other."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model

from patients.file.columns import Column, Table
from patients.models import Patient

LANGUAGES = ("fr", "en")


@dataclass(frozen=True)
class Row:
    """Values by key, as the database gave them; the rows that belong to it by table."""

    table: Table
    values: dict[str, Any]
    children: dict[str, list["Row"]] = field(default_factory=dict)


Gathered = dict[str, list[Row]]


def gather(tables: Sequence[Table], patient: Patient, *, language: str) -> Gathered:
    """The rows of each table, in the order in which they were written."""
    people = names_of_people()
    read = {id(t): list(rows_of(t, patient, language, people)) for top in tables for t in top.all()}
    return {table.key: nested(table, read)[None] for table in tables}


def rows_of(
    table: Table, patient: Patient, language: str, people: dict[int, str]
) -> Iterator[tuple[int, int | None, Row]]:
    """Key, key of the row it belongs to, and the row."""
    paths = dict.fromkeys(path for column in table.columns for path in paths_of(column))
    columns = [*paths, *([table.parent] if table.parent else [])]
    found = table.model._default_manager.filter(**{table.owner: patient.pk}).order_by("pk")
    if table.key == "holds":
        found = found.filter(answer__isnull=True)
    elif table.parent:
        found = found.filter(**{f"{table.parent}__isnull": False})
    for values in found.values("pk", *columns):
        row = {c.key: value_of(c, values, language, people) for c in table.columns}
        parent = values[table.parent] if table.parent else None
        yield values["pk"], parent, Row(table, row)


def paths_of(column: Column) -> tuple[str, ...]:
    if column.is_translated:
        return tuple(f"{column.path}_{language}" for language in LANGUAGES)
    return (column.path,)


def value_of(column: Column, values: dict[str, Any], language: str, people: dict[int, str]) -> Any:
    if column.is_translated:
        first = LANGUAGES[0]
        return values[f"{column.path}_{language}"] or values[f"{column.path}_{first}"]
    value = values[column.path]
    return people.get(value, "") if column.is_person else value


def nested(
    table: Table, read: dict[int, list[tuple[int, int | None, Row]]]
) -> dict[Any, list[Row]]:
    """The rows of a table by the row they belong to, each with its own."""
    below = {child.key: nested(child, read) for child in table.children}
    by_parent: dict[Any, list[Row]] = defaultdict(list)
    for key, parent, row in read[id(table)]:
        for name, rows in below.items():
            row.children[name] = rows.get(key, [])
        by_parent[parent].append(row)
    return by_parent


def names_of_people() -> dict[int, str]:
    """Everybody who ever worked here: one short query. An address is no name, and stays inside."""
    people = get_user_model()._default_manager.values_list("pk", "first_name", "last_name")
    return {pk: f"{first} {last}".strip() for pk, first, last in people}


def as_plain(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """As JSON says it: every key in every row, times in UTC, empty text where nothing stands."""
    return [
        {key: plain(value) for key, value in row.values.items()}
        | {name: as_plain(below) for name, below in row.children.items()}
        for row in rows
    ]


def plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if value is None or isinstance(value, bool | int | float | str | list | dict):
        return value
    return str(value)
