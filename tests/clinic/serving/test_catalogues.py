"""Message catalogues compile without gettext tools, and only when their text is newer."""

import gettext
import os
from pathlib import Path

from clinic.serving import catalogues

TEXT = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "desk"
msgstr "l’accueil"
"""


def catalogue(folder: Path) -> Path:
    source = folder / "fr" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(TEXT, encoding="utf-8")
    return source


def test_compiles_what_is_stale_once(tmp_path: Path) -> None:
    source = catalogue(tmp_path)
    assert list(catalogues.stale(tmp_path)) == [source]
    catalogues.compile_catalogue(source)
    assert list(catalogues.stale(tmp_path)) == []
    assert gettext.translation("django", tmp_path, ["fr"]).gettext("desk") == "l’accueil"


def test_a_newer_text_is_stale_again(tmp_path: Path) -> None:
    source = catalogue(tmp_path)
    catalogues.compile_catalogue(source)
    later = source.with_suffix(".mo").stat().st_mtime + 1
    os.utime(source, (later, later))
    assert list(catalogues.stale(tmp_path)) == [source]
