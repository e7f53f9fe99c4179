"""Two people wrote upon one version of a draft: field by field, who changed what."""

from dataclasses import dataclass
from typing import Any

from patients.records.content import Content

_UNKNOWN = object()  # a base that never was: then whatever differs is a conflict


@dataclass(frozen=True)
class Differing:
    """A field that both changed, each in another way. JSON values."""

    theirs: Any
    yours: Any


@dataclass(frozen=True)
class Merge:
    """`taken` is what of mine is to be written; `theirs` names what others changed meanwhile."""

    taken: Content
    theirs: frozenset[str]
    differing: dict[str, Differing]


def merge(*, base: Content, current: Content, mine: Content) -> Merge:
    """What one alone changed is taken; a text that both changed is never put together silently."""
    taken: Content = {}
    differing: dict[str, Differing] = {}
    for name, yours in mine.items():
        before, now = base.get(name, _UNKNOWN), current[name]
        if yours in (now, before):
            continue
        if now == before:
            taken[name] = yours
        else:
            differing[name] = Differing(now, yours)
    theirs = frozenset(n for n, now in current.items() if base.get(n, _UNKNOWN) != now)
    return Merge(taken, theirs - set(differing), differing)
