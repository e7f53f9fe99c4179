"""How long what was ticked usually lasts, and which instructions still hold. Hours, as ranges."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from protocols.leaflet import rules as leaflet
from protocols.leaflet.cited import Stated
from protocols.leaflet.rules import Instruction, Reaction, Rules, Symptom

NODULE = "nodule"  # of it nobody says how long: it is looked up, not estimated


@dataclass(frozen=True)
class Lasting:
    """One reaction: from `least` to `most` hours; both None where no page gives a time."""

    symptom: Symptom
    least: int | None
    most: int | None
    said: Stated | None = None
    others: tuple[Stated, ...] = ()

    @property
    def is_gap(self) -> bool:
        return self.most is None


@dataclass(frozen=True)
class Recovery:
    """`least` to `most` hours: those of what lasts longest. None where nothing has a time."""

    least: int | None
    most: int | None
    parts: tuple[Lasting, ...]


@dataclass(frozen=True)
class Running:
    """An instruction that still holds, `left` hours more; None where no page says until when."""

    instruction: Instruction
    left: int | None


def recovery(rules: Rules, symptoms: Collection[str], *, is_sensitive: bool = False) -> Recovery:
    parts = tuple(
        _lasting(rules, one, is_sensitive=is_sensitive)
        for one in leaflet.symptoms()
        if one.code in symptoms
    )
    longest = max(parts, key=lambda part: part.most or 0, default=None)
    if longest is None or longest.most is None:
        return Recovery(None, None, parts)
    return Recovery(longest.least, longest.most, parts)


def _lasting(rules: Rules, symptom: Symptom, *, is_sensitive: bool) -> Lasting:
    found = rules.reactions.get(symptom.topic, ()) if symptom.code != NODULE else ()
    if not found:
        return Lasting(symptom, None, None)
    first, others = found[0], rules.values.get(symptom.topic, ())
    pages = tuple(page for page in others if page.cited != first.said.cited)
    most = _most(first, is_sensitive=is_sensitive)
    return Lasting(symptom, first.least if most else None, most, first.said, pages)


def _most(reaction: Reaction, *, is_sensitive: bool) -> int | None:
    return reaction.sensitive if is_sensitive and reaction.sensitive else reaction.most


def running(after: Iterable[Instruction], hours_since: int) -> tuple[Running, ...]:
    """Those that end first come first; those without an end last."""
    return tuple(sorted(_running(after, hours_since), key=lambda one: (one.left is None, one.left)))


def _running(after: Iterable[Instruction], hours_since: int) -> Iterator[Running]:
    for one in after:
        if one.until is None:
            yield Running(one, None)
        elif hours_since < one.until:
            yield Running(one, one.until - hours_since)
