"""The series planner. Plain data in, plain data out: no Django, no clock, no database.

`plan` is the door for documents; `solve`, `openings` and `place` are the doors for a program that
has its calendars already.
"""

from typing import Any

from protocols.planning.answers import answer
from protocols.planning.calendars import Calendar
from protocols.planning.documents import read_problem
from protocols.planning.durations import Duration
from protocols.planning.errors import ProblemError
from protocols.planning.frames import Frame
from protocols.planning.openings import open_days, openings, place, serves
from protocols.planning.plans import Alternative, Cost, Opening, Plan, PlannedSession
from protocols.planning.problems import Problem, Resource
from protocols.planning.solving import solve
from protocols.planning.steps import Segment, Step, Wishes
from protocols.planning.weeks import Hours
from protocols.planning.windows import Gap, Window


def plan(problem: dict[str, Any]) -> dict[str, Any]:
    """The best series for a problem, document to document; ProblemError if it is malformed."""
    return answer(solve(read_problem(problem)))


__all__ = [
    "Alternative",
    "Calendar",
    "Cost",
    "Duration",
    "Frame",
    "Gap",
    "Hours",
    "Opening",
    "Plan",
    "PlannedSession",
    "Problem",
    "ProblemError",
    "Resource",
    "Segment",
    "Step",
    "Window",
    "Wishes",
    "open_days",
    "openings",
    "place",
    "plan",
    "serves",
    "solve",
]
