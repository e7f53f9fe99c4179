"""What is asked of the planner."""

from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import date
from typing import Self

from protocols.planning.calendars import Calendar
from protocols.planning.frames import Frame
from protocols.planning.steps import Step, Wishes


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
