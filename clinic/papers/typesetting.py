"""Data into a PDF by one of the templates in templates/documents: A4, tagged, its fonts inside.

What a paper says comes as data, never as Typst source: nothing that somebody typed can be markup.
"""

import datetime as dt
import json
from dataclasses import asdict
from typing import Any

import typst
from django.conf import settings

from clinic.papers.documents import fonts

FOLDER = settings.BASE_DIR / "templates" / "documents"


def pdf(template: str, paper: Any, *, now: dt.datetime) -> bytes:
    """`paper` is a dataclass; the template reads it as `sys.inputs.paper`.

    PDF/UA-1 forbids a sign that no font can draw. A name in such a script is still printed, in a
    file that is tagged but does not claim the standard.
    """
    said = json.dumps(asdict(paper), default=str)
    try:
        return _compiled(template, said, now=now, standards=["ua-1"])
    except typst.TypstError:
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
