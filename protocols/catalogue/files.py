"""The shipped catalogue as it stands in the files, before any database."""

import hashlib
import json
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
TERMS = ("kinds", "sources", "indications", "zones", "products", "contraindications")
LISTS = ("contraindications", "care", "reactions", "alerts", "values")

Table = dict[str, Any]


@dataclass(frozen=True)
class Sheet:
    """One protocol file, with the leaflets that it includes written out."""

    slug: str
    content: Table

    @cached_property
    def content_hash(self) -> str:
        """The same for the same content, whatever the order or the spacing of the file."""
        text = json.dumps(self.content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Catalogue:
    """`terms` by kind of term and code; `sheets` in the order of their file names."""

    terms: dict[str, dict[str, Table]]
    sheets: tuple[Sheet, ...]


def read(folder: Path = FOLDER) -> Catalogue:
    leaflets = _table(folder / "shared" / "leaflets.toml")
    consents = _table(folder / "shared" / "consents.toml")
    paths = sorted((folder / "protocols").glob("*.toml"))
    return Catalogue(
        terms={name: _table(folder / "shared" / f"{name}.toml") for name in TERMS},
        sheets=tuple(_sheet(path, leaflets, consents) for path in paths),
    )


def table(name: str) -> Table:
    """One of the files that protocols share, as it is shipped."""
    return _table(FOLDER / "shared" / f"{name}.toml")


def _table(path: Path) -> Table:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _sheet(path: Path, leaflets: Table, consents: Table) -> Sheet:
    """What a protocol says itself comes after what it includes."""
    content = _table(path)
    paragraphs = [consents[name] for name in content.pop("consent", [])]
    for language in ("fr", "en"):
        content[f"consent_{language}"] = "\n\n".join(said[language] for said in paragraphs)
    included = [leaflets[name] for name in content.pop("include", [])]
    for name in LISTS:
        shared = [row for leaflet in included for row in leaflet.get(name, [])]
        content[name] = shared + content.get(name, [])
    return Sheet(slug=content["slug"], content=content)
