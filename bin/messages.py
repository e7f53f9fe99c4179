#!/usr/bin/env python3
"""Collects the texts to translate into locale/*/LC_MESSAGES/django.po and compiles them."""

import io
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_python
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from clinic.serving.catalogues import compile_catalogue  # noqa: E402  after the path is set

SOURCES = ("clinic", "patients", "protocols", "templates")
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def extract_template(
    file: BinaryIO, keywords: Mapping[str, Any], tags: list[str], options: dict[str, Any]
) -> Iterator[Any]:
    """Django turns a template into calls of gettext among blanked text; the rest is Python's."""
    calls = templatize(file.read().decode())
    # Indented markup is no indented code.
    unindented = "\n".join(line.strip() for line in calls.splitlines())
    return extract_python(io.BytesIO(unindented.encode()), keywords, tags, options)


def collect() -> Catalog:
    found = Catalog(charset="utf-8")
    methods = [
        ("**.py", extract_python),
        ("**.html", extract_template),
        ("**.txt", extract_template),
    ]
    for folder in SOURCES:
        for _file, _line, message, comments, context in extract_from_dir(
            ROOT / folder, methods, keywords=KEYWORDS, comment_tags=("Translators:",)
        ):
            found.add(message, auto_comments=comments, context=context)
    return found


def update(source: Path, found: Catalog) -> int:
    """Keeps what is translated, drops what nothing says any more; the number still to translate."""
    language = source.parent.parent.name
    kept = Catalog(locale=language, charset="utf-8")
    if source.exists():
        with source.open("rb") as text:
            kept = read_po(text, locale=language)
    created = kept.creation_date
    kept.update(found, no_fuzzy_matching=True)
    kept.creation_date = created  # else each run would change the file
    kept.header_comment, kept.fuzzy = f"# The texts in {language}.", False
    source.parent.mkdir(parents=True, exist_ok=True)
    with source.open("wb") as text:
        write_po(text, kept, omit_header=False, sort_output=True, ignore_obsolete=True, width=100)
    compile_catalogue(source)
    return sum(1 for each in kept if each.id and not each.string)


def main() -> None:
    settings.configure(USE_I18N=True)
    found = collect()
    languages = sorted(each.name for each in (ROOT / "locale").iterdir() if each.is_dir())
    for language in languages or ["fr"]:
        missing = update(ROOT / "locale" / language / "LC_MESSAGES" / "django.po", found)
        print(f"· {language}: {len(found)} texts, {missing} to translate")


if __name__ == "__main__":
    main()
