"""Names, numbers and dates made comparable: accents, case and phone forms do not matter.

`search_text` of a patient holds every word to be found, each with a space before it, so that
`" dup"` finds DUPONT by the beginning of a word and never in the middle of another.
"""

import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING

import phonenumbers
from phonenumbers import PhoneNumberFormat

if TYPE_CHECKING:
    from patients.models import Patient

# What does not fall apart into a base letter and an accent, in lower case.
_LETTERS = str.maketrans(
    {
        "œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "ð": "d", "þ": "th", "ħ": "h",
        "ŧ": "t", "ŋ": "n", "ı": "i", "ə": "e", "ƒ": "f", "ɓ": "b", "ɗ": "d", "ƙ": "k",
        "ʼ": "'", "ʻ": "'", "ʹ": "'", "ʾ": "'", "ʿ": "'", "ˈ": "'",  # letters, used as apostrophes
        "ـ": None,  # the Arabic stretch
        "ى": "ي", "ة": "ه", "ٱ": "ا",  # written either way in Arabic names
    }
)  # fmt: skip


def plain(text: str) -> str:
    """Lower case, without accents, apostrophes and hyphens as spaces; any script."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return " ".join("".join(map(_kept, folded.translate(_LETTERS))).split())


def _kept(character: str) -> str:
    kind = unicodedata.category(character)
    if kind[0] in "LN":
        return character
    # Marks (accents, vowel signs) and invisible format characters leave no gap in a word.
    return "" if kind[0] == "M" or kind == "Cf" else " "


def joined(text: str) -> str:
    """`plain` without its spaces: "O'Brien" and "Obrien" meet here."""
    return plain(text).replace(" ", "")


def digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(mark)) for mark in text if mark.isdecimal())


def phone_words(number: str) -> Iterator[str]:
    """As one dials it at home, and from abroad: 0612345678 and 33612345678."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        yield digits(number)
        return
    yield digits(phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL))
    yield digits(number)


def name_words(name: str) -> Iterator[str]:
    """Each word, and what follows from each word on without gaps: la, tour, latour."""
    words = plain(name).split()
    yield from words
    for first in range(len(words) - 1):
        yield "".join(words[first:])


def search_text(patient: "Patient") -> tuple[str, str]:
    """The words a patient is found by, and the text that sorts them."""
    words: list[str] = []
    for name in (patient.family_name, patient.given_name, patient.birth_name):
        words += name_words(name)
    # Where names are written without a space between them.
    words += [joined(patient.family_name + patient.given_name)]
    words += [joined(patient.given_name + patient.family_name), patient.email.casefold()]
    for phone in filter(None, (patient.phone, patient.other_phone)):
        words += phone_words(str(phone))
    if patient.birth_on:
        day = patient.birth_on
        words += [f"{day:%d%m}{day.year:04}", f"{day.year:04}{day:%m%d}"]
    text = " ".join(dict.fromkeys(word for word in words if word))
    return f" {text} ", plain(f"{patient.family_name} {patient.given_name}")[:220]
