"""What is asked of the planner: steps, resources, wishes, and the days they are about."""

from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Self

from protocols.planning.calendars import Calendar
from protocols.planning.frames import Frame
from protocols.planning.windows import Gap, Window

PRACTITIONER = "practitioner"


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a visit: so many real minutes, and the kinds of resource it needs (a pause: none)."""

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


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a visit must keep (`Problem.require`) or should keep (`Problem.prefer`).

    The weekday of its local date is in ``weekdays`` (0 is Monday); its local start is at or after
    ``from_minute`` and its local end at or before ``to_minute`` (wall-clock minutes since
    midnight, 1440 is 24:00); its practitioner is ``practitioner``, where the step needs one.
    None asks for nothing.
    """

    weekdays: Set[int] | None = None
    from_minute: int | None = None
    to_minute: int | None = None
    practitioner: str | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """A practitioner, a room, a device: one of a ``kind``, with its calendar."""

    id: str
    kind: str
    calendar: Calendar


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A series to plan: the steps that remain, over calendars that share one frame.

    - ``start_on``: no session before it; ``until``: none after it.
    - ``previous_on``, ``previous_practitioner``: of the last session done, if any. Without
      ``previous_on`` the first session may wait ``first_within_days`` after ``start_on``.
    - sessions start at local wall-clock multiples of ``grid_minutes`` since midnight.
    - ``closed_on``: dates on which nothing happens.
    - ``require`` is hard, ``prefer`` is soft.
    - resources are preferred in the order in which they are listed; their ids are unique.

    The frame must reach over every day that the steps can (`Frame.for_steps`), and its cells must
    divide the grid and the segments; otherwise solving raises ValueError.
    """

    frame: Frame
    start_on: date
    steps: tuple[Step, ...]
    resources: tuple[Resource, ...]
    until: date | None = None
    previous_on: date | None = None
    previous_practitioner: str | None = None
    first_within_days: int = 60
    grid_minutes: int = 15
    closed_on: Set[date] = frozenset()
    require: Wishes | None = None
    prefer: Wishes | None = None

    def remaining(
        self, steps: tuple[Step, ...], previous_on: date, previous_practitioner: str | None
    ) -> Self:
        """The same problem for the steps after a session that is settled: cheap, same calendars."""
        return replace(
            self,
            steps=steps,
            previous_on=previous_on,
            previous_practitioner=previous_practitioner,
        )


__all__ = ["Gap", "Problem", "Resource", "Segment", "Step", "Window", "Wishes"]
