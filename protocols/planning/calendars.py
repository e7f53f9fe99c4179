"""When one resource may be booked."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self


class _Blocks(dict[int, bytes]):
    """So many busy cells, by their number: made once each."""

    def __missing__(self, cells: int) -> bytes:
        block = self[cells] = b"0" * cells
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
    def of(cls, hours: bytearray, firsts: Iterable[int], afters: Iterable[int]) -> Self:
        """``hours`` less the busy cells: from each of ``firsts`` up to its one of ``afters``.

        Both are cells of the frame, 0 to its size. ``hours`` is used up.
        """
        working = bytes(hours)
        blocks = _Blocks()
        for first, after in zip(firsts, afters, strict=True):
            hours[first:after] = blocks[after - first]
        return cls(working, bytes(hours), int(hours, 2))
