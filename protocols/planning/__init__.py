"""The series planner. Plain data in, plain data out: no Django, no clock, no database.

`plan` is the door for documents; `solve`, `openings` and `place` are the doors for a program that
has its calendars already.
"""

from typing import Any

from protocols.planning.calendars import Calendar
from protocols.planning.durations import Duration
from protocols.planning.errors import ProblemError
from protocols.planning.frames import Frame, Hours
from protocols.planning.plans import Alternative, Cost, Opening, Plan, PlannedSession
from protocols.planning.problems import Problem, Resource, Segment, Step, Wishes
from protocols.planning.windows import Gap, Window


def plan(problem: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def solve(problem: Problem, *, alternatives: bool = True) -> Plan:
    raise NotImplementedError


def openings(problem: Problem, step: Step, on: Any) -> list[Opening]:
    raise NotImplementedError


def place(
    problem: Problem, step: Step, starts_at: Any, practitioner: str | None = None
) -> Opening | None:
    raise NotImplementedError


__all__ = [
    "Alternative", "Calendar", "Cost", "Duration", "Frame", "Gap", "Hours", "Opening", "Plan",
    "PlannedSession", "Problem", "ProblemError", "Resource", "Segment", "Step", "Window",
    "Wishes", "openings", "place", "plan", "solve",
]
