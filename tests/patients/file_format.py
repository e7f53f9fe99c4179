"""Writes docs/file-format.md from the tables themselves."""

from collections.abc import Iterator

from django.db.models import (
    BooleanField,
    DateField,
    DateTimeField,
    DecimalField,
    IntegerField,
    JSONField,
)

from clinic.papers.file import FORMAT, TABLES, VERSION
from patients.file.columns import Column, Table, field_of

HEAD = f"""# The file of a patient, as JSON

What a patient, or whoever they name, receives to use elsewhere: `file.json`, alone or in
`file.zip` beside `file.pdf` and the photos (`photos/<id>.jpg`, by the `id` that stands here).

- UTF-8. `format` is `{FORMAT}`, `version` is {VERSION}. Within a version a key may be
  added; none is renamed, and none changes its meaning.
- Every key stands in every row. Nothing known is `null`, or empty text, or an empty list.
- Times are UTC in ISO 8601 (`2026-03-02T07:00:00Z`), days are `2026-03-02`, money is whole euro
  cents, tax included. Texts are as they were typed. Codes are ours, and FHIR's where FHIR has them.
- `generated` is when the file was made; `language` is that of the names of protocols and questions.
- Names of people who work here stand as text; their addresses do not leave the house.

Left out: the stock of the clinic (what of it was used is copied into `used`), and the names under
which files are stored. The PDF says the same in words, but for what is marked *JSON only*, and
counts the openings of the file by day and person.

"""
KINDS = (
    (DateTimeField, "time"),
    (DateField, "day"),
    (BooleanField, "true or false"),
    (DecimalField, "number"),
    (IntegerField, "whole number"),
)


def document() -> str:
    return HEAD + "\n\n".join("\n".join(lines_of(table)) for table in TABLES) + "\n"


def lines_of(table: Table, path: str = "") -> Iterator[str]:
    here = f"{path}{table.key}" if table.key == "patient" else f"{path}{table.key}[]"
    only = " *JSON only*" if table.is_technical else ""
    yield f"## `{here}` · {table.model.__name__}{only}\n"
    yield "| key | what | kind |"
    yield "|---|---|---|"
    for column in table.columns:
        field = field_of(table.model, source(column))
        name = f"{field.model.__name__}.{field.name}"
        name += " *JSON only*" if column.is_technical else ""
        yield f"| `{column.key}` | {name} | {kind(column, field)} |"
    for child in table.children:
        yield ""
        yield from lines_of(child, f"{here}.")


def source(column: Column) -> str:
    path = column.path.removesuffix("_id") if column.is_person else column.path
    return f"{path}_fr" if column.is_translated else path


def kind(column: Column, field: object) -> str:
    if column.is_person:
        return "name"
    if isinstance(field, JSONField):
        return "list of codes" if field.default is list else "object"
    if getattr(field, "choices", None):
        return "code: " + ", ".join(f"`{code}`" for code, _word in field.choices if code)  # type: ignore[attr-defined]
    return next((word for model, word in KINDS if isinstance(field, model)), "text")
