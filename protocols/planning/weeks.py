"""A weekly pattern rolled out over a frame's days."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from protocols.planning.zones import instant, wall_time

if TYPE_CHECKING:
    from protocols.planning.frames import Frame

NO, YES = b"0", b"1"


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours on a weekday (0 is Monday), wall-clock minutes since midnight, 0 to 1440.

    In force on the dates from ``valid_from`` on and before ``valid_until``.
    """

    weekday: int
    from_minute: int
    to_minute: int
    valid_from: date | None = None
    valid_until: date | None = None

    def in_force(self, ordinal: int) -> bool:
        if self.valid_from is not None and ordinal < self.valid_from.toordinal():
            return False
        return self.valid_until is None or ordinal < self.valid_until.toordinal()


def weekday(ordinal: int) -> int:
    """0 is Monday."""
    return (ordinal + 6) % 7


def stretches(frame: Frame, cuts: Iterable[int] = ()) -> Iterator[tuple[int, int]]:
    """The frame's days without a clock change, as ranges of ordinals, none across a cut."""
    begin = frame.first_ordinal
    edges = {frame.last_ordinal + 1, *cuts, *frame.changing}
    for edge in sorted(edge for edge in edges if begin <= edge <= frame.last_ordinal + 1):
        if begin < edge:
            yield begin, edge
        begin = edge + 1 if edge in frame.changing else edge


def roll_out(
    cells: bytearray, frame: Frame, days: tuple[int, int], of_weekday: Callable[[int], bytes]
) -> None:
    """Write a weekly pattern over days without a clock change: 24 hours of cells for a weekday."""
    begin, end = days
    week = b"".join(of_weekday(weekday(begin + day)) for day in range(7))
    width = len(week) // 7 * (end - begin)
    base = frame.day(begin).base
    cells[base : base + width] = (week * ((end - begin) // 7 + 1))[:width]


def hours_cells(frame: Frame, hours: Iterable[Hours]) -> bytes:
    """Opening hours as cells, b"1" where wholly open: hours are rounded inwards.

    Where they touch or overlap they are joined as instants first: 9:00-9:10 and 9:10-10:00 leave
    no gap, however wide a cell.
    """
    hours = tuple(hours)
    cells = bytearray(NO) * frame.size
    bounds = {bound for part in hours for bound in (part.valid_from, part.valid_until) if bound}
    for begin, end in stretches(frame, {bound.toordinal() for bound in bounds}):
        in_force = [part for part in hours if part.in_force(begin)]
        roll_out(cells, frame, (begin, end), partial(_plain_day, frame, in_force))
    for ordinal in frame.changing:
        day = [h for h in hours if h.weekday == weekday(ordinal) and h.in_force(ordinal)]
        _write(cells, frame, _instants(frame, day, ordinal))
    return bytes(cells)


def _plain_day(frame: Frame, hours: Iterable[Hours], at: int) -> bytes:
    """One weekday of 24 hours."""
    cells = bytearray(NO) * (86_400 // frame.cell)
    spans = [(h.from_minute * 60, h.to_minute * 60) for h in hours if h.weekday == at]
    for begin, end in joined(spans):
        first, after = -(-begin // frame.cell), end // frame.cell
        if first < after:
            cells[first:after] = YES * (after - first)
    return bytes(cells)


def _instants(frame: Frame, hours: Iterable[Hours], ordinal: int) -> list[tuple[int, int]]:
    """Hours of one date as instants: from the first 2:30 of two, to the last."""
    zone = frame.zone
    return [
        (
            instant(zone, wall_time(ordinal, part.from_minute), last=False),
            instant(zone, wall_time(ordinal, part.to_minute), last=True),
        )
        for part in hours
    ]


def _write(cells: bytearray, frame: Frame, spans: Iterable[tuple[int, int]]) -> None:
    for begin, end in joined(spans):
        first, after = frame.cell_from(begin), frame.cell_at(end)
        if first < after:
            cells[first:after] = YES * (after - first)


def joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Half-open spans in order, those that touch or overlap made one."""
    result: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if result and begin <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((begin, end))
    return result
