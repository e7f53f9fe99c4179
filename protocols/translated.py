"""Text that the database holds in each language of the product, read in the reader's one."""

from typing import Any, overload

from django.utils.translation import get_language

LANGUAGES = ("fr", "en")
DEFAULT_LANGUAGE = "fr"


class Translated:
    """`name = Translated("name")` reads `name_fr` or `name_en`; French stands in for a gap."""

    def __init__(self, field: str) -> None:
        self.field = field

    @overload
    def __get__(self, instance: None, owner: type) -> "Translated": ...
    @overload
    def __get__(self, instance: object, owner: type) -> str: ...
    def __get__(self, instance: Any, owner: type) -> "Translated | str":
        if instance is None:
            return self
        return self.text(instance, active_language()) or self.text(instance, DEFAULT_LANGUAGE)

    def text(self, instance: object, language: str) -> str:
        return str(getattr(instance, f"{self.field}_{language}"))


def active_language() -> str:
    """The reader's language without its region, French when we do not write theirs."""
    language = (get_language() or DEFAULT_LANGUAGE).split("-")[0]
    return language if language in LANGUAGES else DEFAULT_LANGUAGE
