"""When one resource may be booked."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

# A busy span: its first cell, and the first after it.
Span = tuple[int, int]


class _Blocks(dict[int, bytearray]):
    """So many busy cells, by their number: made once each, and never changed.

    They are bytearrays because one is assigned to a slice of another without a copy in between.
    """

    def __missing__(self, cells: int) -> bytearray:
        block = self[cells] = bytearray(b"0") * cells
        return block


@dataclass(frozen=True, slots=True)
class Calendar:
    """The cells of a frame in which a resource works, and those in which it is also free.

    ``hours`` and ``free`` are written out, a byte ``b"1"`` or ``b"0"`` for each cell in the order
    of time: busy spans are painted by slices. ``mask`` is `free` as bits, the first cell the
    highest, for sums over the whole frame at once.
    """

    hours: bytes
    free: bytes
    mask: int

    @classmethod
    def of(cls, hours: bytes, busy: Iterable[Span]) -> Self:
        """``hours`` less what is busy: spans of cells of the frame, 0 to its size."""
        free, blocks = bytearray(hours), _Blocks()
        for first, after in busy:
            free[first:after] = blocks[after - first]
        return cls(hours, bytes(free), int(free, 2))
