"""The places of one day: where a single visit can be booked."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime

from protocols.planning.masks import bits
from protocols.planning.plans import Opening
from protocols.planning.problems import Problem
from protocols.planning.steps import PRACTITIONER, Step
from protocols.planning.visits import Rooms
from protocols.planning.zones import local


def openings(problem: Problem, step: Step, on: date) -> list[Opening]:
    """Every start on a day at which one visit of ``step`` can be booked, by each practitioner.

    As `Problem.require` and `Problem.closed_on` have it; windows and `Problem.until` are not
    looked at. Ordered by start, then by the listing of practitioners. The step need not be one of
    the problem's. ValueError if the frame does not have the day or does not fit the step.
    """
    rooms = Rooms(problem)
    return [opening_at(rooms, step, cell, bit) for cell, bit in _starts(rooms, step, on)]


def place(
    problem: Problem, step: Step, starts_at: datetime, practitioner: str | None = None
) -> Opening | None:
    """The opening at one start (aware), with a given practitioner or the one listed first; or None.

    Errors as `openings`.
    """
    rooms, frame = Rooms(problem), problem.frame
    seconds = _seconds(starts_at)
    on = starts_at.astimezone(frame.zone).date()
    for cell, bit in _starts(rooms, step, on):
        if frame.moment(cell) == seconds:
            opening = opening_at(rooms, step, cell, bit)
            if practitioner in {None, opening.practitioner}:
                return opening
    return None


def open_days(problem: Problem, step: Step, days: Iterable[date]) -> list[date]:
    """Those of the days that have an opening. Errors as `openings`."""
    visit = Rooms(problem).visit(step)
    return [day for day in days if visit.offer(day.toordinal()).staff]


def serves(problem: Problem, step: Step, starts_at: datetime, resources: Mapping[str, str]) -> bool:
    """Whether just these resources (id by kind) can serve one visit of ``step`` at a start (aware).

    Looks at nothing else, so it costs a fraction of `place`. Errors as `openings`.
    """
    rooms, frame = Rooms(problem), problem.frame
    on = starts_at.astimezone(frame.zone).date()
    if not frame.covers(on, on):
        raise ValueError(f"{on} is outside the frame")
    cell, rest = divmod(_seconds(starts_at) - frame.origin, frame.cell)
    return (
        not rest
        and rooms.may_start(step, on.toordinal(), int(cell))
        and all(rooms.serves(step, kind, resources.get(kind), int(cell)) for kind in step.kinds)
    )


def _seconds(moment: datetime) -> float:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()


def _starts(rooms: Rooms, step: Step, on: date) -> Iterator[tuple[int, int]]:
    """The starts of a day as cells of the frame, each with the bit of its practitioner."""
    if not rooms.frame.covers(on, on):
        raise ValueError(f"{on} is outside the frame")
    visit = rooms.visit(step)
    ordinal = on.toordinal()
    cells = [
        (cell, bit)
        for bit in bits(visit.offer(ordinal).staff)
        for cell in visit.cells_of(ordinal, bit)
    ]
    yield from sorted(cells)


def opening_at(rooms: Rooms, step: Step, cell: int, staff: int) -> Opening:
    """The opening at a cell known to be bookable, with the practitioner of a bit."""
    visit, begin = rooms.visit(step), rooms.frame.moment(cell)
    practitioner = rooms.by_bit(staff).id if visit.staffed else None
    return Opening(
        starts_at=local(rooms.frame.zone, begin),
        ends_at=local(rooms.frame.zone, begin + step.minutes * 60),
        practitioner=practitioner,
        resources={
            kind: practitioner
            if kind == PRACTITIONER and practitioner is not None
            else visit.resource(kind, cell)
            for kind in step.kinds
        },
    )
