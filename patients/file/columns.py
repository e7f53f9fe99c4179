"""How a file says what is in it: tables and columns, by the name that stands in the JSON.

Names are FHIR's where FHIR has one (docs/words.md), else our own in the same spelling. They are
part of a format that others read (docs/file-format.md): a new one may come, none changes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Field, Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from patients.charts import Words


@dataclass(frozen=True)
class Column:
    """`key` in the JSON, `path` from the model. `label` where the model's own name is none.

    `is_technical`: for machines, left out of what is printed. `is_person`: the key of a user.
    `is_translated`: the path stands once for each language.
    """

    key: str
    path: str
    label: str | Promise = ""
    words: Words | None = None
    is_technical: bool = False
    is_person: bool = False
    is_translated: bool = False
    is_money: bool = False


@dataclass(frozen=True)
class Table:
    """`owner` leads to the patient, `parent` to the row that these belong to."""

    key: str
    title: str | Promise
    model: type[Model]
    owner: str
    columns: tuple[Column, ...]
    parent: str = ""
    children: tuple["Table", ...] = ()
    is_technical: bool = False

    def all(self) -> Iterator["Table"]:
        yield self
        for child in self.children:
            yield from child.all()


def text(key: str, path: str = "", label: str | Promise = "", **options: Any) -> Column:
    return Column(key, path or key, label, **options)


def machine(key: str, path: str = "") -> Column:
    return Column(key, path or key, is_technical=True)


def person(key: str, path: str, label: str | Promise) -> Column:
    return Column(key, path, label, is_person=True)


def identifier(path: str = "public_id") -> Column:
    return machine("id", path)


def protocol_columns(path: str = "protocol") -> tuple[Column, ...]:
    return (
        Column("protocol", f"{path}__name", _("Protocol"), is_translated=True),
        machine("protocolId", f"{path}__slug"),
        text("protocolVersion", f"{path}__version", _("Version")),
    )


def field_of(model: type[Model], path: str) -> "Field[Any, Any]":
    """The field at the end of a path."""
    *steps, last = path.split("__")
    for step in steps:
        model = model._meta.get_field(step).related_model  # type: ignore[assignment]
    return model._meta.get_field(last)  # type: ignore[return-value]
