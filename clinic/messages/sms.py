"""How long a text message is, as networks count it (3GPP TS 23.038 and 23.040).

One septet a letter of the GSM alphabet and two for those of its extension, 160 in a message alone
and 153 in each of several; any other letter makes the whole text UCS-2: 70 units, or 67.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")
# Signs that mean the same in one of its letters. Letters stay as they are, accents and all.
PLAINER = str.maketrans(
    {
        "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-",
        "…": "...", "•": "-", "·": "-", "\N{NO-BREAK SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " ",
        "\N{NON-BREAKING HYPHEN}": "-",
    }
)  # fmt: skip
LIGATURES = {"œ": "oe", "Œ": "OE"}
MOST_PARTS = 2  # our choice (reliability R11): longer ones cost more and are read less
CUT = "..."


@dataclass(frozen=True)
class Size:
    """`units`: septets of the GSM alphabet, or 16 bits each."""

    parts: int
    units: int
    is_gsm: bool

    @property
    def alphabet(self) -> str:
        return "GSM-7" if self.is_gsm else "UCS-2"


def plainer(text: str) -> str:
    """The same words with signs that every phone counts as one letter."""
    return text.translate(PLAINER)


def size(text: str) -> Size:
    is_gsm = all(letter in BASIC or letter in EXTENSION for letter in text)
    alone, in_many = (160, 153) if is_gsm else (70, 67)
    units = [_units(letter, is_gsm=is_gsm) for letter in text]
    total = sum(units)
    if total <= alone:
        return Size(1 if total else 0, total, is_gsm)
    return Size(_parts(units, in_many), total, is_gsm)


def _units(letter: str, *, is_gsm: bool) -> int:
    if is_gsm:
        return 1 + (letter in EXTENSION)
    return 1 + (ord(letter) > 0xFFFF)


def _parts(units: Iterable[int], room: int) -> int:
    """No letter of two units is torn apart between two parts."""
    parts, left = 1, room
    for each in units:
        if each > left:
            parts, left = parts + 1, room
        left -= each
    return parts


def fits(text: str, most: int = MOST_PARTS) -> bool:
    return size(text).parts <= most


def fitted(tries: Sequence[str], *, keep: str) -> str:
    """The first of `tries` that is short enough, with its accents or else without those that no
    basic phone knows: a place or a number says more than a circumflex. Else the last one, cut
    before `keep`."""
    lines = [" ".join(plainer(text).split()) for text in tries]
    either = (form for line in lines for form in (line, bare(line)))
    return next((line for line in either if fits(line)), None) or _cut(lines[-1], keep=keep)


def bare(text: str) -> str:
    """Letters outside the alphabet without their marks: Forêt, Foret; cœur, coeur."""
    return "".join(letter if letter in BASIC else _bare(letter) for letter in text)


def _bare(letter: str) -> str:
    if letter in LIGATURES:
        return LIGATURES[letter]
    plain = unicodedata.normalize("NFD", letter)[:1]
    return plain if plain in BASIC else letter


def _cut(text: str, *, keep: str) -> str:
    """Shortened before `keep`, the link, which stays whole at the end."""
    head, found, _tail = text.partition(keep) if keep else (text, "", "")
    end = f"{CUT} {found}" if found else CUT
    while head and not fits(head + end):
        head = head[:-1]
    return head.rstrip() + end
