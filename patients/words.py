"""Names, numbers and dates made comparable: accents, case and phone forms do not matter.

`search_text` of a patient holds every word to be found, each with a space before it, so that
`" dup"` finds DUPONT by the beginning of a word and never in the middle of another.
"""

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from patients.models import Patient

# Letters that do not fall apart into a base letter and an accent.
_LIGATURES = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "ð": "d", "þ": "th"}
)


def plain(text: str) -> str:
    """Lower case, without accents, apostrophes and hyphens as spaces."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    letters = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    return re.sub(r"[\W_]+", " ", letters).strip()


def joined(text: str) -> str:
    """`plain` without its spaces: "O'Brien" and "Obrien" meet here."""
    return plain(text).replace(" ", "")


def national(number: str) -> str:
    """Digits as one dials them at home: +33 6 12… becomes 0612…"""
    digits = re.sub(r"\D", "", number)
    return "0" + digits[2:] if number.startswith("+33") else digits


def search_text(patient: "Patient") -> tuple[str, str]:
    """The words a patient is found by, and the text that sorts them."""
    names = [patient.family_name, patient.given_name, patient.birth_name]
    words = [*map(plain, names), *map(joined, names), patient.email.casefold()]
    for phone in filter(None, (patient.phone, patient.other_phone)):
        e164 = str(phone)
        words += [national(e164), e164.lstrip("+")]
    if patient.birth_on:
        words += [
            patient.birth_on.strftime("%d%m%Y"),
            patient.birth_on.isoformat().replace("-", ""),
        ]
    text = " ".join(dict.fromkeys(word for word in words if word))
    return f" {text} ", plain(f"{patient.family_name} {patient.given_name}")[:220]
