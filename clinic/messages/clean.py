"""Names and labels as they may stand in a header, a text message or one line of a file (R11)."""

import unicodedata

# Control, format (direction marks, zero width), surrogate, private use, line and paragraph ends.
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
JOINERS = {"\N{ZERO WIDTH JOINER}", "\N{ZERO WIDTH NON-JOINER}"}  # within emoji, Persian, Hindi


def on_one_line(text: str, longest: int = 0) -> str:
    """Without line ends, controls and marks that turn the reading direction; at most `longest`."""
    # What Python calls printable holds none of `UNSEEN`, and no white space but the blank.
    seen = text if text.isprintable() else "".join(_kept(letter) for letter in text)
    line = " ".join(seen.split())
    return shortened(line, longest) if longest else line


def _kept(letter: str) -> str:
    if letter.isspace():
        return " "
    return "" if unicodedata.category(letter) in UNSEEN and letter not in JOINERS else letter


def shortened(text: str, longest: int) -> str:
    """At most `longest` letters, at the end of a word where there is one."""
    if len(text) <= longest:
        return text
    head = text[: longest + 1]
    words = head.rsplit(" ", 1)[0] if " " in head else head[:longest]
    return words.rstrip(" ,;–-")
