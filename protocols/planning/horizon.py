"""How far the steps of a series can reach."""

from collections.abc import Sequence
from datetime import date

from protocols.planning.errors import ProblemError
from protocols.planning.steps import Step
from protocols.planning.windows import Gap

# A margin on both sides keeps every local time, in every zone, within Python's years 1 to 9999.
EARLIEST = date(2, 1, 1)
LATEST = date(9998, 12, 31)


def last_reachable(
    start_on: date,
    steps: Sequence[Step],
    *,
    until: date | None = None,
    previous_on: date | None = None,
    first_within_days: int = 60,
) -> date:
    """The last date on which any session could take place, whatever is free: `start_on` at least.

    ProblemError if a window could close after `LATEST`.
    """
    end = min(until or LATEST, LATEST).toordinal()
    reached = latest = start_on.toordinal()
    for index, step in enumerate(steps):
        if index == 0 and previous_on is None:
            field, latest = "first_within_days", latest + first_within_days
        elif step.gap is None:
            raise ProblemError(f"steps[{index}].gap", "required: only a first step may go without")
        else:
            before = previous_on if index == 0 and previous_on else date.fromordinal(latest)
            field, latest = f"steps[{index}].gap.max", _after(step.gap, before)
        if latest > LATEST.toordinal():
            raise ProblemError(field, f"expected a window that closes by {LATEST}")
        latest = min(latest, end)
        reached = max(reached, latest)
    return date.fromordinal(reached)


def _after(gap: Gap, previous: date) -> int:
    """Ordinal of the window's last day; past the calendar's end, a number past it."""
    try:
        return gap.max.ordinal_after(previous.toordinal())
    except OverflowError:
        return date.max.toordinal()
