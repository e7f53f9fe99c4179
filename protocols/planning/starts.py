"""When a visit may begin, as far as the clock, the closed days and wishes are concerned."""

from collections.abc import Callable, Iterator, Set
from datetime import date
from functools import cached_property

from protocols.planning.frames import Frame
from protocols.planning.steps import Wishes
from protocols.planning.weeks import NO, YES, roll_out, stretches, weekday
from protocols.planning.zones import DAY, existing, local, wall_time


class Starts:
    """The starts of a frame: existing local times on the grid, on days that are not closed.

    A visit that begins at one must end on the same local day; ending at midnight reads 24:00.
    """

    def __init__(self, frame: Frame, grid_minutes: int, closed_on: Set[date]) -> None:
        if grid_minutes * 60 % frame.cell:
            raise ValueError(f"the frame's unit does not divide a grid of {grid_minutes} minutes")
        self._frame = frame
        self._grid = range(0, 1440, grid_minutes)
        self._closed = frozenset(day.toordinal() for day in closed_on)
        self._patterns: dict[tuple[int, Wishes, bool], bytes] = {}
        self._readings: dict[tuple[int, int], list[tuple[int, int, int]]] = {}

    def closed(self, ordinal: int) -> bool:
        return ordinal in self._closed

    def whole(self, minutes: int, wishes: Wishes, works_on: Callable[[int], bool]) -> int:
        """Starts on all days, as a mask over the frame.

        ``works_on`` tells whether anybody works on a date: the clock of a day of change is read
        start by start, mostly on a Sunday on which nobody does.
        """
        frame = self._frame
        cells = bytearray(NO) * frame.size
        for days in stretches(frame):
            roll_out(cells, frame, days, lambda at: self._pattern(minutes, wishes, at))
        for ordinal in self._closed_and_plain:
            day = frame.day(ordinal)
            cells[day.base : day.base + day.cells] = NO * day.cells
        for ordinal in filter(works_on, frame.changing - self._closed):
            for cell in self._changing_day(ordinal, minutes, wishes):
                cells[cell] = YES[0]
        return int(cells, 2)

    def on(self, ordinal: int, minutes: int, wishes: Wishes) -> int:
        """Starts of one day, as a mask over its reach."""
        if ordinal in self._closed:
            return 0
        if ordinal not in self._frame.changing:
            return int(self._pattern(minutes, wishes, weekday(ordinal)), 2)
        day = self._frame.day(ordinal)
        last = day.base + day.reach - 1
        return sum(1 << last - cell for cell in self._changing_day(ordinal, minutes, wishes))

    @cached_property
    def _closed_and_plain(self) -> list[int]:
        frame = self._frame
        inside = range(frame.first_ordinal, frame.last_ordinal + 1)
        return [day for day in self._closed - frame.changing if day in inside]

    def _pattern(self, minutes: int, wishes: Wishes, at: int) -> bytes:
        """The starts of one weekday of 24 hours."""
        key = minutes, wishes, wishes.allow_weekday(at)
        found = self._patterns.get(key)
        if found is None:
            found = self._patterns[key] = self._plain_day(minutes, wishes, open_=key[2])
        return found

    def _plain_day(self, minutes: int, wishes: Wishes, *, open_: bool) -> bytes:
        cell = self._frame.cell
        cells = bytearray(NO) * (DAY // cell)
        for minute in self._grid:
            end = minute + minutes
            if open_ and end <= 1440 and wishes.allow_times(minute * 60, end * 60):
                cells[minute * 60 // cell] = YES[0]
        return bytes(cells)

    def _changing_day(self, ordinal: int, minutes: int, wishes: Wishes) -> list[int]:
        """The cells at which visits may begin on a day that clock changes touch."""
        if not wishes.allow_weekday(weekday(ordinal)):
            return []
        key = ordinal, minutes
        found = self._readings.get(key)
        if found is None:
            found = self._readings[key] = list(self._read_clock(ordinal, minutes))
        return [cell for cell, begin, end in found if wishes.allow_times(begin, end)]

    def _read_clock(self, ordinal: int, minutes: int) -> Iterator[tuple[int, int, int]]:
        """Start by start: its cell, and what the clock reads at its begin and end, in seconds."""
        if minutes > 2 * 1440:
            return
        for minute in self._grid:
            moment = existing(self._frame.zone, wall_time(ordinal, minute))
            if moment is not None:
                end = self._reading(ordinal, moment + minutes * 60)
                if end is not None:
                    yield self._frame.cell_at(moment), minute * 60, end

    def _reading(self, ordinal: int, moment: int) -> int | None:
        """What the clock of the day reads at the end of a visit, in seconds since midnight.

        A visit whose last second is still of the day ends on it, if only at 24:00; else None.
        """
        reading = local(self._frame.zone, moment)
        if reading.toordinal() == ordinal:
            return reading.hour * 3600 + reading.minute * 60 + reading.second
        before = local(self._frame.zone, moment - 1)
        return DAY if before.toordinal() == ordinal else None
