"""The visits of a series, and what is wished of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from protocols.planning.windows import Gap

PRACTITIONER = "practitioner"


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a visit: its real minutes, and the kinds of resource it needs (a pause: none)."""

    minutes: int
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """One visit of a series: its gap to the visit before, its segments one after the other."""

    phase: str
    gap: Gap | None
    segments: tuple[Segment, ...]

    @cached_property
    def minutes(self) -> int:
        """Length of the whole visit, in real minutes."""
        return sum(segment.minutes for segment in self.segments)

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of resource needed, each once, in the order in which they are first named."""
        return tuple(dict.fromkeys(kind for part in self.segments for kind in part.needs))

    @property
    def needs_practitioner(self) -> bool:
        return PRACTITIONER in self.kinds

    def runs(self, kind: str) -> list[tuple[int, int]]:
        """When a resource of ``kind`` is held: (minutes after the start, minutes), joined."""
        runs: list[tuple[int, int]] = []
        at = 0
        for segment in self.segments:
            if kind in segment.needs:
                if runs and sum(runs[-1]) == at:
                    runs[-1] = (runs[-1][0], runs[-1][1] + segment.minutes)
                else:
                    runs.append((at, segment.minutes))
            at += segment.minutes
        return runs


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a visit must keep (`Problem.require`) or should keep (`Problem.prefer`).

    The weekday of its local date is in ``weekdays`` (0 is Monday); its local start is at or after
    ``from_minute`` and its local end at or before ``to_minute`` (wall-clock minutes since
    midnight, 1440 is 24:00); its practitioner is ``practitioner``, where the step needs one.
    None asks for nothing.
    """

    weekdays: frozenset[int] | None = None
    from_minute: int | None = None
    to_minute: int | None = None
    practitioner: str | None = None

    def allow_weekday(self, weekday: int) -> bool:
        return self.weekdays is None or weekday in self.weekdays

    def allow_times(self, start: int, end: int) -> bool:
        """Whether a visit may read so on the wall clock; both in seconds since local midnight."""
        if self.from_minute is not None and start < self.from_minute * 60:
            return False
        return self.to_minute is None or end <= self.to_minute * 60

    def allow_practitioner(self, practitioner: str) -> bool:
        return self.practitioner is None or practitioner == self.practitioner


ANYTHING = Wishes()


def all_minutes(steps: Iterable[Step]) -> set[int]:
    """The length of every segment of the steps, in minutes."""
    return {segment.minutes for step in steps for segment in step.segments}
