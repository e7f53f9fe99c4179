"""Where a sentence of the leaflet stands: a source, and the line in it."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Self

from protocols.catalogue import files
from protocols.models import Source
from protocols.models.source import Sourced
from protocols.translated import Translated

OURS = Source.Kind.OURS.value


@dataclass(frozen=True)
class Cited:
    """`at` is the line; `kind` is one of `Source.Kind`."""

    code: str
    kind: str
    title_fr: str
    title_en: str
    address: str
    at: str

    title = Translated("title")

    @classmethod
    def of_row(cls, row: Sourced) -> Self:
        """Of a rule in the database, its source fetched with it."""
        source = row.source
        return cls(
            source.code, source.kind, source.title_fr, source.title_en, source.link, row.locator
        )

    @classmethod
    def of_table(cls, table: files.Table) -> Self:
        """Of a rule in a shipped file."""
        source = shipped_sources()[table["source"]]
        return cls(
            table["source"],
            source["kind"],
            source["title_fr"],
            source["title_en"],
            source.get("address", ""),
            table.get("at", ""),
        )

    @property
    def is_ours(self) -> bool:
        return self.kind == OURS


@dataclass(frozen=True)
class Stated:
    """A sentence and where it comes from."""

    text_fr: str
    text_en: str
    cited: Cited

    text = Translated("text")

    @classmethod
    def of_row(cls, row: Any) -> "Stated":
        return Stated(row.text_fr, row.text_en, Cited.of_row(row))

    @classmethod
    def of_table(cls, table: files.Table) -> "Stated":
        return Stated(table["text_fr"], table["text_en"], Cited.of_table(table))


@cache
def shipped_sources() -> dict[str, files.Table]:
    return files.table("sources")
