"""Letters that no font at hand can draw, and what is printed in their place.

A box says nothing, and PDF/UA forbids it. Typst names what it cannot draw; of that, Korean and
kana are spelled in Latin letters as Unicode itself names them, any other letter is a question mark.
More fonts on the machine draw more: docs/running.md.
"""

import re
import unicodedata

UNDRAWN = re.compile(r'the text `"(.*?)"` could not be displayed')
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
SPELLED = ("HANGUL SYLLABLE ", "HIRAGANA LETTER ", "KATAKANA LETTER ")
ASCII = 128


def undrawn(diagnostic: str) -> set[str]:
    """The letters that a refusal of the typesetter is about."""
    texts = (ESCAPED.sub(_letter, text) for text in UNDRAWN.findall(diagnostic))
    return {letter for text in texts for letter in text if ord(letter) >= ASCII}


def _letter(escaped: re.Match[str]) -> str:
    return chr(int(escaped[1], 16))


def spelled(letter: str) -> str:
    """What stands for a letter; marks and signs that only shape their neighbours fall away."""
    name = unicodedata.name(letter, "")
    beginning = next((each for each in SPELLED if name.startswith(each)), None)
    if beginning:
        return name.removeprefix(beginning).removeprefix("SMALL ").lower()
    return "" if unicodedata.category(letter)[0] in "MC" else "?"


def replaced(text: str, letters: set[str]) -> str:
    return text.translate({ord(letter): spelled(letter) for letter in letters})
