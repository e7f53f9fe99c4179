"""Compiles message catalogues without the gettext tools."""

from collections.abc import Iterator
from pathlib import Path


def stale(locale_folder: Path) -> Iterator[Path]:
    """The .po files that have no .mo, or an older one."""
    for source in sorted(locale_folder.glob("*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            yield source


def compile_catalogue(source: Path) -> None:
    """Writes beside, then renames: a reader never sees half a file."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as text:
        catalogue = read_po(text, locale=source.parent.parent.name)
    half_done = source.with_suffix(".mo.part")
    with half_done.open("wb") as binary:
        write_mo(binary, catalogue)
    half_done.replace(source.with_suffix(".mo"))
