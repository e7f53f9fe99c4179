"""Tables for a spreadsheet: UTF-8 with its mark, semicolons, and no cell that could be a formula.

A text that begins like a formula gets an apostrophe before it, which spreadsheets take for "this is
text". Numbers stay numbers, and a phone number from abroad begins with 00 instead of a plus.
"""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, TypeAlias

from django.utils import formats, timezone, translation
from phonenumber_field.phonenumber import PhoneNumber

from clinic.templatetags.people import dialled

BOM = "\ufeff"
# Also their full-width forms, which some spreadsheets take for the plain ones.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Cell: TypeAlias = Any  # a text, a number, a date, a phone number, or nothing


def lines(header: Iterable[str], rows: Iterable[Iterable[Cell]], *, language: str) -> Iterator[str]:
    """Line by line: an export of any length keeps one line in memory.

    It runs when the response is sent, after the request's language ended.
    """
    yield BOM + _line(map(safe, header))
    coming = iter(rows)
    while True:
        with translation.override(language):
            row = next(coming, None)
            line = "" if row is None else _line(map(written, row))
        if row is None:
            return
        yield line


def written(cell: Cell) -> str:
    if isinstance(cell, PhoneNumber):
        return dialled(cell).replace("+", "00 ", 1)
    if isinstance(cell, dt.datetime):
        return f"{cell:%d/%m/%Y %H:%M}"
    if isinstance(cell, dt.date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, int | Decimal):
        return formats.localize_input(cell)
    return safe(cell or "")


def safe(text: str) -> str:
    """`=1+1` becomes `'=1+1`, also behind spaces that a spreadsheet would strip."""
    return f"'{text}" if text.lstrip(" \u00a0").startswith(FORMULA) else text


def in_zone(at: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    return timezone.localtime(at, zone)


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerow(list(cells))
    return out.getvalue()
