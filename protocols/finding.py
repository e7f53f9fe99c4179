"""Finding protocols in the list, however they are typed."""

import unicodedata
from collections.abc import Iterable

from protocols.models import Protocol
from protocols.models.terms import Term


def folded(text: str) -> str:
    """Without accents or capitals."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def matching(protocols: Iterable[Protocol], words: str) -> list[Protocol]:
    """Those whose names, indications or zones hold every word; a clinic has tens, not thousands."""
    wanted = folded(words).split()
    return [row for row in protocols if all(word in _text(row) for word in wanted)]


def _text(protocol: Protocol) -> str:
    terms: list[Term] = [link.indication for link in protocol.indication_links.all()]
    terms += [link.zone for link in protocol.zone_links.all()]
    names = [name for term in terms for name in (term.name_fr, term.name_en)]
    return folded(" ".join([protocol.slug, protocol.name_fr, protocol.name_en, *names]))
