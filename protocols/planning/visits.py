"""Where a visit fits: what the resources of a problem leave open for a step."""

from collections.abc import Callable, Iterable
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple

from protocols.planning.calendars import Calendar
from protocols.planning.masks import bits, serving
from protocols.planning.problems import Problem, Resource
from protocols.planning.starts import Starts
from protocols.planning.steps import ANYTHING, PRACTITIONER, Step, Wishes


class Offer(NamedTuple):
    """Who can give a visit on a day, as sets of practitioners (bits in the order of listing).

    ``preferred``: those who can at a start that `Problem.prefer` likes. A visit that needs no
    practitioner is offered by bit 0.
    """

    staff: int
    preferred: int


class Rooms:
    """A problem's resources by kind, in the order of listing, and what they leave open."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.frame = problem.frame
        self.starts = Starts(problem.frame, problem.grid_minutes, problem.closed_on)
        self.require = problem.require or ANYTHING
        self.prefer = problem.prefer or ANYTHING
        self._visits: dict[object, Visit] = {}

    @cached_property
    def by_kind(self) -> dict[str, list[Resource]]:
        kinds: dict[str, list[Resource]] = {}
        for resource in self.problem.resources:
            kinds.setdefault(resource.kind, []).append(resource)
        return kinds

    @cached_property
    def practitioners(self) -> list[Resource]:
        return self.by_kind.get(PRACTITIONER, [])

    def by_bit(self, practitioner: int) -> Resource:
        return self.practitioners[practitioner.bit_length() - 1]

    def may_start(self, step: Step, ordinal: int, cell: int) -> bool:
        """Whether the clock, the closed days and `Problem.require` let a visit begin at a cell."""
        day = self.frame.day(ordinal)
        place = day.base + day.reach - 1 - cell
        if not 0 <= place < day.reach:
            return False
        return bool(self.starts.on(ordinal, step.minutes, self.require) >> place & 1)

    def serves(self, step: Step, kind: str, name: str | None, cell: int) -> bool:
        """Whether the resource of that id is of the kind, allowed, and free for a visit there."""
        if kind == PRACTITIONER and not (name and self.require.allow_practitioner(name)):
            return False
        visit = self.visit(step)
        return any(
            one.id == name and visit.is_served_by(one, kind, cell)
            for one in self.by_kind.get(kind, ())
        )

    def visit(self, step: Step) -> "Visit":
        """The visit of a step; steps of equal segments share it."""
        found = self._visits.get(step.segments)
        if found is None:
            found = self._visits[step.segments] = Visit(self, step)
        return found


class Visit:
    """A step's visit over the whole frame: its starts, each practitioner's apart.

    The sums are done once for all days, on masks as long as the frame: shifting and joining such
    numbers costs microseconds, and a day is then a slice of the result.
    """

    def __init__(self, rooms: Rooms, step: Step) -> None:
        self._rooms, self._frame = rooms, rooms.frame
        self._minutes, self.kinds = step.minutes, step.kinds
        self.staffed = step.needs_practitioner
        self._runs = {
            kind: [
                (self._frame.length(after), self._frame.length(n)) for after, n in step.runs(kind)
            ]
            for kind in step.kinds
        }
        self._frame.length(step.minutes)  # pauses too must end on the edge of a cell
        self._offers: dict[int, Offer] = {}

    def offer(self, ordinal: int) -> Offer:
        """Who can give the visit on a day."""
        found = self._offers.get(ordinal)
        if found is None:
            found = self._offers[ordinal] = self._offer(ordinal)
        return found

    def _offer(self, ordinal: int) -> Offer:
        day, liked = self._frame.day(ordinal), self._liked_starts(ordinal)
        low, high, shift, mask = day.low, day.high, day.shift, day.mask
        staff = preferred = 0
        for bit, whole in self._bookable.items():
            starts = int.from_bytes(whole[low:high], "big") >> shift & mask  # Day.starts_of
            if starts:
                staff |= bit
                if starts & liked:
                    preferred |= bit
        return Offer(staff, preferred & self._liked_staff)

    def starts(self, ordinal: int, bit: int, *, liked: bool) -> int:
        """One practitioner's starts on a day, all or only the preferred: a mask of `Day.cells`."""
        starts = self._frame.day(ordinal).starts_of(self._bookable.get(bit, b""))
        if not liked:
            return starts
        return starts & self._liked_starts(ordinal) if bit & self._liked_staff else 0

    def _liked_starts(self, ordinal: int) -> int:
        """The starts of a day that `Problem.prefer` likes, whoever gives the visit."""
        return -1 if self._liked is None else self._frame.day(ordinal).starts_of(self._liked)

    @cached_property
    def _liked(self) -> bytes | None:
        if self._rooms.prefer == ANYTHING:
            return None
        starts = self._rooms.starts.whole(self._minutes, self._rooms.prefer, self._works_on)
        return self._written(starts)

    @cached_property
    def _liked_staff(self) -> int:
        return self._allowed(self._rooms.prefer)

    @cached_property
    def _bookable(self) -> dict[int, bytes]:
        """Every practitioner's starts over the frame, as `Problem.require` has it."""
        starts = self._rooms.starts.whole(self._minutes, self._rooms.require, self._works_on)
        masks = self._by_practitioner(starts, self._rooms.require, attrgetter("mask"))
        return {bit: self._written(mask) for bit, mask in masks.items() if mask}

    def _works_on(self, ordinal: int) -> bool:
        """Whether of each kind that the visit needs one is free at some time of a day."""
        day = self._frame.day(ordinal)
        end = day.base + day.reach
        return all(
            any(one.calendar.free.find(b"1", day.base, end) >= 0 for one in resources)
            for resources in (self._rooms.by_kind.get(kind, ()) for kind in self.kinds)
        )

    def _written(self, mask: int) -> bytes:
        return mask.to_bytes(self._frame.size >> 3, "big")

    def _allowed(self, wishes: Wishes) -> int:
        """The practitioners that wishes allow, as bits."""
        if not self.staffed:
            return 1
        staff = enumerate(self._rooms.practitioners)
        return sum(1 << number for number, one in staff if wishes.allow_practitioner(one.id))

    def _by_practitioner(
        self, starts: int, wishes: Wishes, mask_of: Callable[[Calendar], int]
    ) -> dict[int, int]:
        """Of ``starts`` those at which each practitioner, and one of each other kind, is there."""
        for kind in self.kinds:
            if kind != PRACTITIONER and starts:
                starts &= self._any(kind, mask_of)
        if not self.staffed:
            return {1: starts}
        if not starts:
            return {}
        runs = self._runs[PRACTITIONER]
        return {
            bit: starts & serving(mask_of(self._rooms.by_bit(bit).calendar), runs)
            for bit in bits(self._allowed(wishes))
        }

    def _any(self, kind: str, mask_of: Callable[[Calendar], int]) -> int:
        starts = 0
        for resource in self._rooms.by_kind.get(kind, ()):
            starts |= serving(mask_of(resource.calendar), self._runs[kind])
        return starts

    def has_hours(self, ordinal: int, wishes: Wishes = ANYTHING) -> bool:
        """Whether the visit would fit into a day if nobody were busy."""
        starts = self._rooms.starts.on(ordinal, self._minutes, wishes)
        reach_of = self._frame.day(ordinal).reach_of
        fits = self._by_practitioner(starts, wishes, lambda calendar: reach_of(calendar.hours))
        return any(fits.values())

    def cells_of(self, ordinal: int, bit: int) -> list[int]:
        """The cells of the frame at which one practitioner can begin on a day, earliest first."""
        day, starts = self._frame.day(ordinal), self.starts(ordinal, bit, liked=False)
        last = day.base + day.cells - 1
        return [last + 1 - bit.bit_length() for bit in reversed(bits(starts))]

    def resource(self, kind: str, cell: int) -> str:
        """The id of the resource of a kind, listed first, that can serve a visit at ``cell``."""
        resources = self._rooms.by_kind[kind]
        return next(one.id for one in resources if self.is_served_by(one, kind, cell))

    def is_served_by(self, resource: Resource, kind: str, cell: int) -> bool:
        return _all_free(
            resource.calendar.free, ((cell + after, cells) for after, cells in self._runs[kind])
        )


def _all_free(free: bytes, runs: Iterable[tuple[int, int]]) -> bool:
    return all(free.find(b"0", first, first + cells) < 0 for first, cells in runs)
