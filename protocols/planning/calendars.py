"""When one resource may be booked."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Self


class _Blocks(dict[int, bytes]):
    """So many busy cells, by their number: made once each."""

    def __missing__(self, cells: int) -> bytes:
        block = self[cells] = b"0" * cells
        return block


@dataclass(frozen=True)
class Calendar:
    """The cells of a frame in which a resource works, and those in which it is also free.

    Both are written out, a byte ``b"1"`` or ``b"0"`` for each cell in time's order: busy spans are
    then painted by slices, and ``int(cells, 2)`` turns any part into bits for whole-day sums.
    """

    hours: bytes
    free: bytes

    @classmethod
    def of(cls, hours: bytearray, busy: Iterable[tuple[int, int]]) -> Self:
        """``hours`` as cells, less the ``busy`` ones: (first, after) inside the frame."""
        working = bytes(hours)
        blocks = _Blocks()
        for first, after in busy:
            hours[first:after] = blocks[after - first]
        return cls(working, bytes(hours))

    @cached_property
    def mask(self) -> int:
        """`free` over the whole frame as bits, the first cell the highest."""
        return int(self.free, 2)
