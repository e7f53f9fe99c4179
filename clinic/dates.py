"""Dates as they are written: Django's formats, and the French "1er" that they lack."""

import datetime as dt
import re

from django.utils import formats
from django.utils.translation import get_language

DAY_BEFORE_MONTH = re.compile(r"(?<!\\)j(?= [FNEbM])")


def written(at: dt.date, pattern: str) -> str:
    """`at` by one of Django's patterns: mardi 1er décembre 2026, and not «mardi 1 décembre»."""
    pattern = formats.get_format(pattern)
    if at.day == 1 and (get_language() or "").startswith("fr"):
        pattern = DAY_BEFORE_MONTH.sub(r"j\\e\\r", pattern)
    return formats.date_format(at, pattern)
