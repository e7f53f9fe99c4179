"""What a scanner types when it reads a box: GS1 element strings, bracketed or raw.

`(01)03401234567890(17)270331(10)ML24-08` and `]d201034012345678901727033110ML24-08` say the same.
A field of free length ends at the group separator or at the end. See the GS1 General
Specifications, sections 3 and 7.8.
"""

import calendar
import datetime as dt
import re
from dataclasses import dataclass

SEPARATORS = re.compile("[\x1d\u241d]")  # FNC1 as scanners send it, and as it is drawn
SYMBOLOGY = re.compile(r"^\](?:d2|C1|Q3|e0|J1)")
BRACKETED = re.compile(r"\((\d{2,4})\)([^(]*)")
FIXED = {"00": 18, "01": 14, "02": 14, "11": 6, "12": 6, "13": 6, "15": 6, "16": 6, "17": 6}
FREE = {"10": 20, "21": 20, "22": 20, "30": 8, "37": 8}
FREE_LONG = {"240": 30, "241": 30, "250": 30, "710": 20, "711": 20, "712": 20, "713": 20, "714": 20}
GTIN, USE_BY, LOT, SERIAL = "01", "17", "10", "21"
CENTURY = 2000  # nothing in a cupboard was to be used before 2000


@dataclass(frozen=True)
class Scan:
    """`gtin` has 14 digits, its check digit right."""

    gtin: str = ""
    lot: str = ""
    expires_on: dt.date | None = None
    serial: str = ""


def parse(text: str) -> Scan | None:
    """What is written in the code; None where it is no GS1 code, or was misread."""
    text = SYMBOLOGY.sub("", text.strip(" \t\r\n"))
    fields = _bracketed(text) if text.startswith("(") else _raw(text)
    if fields is None or not (fields.get(GTIN) or fields.get(LOT)):
        return None
    gtin, use_by = fields.get(GTIN, ""), fields.get(USE_BY, "")
    expires_on = _date(use_by) if use_by else None
    if (gtin and not is_gtin(gtin)) or (use_by and expires_on is None):
        return None
    return Scan(gtin, fields.get(LOT, ""), expires_on, fields.get(SERIAL, ""))


def is_gtin(digits: str) -> bool:
    """Fourteen digits of which the last is the check digit of the others."""
    if not re.fullmatch(r"[0-9]{14}", digits):
        return False
    weighed = sum(int(d) * (3 if place % 2 == 0 else 1) for place, d in enumerate(digits[:-1]))
    return (10 - weighed % 10) % 10 == int(digits[-1])


def spellings(gtin: str) -> set[str]:
    """The same number as EAN-8, EAN-13 or UPC would be written: without leading zeros."""
    return {gtin[cut:] for cut in range(7) if set(gtin[:cut]) <= {"0"}}


def fourteen(digits: str) -> str:
    """A GTIN of any length as it is kept, with leading zeros; empty where it is none."""
    digits = digits.strip()
    return digits.zfill(14) if digits and is_gtin(digits.zfill(14)) else ""


def _bracketed(text: str) -> dict[str, str] | None:
    found = BRACKETED.findall(SEPARATORS.sub("", text))
    if "".join(f"({name}){value}" for name, value in found) != SEPARATORS.sub("", text):
        return None
    return {name: value.strip() for name, value in found}


def _raw(text: str) -> dict[str, str] | None:
    """One field after another; None as soon as a part is none that we know."""
    fields: dict[str, str] = {}
    while text := text.lstrip("\x1d\u241d"):
        taken = _next(text)
        if taken is None:
            return None
        name, value, text = taken
        fields.setdefault(name, value)
    return fields


def _next(text: str) -> tuple[str, str, str] | None:
    two, three = text[:2], text[:3]
    if two in FIXED:
        value, rest = text[2 : 2 + FIXED[two]], text[2 + FIXED[two] :]
        return (two, value, rest) if value.isdecimal() and len(value) == FIXED[two] else None
    name, longest = (two, FREE[two]) if two in FREE else (three, FREE_LONG.get(three, 0))
    value = SEPARATORS.split(text[len(name) :], maxsplit=1)[0]
    if not value or len(value) > longest:
        return None
    return name, value, text[len(name) + len(value) :]


def _date(digits: str) -> dt.date | None:
    """YYMMDD; day 00 is the last of the month."""
    if not re.fullmatch(r"[0-9]{6}", digits):
        return None
    year, month, day = CENTURY + int(digits[:2]), int(digits[2:4]), int(digits[4:])
    try:
        return dt.date(year, month, day or calendar.monthrange(year, month)[1])
    except (ValueError, calendar.IllegalMonthError):
        return None
