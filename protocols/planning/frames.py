"""The days a plan is about, laid out as one line of cells."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import pairwise
from math import gcd
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

from protocols.planning.calendars import Calendar
from protocols.planning.horizon import last_reachable
from protocols.planning.steps import Step, all_minutes
from protocols.planning.weeks import Hours, hours_cells
from protocols.planning.zones import (
    DAY,
    day_count,
    instant,
    local,
    midnight_offsets,
    offsets,
    wall_time,
)


class Day(NamedTuple):
    """Where one local day lies on the frame's line of cells.

    ``base`` is its first cell. All its starts lie in the ``cells`` from there on; its visits may
    use the ``reach`` cells from there on (more than ``cells`` only where clocks are put back over
    midnight, so that an hour of the day comes again after the next has begun).

    In a mask over the whole frame, written out as bytes, the day's starts are the number that
    ``bytes[low:high]`` spell, ``>> shift & mask``.
    """

    base: int
    cells: int
    reach: int
    low: int
    high: int
    shift: int
    mask: int

    @classmethod
    def between(cls, base: int, after: int, last: int) -> Self:
        high = after + 7 >> 3
        mask = (1 << after - base) - 1
        return cls(base, after - base, last - base, base >> 3, high, (high << 3) - after, mask)

    def starts_of(self, whole: bytes) -> int:
        """The day's ``cells`` of a mask over the frame: its first cell is the highest bit."""
        return int.from_bytes(whole[self.low : self.high], "big") >> self.shift & self.mask

    def reach_of(self, cells: bytes) -> int:
        """The day's ``reach`` as a mask, from cells that are written out a byte each."""
        return int(cells[self.base : self.base + self.reach] or b"0", 2)


