"""Money is whole euro cents; this is how it is read from a keyboard and written for a reader."""

import re

from protocols.translated import active_language

NARROW = "\u00a0"  # a space at which no line breaks
SPACES = re.compile("[\\s\u00a0\u202f\u2009']")
AMOUNT = re.compile(r"([0-9]{1,9})(?:[.,]([0-9]{1,2}))?")
RATE = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]))?")


def cents(text: str) -> int:
    """“1 234,50 €”, “1234.5” or “12” in cents. Raises ValueError for anything else."""
    found = AMOUNT.fullmatch(SPACES.sub("", text).removesuffix("€").removeprefix("€"))
    if found is None:
        raise ValueError(text)
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def euros(amount: int) -> str:
    """“1 234,50 €” for a French reader, “€1,234.50” for an English one."""
    if active_language() == "fr":
        return f"{plain(amount)}{NARROW}€"
    return f"€{amount // 100:,}.{amount % 100:02}"


def plain(amount: int) -> str:
    """The figure alone, as it stands in a field that can be typed in."""
    if active_language() == "fr":
        return f"{amount // 100:,}".replace(",", NARROW) + f",{amount % 100:02}"
    return f"{amount // 100}.{amount % 100:02}"


def permille(text: str) -> int:
    """“20”, “5,5” or “20 %” as thousandths. Raises ValueError for anything else."""
    found = RATE.fullmatch(SPACES.sub("", text).removesuffix("%"))
    if found is None:
        raise ValueError(text)
    return int(found[1]) * 10 + int(found[2] or "0")


def percent(thousandths: int) -> str:
    """200 → “20 %”, 55 → “5,5 %” for a French reader; “5.5%” for an English one."""
    if active_language() == "fr":
        return f"{rate(thousandths)}{NARROW}%"
    return f"{rate(thousandths)}%"


def rate(thousandths: int) -> str:
    """The figure of a rate alone."""
    comma = "," if active_language() == "fr" else "."
    whole, rest = divmod(thousandths, 10)
    return f"{whole}{comma}{rest}" if rest else str(whole)


def within(amount: int, thousandths: int) -> int:
    """The tax within an amount that bears it, to the nearest cent, half upwards."""
    whole = 1000 + thousandths
    return (2 * amount * thousandths + whole) // (2 * whole)
