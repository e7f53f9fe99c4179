"""What the planner answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from protocols.planning.windows import Window

Why = Literal["window_empty", "closed", "outside_hours", "require", "all_busy"]
Reason = Literal[
    "due_outside_window",
    "due_closed",
    "due_outside_hours",
    "due_required_otherwise",
    "due_full",
    "better_in_all",
]


@dataclass(frozen=True, slots=True, order=True)
class Cost:
    """What a series costs, compared in this order."""

    days_off_ideal: int = 0
    preferences_unmet: int = 0
    practitioner_changes: int = 0


@dataclass(frozen=True, slots=True)
class Opening:
    """A start at which one visit can be booked, and the resources that would serve it, by kind."""

    starts_at: datetime
    ends_at: datetime
    practitioner: str | None
    resources: dict[str, str]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another day for one session: its best start there, and what the whole series then costs."""

    starts_at: datetime
    practitioner: str | None
    cost: Cost


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """One session of the plan; times are aware, in the zone; ``number`` counts from 1.

    ``reason`` says why it is not on its due day; None when it is.
    """

    number: int
    phase: str
    starts_at: datetime
    ends_at: datetime
    practitioner: str | None
    resources: dict[str, str]
    window: Window
    days_off_ideal: int
    reason: Reason | None
    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The best series; when infeasible, the best for the steps before ``blocked_at`` (from 1)."""

    status: Literal["planned", "infeasible"]
    blocked_at: int | None
    why: Why | None
    cost: Cost
    sessions: tuple[PlannedSession, ...]
