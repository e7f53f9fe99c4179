"""Data into a PDF by one of the templates in templates/documents: A4, tagged, its fonts inside.

What a paper says comes as data, never as Typst source: nothing that somebody typed can be markup.
"""

import datetime as dt
import json
from dataclasses import asdict
from functools import cache
from typing import Any

import typst
from django.conf import settings

from clinic.papers import glyphs

ROUNDS = 4  # each names every letter that it met; what stands in their place is drawn
FOLDER = settings.BASE_DIR / "templates" / "documents"


def pdf(template: str, paper: Any, *, now: dt.datetime) -> bytes:
    """`paper` is a dataclass; the template reads it as `sys.inputs.paper`.

    PDF/UA-1 forbids a sign that no font can draw: in its place stands what `glyphs` says. Whatever
    else may be wrong is still printed, in a file that is tagged but does not claim the standard.
    """
    said = json.dumps(asdict(paper), default=str, ensure_ascii=False)
    for _round in range(ROUNDS):
        try:
            return _compiled(template, said, now=now, standards=["ua-1"])
        except typst.TypstError as error:
            letters = glyphs.undrawn(error.diagnostic)
            if not letters:
                break
            said = glyphs.replaced(said, letters)
    return _compiled(template, said, now=now, standards=[])


def _compiled(template: str, said: str, *, now: dt.datetime, standards: list[Any]) -> bytes:
    return typst.compile(
        FOLDER / template,
        root=FOLDER,
        font_paths=fonts(),
        sys_inputs={"paper": said},
        pdf_standards=standards,
        timestamp=now.astimezone(dt.UTC).replace(microsecond=0),
        format="pdf",
    )


@cache
def fonts() -> typst.Fonts:
    """Typst's own, and the machine's for the names that are written in other scripts: read once."""
    return typst.Fonts(include_system_fonts=True)