class Frame:
    """The local days ``first`` to ``last`` (both included) of ``zone`` as one line of cells.

    A cell is ``unit`` minutes of real time (a divisor of 1440), so that a day of 23 or 25 hours
    has fewer or more of them, and a day that a zone left out has none. Where clocks jump by a
    fraction of the unit inside the frame, cells are so much shorter: a start on the grid always
    falls on the edge of a cell, if the unit divides the grid and the lengths of all segments.
    Hours can then be rounded inwards, and what is busy outwards, and nothing is lost.

    - ``cell``: seconds in a cell.
    - ``origin``: the instant at which cell 0 begins, a day before ``first`` does: times that a
      clock change moves over midnight stay on the line.
    - ``size``: number of cells, a multiple of 8; a mask over the frame is an int of as many bits,
      cell 0 the highest.
    """

    def __init__(self, zone: ZoneInfo, first: date, last: date, unit: int = 15) -> None:
        if unit < 1 or 1440 % unit or last < first:
            raise ValueError("expected a unit that divides 1440 minutes, and first <= last")
        self.zone, self.first, self.last, self.unit = zone, first, last, unit
        self.first_ordinal, self.last_ordinal = first.toordinal(), last.toordinal()
        around = range(self.first_ordinal, self.last_ordinal + 3)
        self._offsets = midnight_offsets(zone, around)
        jumps = {after - before for before, after in pairwise(self._offsets)}
        self.cell = gcd(unit * 60, *jumps)
        self.origin = day_count(self.first_ordinal) - self._offsets[0] - DAY
        end = day_count(self.last_ordinal + 2) - min(self._offsets)
        self.size = -((self.origin - end) // self.cell) + 7 & ~7
        self.changing = frozenset(self._changing())
        self._days: dict[int, Day] = {}

    @classmethod
    def for_steps(
        cls,
        zone: ZoneInfo,
        start_on: date,
        steps: Sequence[Step],
        *,
        until: date | None = None,
        previous_on: date | None = None,
        first_within_days: int = 60,
        grid_minutes: int = 15,
    ) -> Self:
        """The frame that reaches over every day the steps can, its unit fit for them and the grid.

        Arguments as in `Problem`. ProblemError if the steps reach past the end of the calendar.
        """
        last = last_reachable(
            start_on,
            steps,
            until=until,
            previous_on=previous_on,
            first_within_days=first_within_days,
        )
        return cls(zone, start_on, last, gcd(grid_minutes, 15, *all_minutes(steps)))

    def _changing(self) -> Iterable[int]:
        """Ordinals of the days that a clock change touches."""
        around = zip(self._offsets, self._offsets[1:], self._offsets[2:], strict=False)
        for index, (now, tomorrow, after) in enumerate(around):
            ordinal = self.first_ordinal + index
            # A change just before, at or after midnight can touch the day before it too.
            if now != tomorrow or (tomorrow != after and self._odd_midnight(ordinal + 1)):
                yield ordinal

    def _odd_midnight(self, ordinal: int) -> bool:
        """Whether a date's 00:00 is skipped or repeated."""
        first, last = offsets(self.zone, wall_time(ordinal, 0))
        return first != last

    def day(self, ordinal: int) -> Day:
        """One day of the frame."""
        found = self._days.get(ordinal)
        if found is None:
            found = self._days[ordinal] = self._lay_out(ordinal)
        return found

    def _lay_out(self, ordinal: int) -> Day:
        if ordinal not in self.changing:
            base = self.begin(ordinal)
            after = base + DAY // self.cell
            return Day.between(base, after, after)
        tomorrow = wall_time(ordinal + 1, 0)
        return Day.between(
            self.cell_from(instant(self.zone, wall_time(ordinal, 0), last=False)),
            self.cell_from(instant(self.zone, tomorrow, last=False)),
            self.cell_from(instant(self.zone, tomorrow, last=True)),
        )

    def begin(self, ordinal: int) -> int:
        """The cell at which a day of the frame begins that no clock change touches."""
        offset = self._offsets[ordinal - self.first_ordinal]
        return self.cell_from(day_count(ordinal) - offset)

    def cell_at(self, moment: int) -> int:
        """The cell in which an instant lies: rounds down."""
        return (moment - self.origin) // self.cell

    def cell_from(self, moment: int) -> int:
        """The first cell that begins at or after an instant: rounds up."""
        return -((self.origin - moment) // self.cell)

    def moment(self, cell: int) -> int:
        """The instant at which a cell begins."""
        return self.origin + cell * self.cell

    def local(self, cell: int) -> datetime:
        """The aware local time at which a cell begins."""
        return local(self.zone, self.moment(cell))

    def length(self, minutes: int) -> int:
        """Minutes as a number of cells; ValueError if they are not a whole number of them."""
        cells, rest = divmod(minutes * 60, self.cell)
        if rest:
            raise ValueError(f"{minutes} minutes are no multiple of the frame's unit")
        return cells

    def covers(self, first: date, last: date) -> bool:
        return self.first <= first and last <= self.last

    def calendar(self, hours: Iterable[Hours], busy: Iterable[tuple[int, int]] = ()) -> Calendar:
        """The calendar of a resource: its hours, less what is ``busy``.

        ``busy``: (from, to) in minutes since the epoch, UTC, half-open, in any order, overlapping
        as they like; an empty or inverted one blocks nothing. What lies outside the frame is
        ignored.
        """
        cell, origin = self.cell, self.origin
        spans = [(begin * 60, end * 60) for begin, end in busy if begin < end]
        firsts = self._cut([(begin - origin) // cell for begin, _ in spans])
        afters = self._cut([-((origin - end) // cell) for _, end in spans])
        return Calendar.of(hours_cells(self, hours), zip(firsts, afters, strict=True))

    def _cut(self, cells: list[int]) -> list[int]:
        """Cells, those outside the frame put onto its edge; mostly there is none."""
        if not cells or (min(cells) >= 0 and max(cells) <= self.size):
            return cells
        return [min(max(cell, 0), self.size) for cell in cells]
