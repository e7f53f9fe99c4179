"""Sums over masks of cells: ints in which the first cell is the highest bit, 1 where free.

A mask may be of a whole frame or of one day; a shift to the left looks later in time.
"""

from collections.abc import Iterable


def lasting(free: int, cells: int) -> int:
    """The cells from which on so many in a row are free."""
    row = 1
    while row < cells and free:
        more = min(row, cells - row)
        free &= free << more
        row += more
    return free


def serving(free: int, runs: Iterable[tuple[int, int]]) -> int:
    """The starts from which every run (cells after the start, cells) is free.

    May have bits before the first cell: a mask of starts that it is joined with has none.
    """
    starts = -1
    for after, cells in runs:
        starts &= lasting(free, cells) << after
    return starts


def bits(members: int) -> list[int]:
    """The single bits of a set, lowest first."""
    found = []
    while members:
        lowest = members & -members
        found.append(lowest)
        members ^= lowest
    return found
