"""What somebody typed into the search field, read as names, numbers and dates at once."""

import re
import unicodedata
from collections.abc import Iterator

from patients.words import digits, plain

LONGEST_QUERY = 100
LONGEST_WORDS = 8

_MONTHS = (
    ("janvier", "january"), ("fevrier", "february"), ("mars", "march"), ("avril", "april"),
    ("mai", "may"), ("juin", "june"), ("juillet", "july"), ("aout", "august"),
    ("septembre", "september"), ("octobre", "october"), ("novembre", "november"),
    ("decembre", "december"),
)  # fmt: skip
_DAY_MONTH_YEAR = re.compile(r"(\d{1,2})(?:er|st|nd|rd|th)?[ .-]+([^\W\d]{3,})[ .,-]+(\d{4})")
_MONTH_DAY_YEAR = re.compile(r"([^\W\d]{3,})[ .]+(\d{1,2})(?:st|nd|rd|th)?[ ,]+(\d{4})")
_NUMBER = re.compile(r"\+?\(?\d(?:[\d\s./()-]*\d)?")

Alternatives = tuple[str, ...]


def read(query: str) -> list[Alternatives]:
    """Every item must be found; of its alternatives any one. Each is the beginning of a word."""
    query = query[:LONGEST_QUERY].replace("\0", " ")
    text = _with_numbered_months(unicodedata.normalize("NFKC", query))
    emails = [word.casefold() for word in text.split() if "@" in word.strip("@")]
    text = " ".join(word for word in text.split() if "@" not in word)
    numbers = _NUMBER.findall(text)
    words = plain(_NUMBER.sub(" ", text)).split()
    items: list[Alternatives] = [(email,) for email in emails]
    items += [tuple(dict.fromkeys(number_forms(number))) for number in numbers]
    return [*items, *((word,) for word in words)][:LONGEST_WORDS]


def number_forms(typed: str) -> Iterator[str]:
    """A phone number or a birth date, whole or begun."""
    yield from date_forms(typed)
    bare = digits(typed.replace("(0)", ""))
    yield bare.removeprefix("00") if typed.startswith("00") else bare


def date_forms(typed: str) -> Iterator[str]:
    parts = re.findall(r"\d+", typed)
    if len(parts) not in {2, 3} or typed.startswith(("+", "(")):
        return
    if len(parts[0]) == 4:
        yield parts[0] + "".join(part.zfill(2) for part in parts[1:])
    elif len(parts[0]) <= 2 and len(parts[1]) <= 2:
        day, month = parts[0].zfill(2), parts[1].zfill(2)
        for year in _years(parts[2]) if len(parts) == 3 else [""]:
            yield day + month + year
            if int(month) > 12 >= int(day):
                yield month + day + year  # the month first, as some write it


def _years(typed: str) -> list[str]:
    return ["19" + typed, "20" + typed] if len(typed) == 2 else [typed]


def _with_numbered_months(text: str) -> str:
    """31 janvier 1980, January 31, 1980 → 31/01/1980."""
    text = _DAY_MONTH_YEAR.sub(lambda m: _numbered(m, day=m[1], month=m[2]), text)
    return _MONTH_DAY_YEAR.sub(lambda m: _numbered(m, day=m[2], month=m[1]), text)


def _numbered(match: re.Match[str], *, day: str, month: str) -> str:
    word = plain(month)
    for number, names in enumerate(_MONTHS, 1):
        if any(name.startswith(word) for name in names):
            return f"{day}/{number:02}/{match[3]}"
    return match[0]
