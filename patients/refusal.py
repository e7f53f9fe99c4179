"""What a verb answers where something stands in the way."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """Nothing was written: a stable `code`, and a sentence."""

    code: str
    message: str
