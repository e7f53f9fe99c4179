"""The words that never stand in the open: what is treated, where, with what, why not, and how.

They are read from the catalogue as it is now: a protocol that is written tomorrow brings its own.
Words are compared without accents, case and plural; a name of several words counts as a whole too.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from clinic.models import VisitType
from patients.words import plain
from protocols.models import (
    Contraindication,
    Indication,
    Product,
    Protocol,
    ResourceKind,
    Zone,
)
from protocols.translated import LANGUAGES

SHORTEST = 3
TERMS = (Indication, Zone, Product, Contraindication, ResourceKind, VisitType)
# Words of names in the catalogue that say nothing about care by themselves.
HARMLESS = frozenset(
    {
        "active", "actives", "after", "agent", "and", "anti", "appareil", "apres", "authorised",
        "avec", "back", "close", "complexe", "complex", "component", "composant", "composants",
        "condition", "cours", "cross", "current", "dark", "deep", "des", "elements", "evolutif",
        "exposed", "exposee", "fine", "for", "four", "history", "last", "lately", "les", "lines",
        "linked", "low", "marquees", "non", "not", "own", "par", "patient", "peu", "practitioner",
        "praticien", "preciser", "pris", "produits", "profonde", "qualite", "quality", "quatre",
        "rapprochees", "rich", "riche", "room", "salle", "souhaitee", "stated", "taken", "the",
        "trouble", "unwanted", "weekly", "with", "zone",
    }
)  # fmt: skip
# What the whole field is called, whether or not a protocol is named after it.
FIELD = {
    "fr": ("Mésothérapie", "Injection", "Esthétique", "Dermatologie", "Botox"),
    "en": ("Mesotherapy", "Injection", "Aesthetic", "Cosmetic", "Dermatology", "Botox"),
}
ADDRESS = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Vocabulary:
    """`words` and `phrases`, folded, and how the catalogue writes each of them."""

    words: dict[str, str]
    phrases: dict[str, str]

    def found_in(self, text: str) -> list[str]:
        """Which of them stand in a text, as the catalogue writes them, each once."""
        said = plain(ADDRESS.sub(" ", text))
        stems = f" {' '.join(map(stem, said.split()))} "
        found = [written for phrase, written in self.phrases.items() if f" {phrase} " in stems]
        found += [written for word, written in self.words.items() if f" {word} " in stems]
        return list(dict.fromkeys(found))


def stem(word: str) -> str:
    return word[:-1] if len(word) > SHORTEST and word[-1] in "sx" else word


def vocabulary(*languages: str) -> Vocabulary:
    """That of these languages, of all of them where none is named."""
    languages = languages or LANGUAGES
    words: dict[str, str] = {}
    phrases: dict[str, str] = {}
    for name in names(languages):
        folded = plain(name).split()
        if len(folded) > 1:
            phrases.setdefault(" ".join(map(stem, folded)), name)
        for written in re.findall(r"\w+", name.replace("_", " ")):
            word = plain(written)
            if len(word) >= SHORTEST and word not in HARMLESS and not word.isdigit():
                words.setdefault(stem(word), written.lower())
    return Vocabulary(words, phrases)


def names(languages: Iterable[str]) -> Iterator[str]:
    """Every name of the catalogue, one query a table; codes and slugs are written in English."""
    languages = list(languages)
    columns = [f"name_{language}" for language in languages]
    for language in languages:
        yield from FIELD[language]
    for model in TERMS:
        yield from chain.from_iterable(model._default_manager.order_by().values_list(*columns))
    columns += ["slug"] if "en" in languages else []
    yield from chain.from_iterable(Protocol.objects.order_by().values_list(*columns).distinct())


def found_in(text: str, *languages: str) -> list[str]:
    return vocabulary(*languages).found_in(text)
