"""Reading what is busy: by far the largest part of a document, so read in bulk.

A text such as ``2027-08-09T10:00`` occurs again and again in a document. Each is turned into a
cell of the frame once, and looked up from then on. The usual form is taken apart by slices; every
other one (offsets, seconds) and the days that a clock change touches go a careful way.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import lru_cache
from operator import ge
from typing import Any

from protocols.planning.errors import ProblemError
from protocols.planning.frames import Frame
from protocols.planning.zones import day_count, existing, instant

_MICRO = 1_000_000
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}(-?)[0-9]{2}\1[0-9]{2}T"
    r"([0-9]{2})(:?[0-9]{2}(:?[0-9]{2}([.,][0-9]+)?)?)?(Z|[+-][0-9]{2}(:?[0-9]{2}){0,2})?"
)
_FAR = 10**12  # in cells: further from any frame than a date can be
_FEW = 5000  # spans of a document, up to which their texts repeat too seldom to be looked up
_EXPECTED = "expected an ISO 8601 datetime such as 2027-03-28T09:30"

# The first cells of spans, and the first cells after them.
Busy = tuple[list[int], list[int]]


def read_moment(text: object, frame: Frame, *, last: bool) -> int:
    """An ISO 8601 datetime as microseconds since the epoch; ValueError if it is none.

    Without an offset it is wall clock: a repeated one means its ``last`` occurrence or its first,
    a skipped one the moment of the jump. 24:00 is the next day's 00:00.
    """
    match = _MOMENT.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError(_EXPECTED)
    midnight = match[2] == "24"
    wall = datetime.fromisoformat(_with_hour(match, "00") if midnight else match[0])
    if midnight:
        if wall.time() != datetime.min.time():
            raise ValueError("past 24:00")
        wall += timedelta(days=1)
    return _instant(wall, frame, last=last)


def _with_hour(match: re.Match[str], hour: str) -> str:
    return match.string[: match.start(2)] + hour + match.string[match.end(2) :]


def _instant(wall: datetime, frame: Frame, *, last: bool) -> int:
    shift = wall.utcoffset()
    wall = wall.replace(tzinfo=None)
    if shift is not None:
        seconds = day_count(wall.toordinal()) + wall.hour * 3600 + wall.minute * 60 + wall.second
        return (seconds - shift // timedelta(seconds=1)) * _MICRO + wall.microsecond
    micro = 0 if existing(frame.zone, wall) is None else wall.microsecond
    return instant(frame.zone, wall, last=last) * _MICRO + micro


class _Days(dict[str, int | None]):
    """Dates as the cell of a frame at which they begin; None: to be read with care.

    KeyError if a text is no date.
    """

    def __init__(self, frame: Frame) -> None:
        super().__init__()
        self._frame = frame

    def __missing__(self, text: str) -> int | None:
        if not _DATE.fullmatch(text):
            raise KeyError(text)
        ordinal, frame = date.fromisoformat(text).toordinal(), self._frame
        cell = None
        if ordinal < frame.first_ordinal - 1:
            cell = -_FAR
        elif ordinal > frame.last_ordinal + 1:
            cell = _FAR
        elif frame.first_ordinal <= ordinal <= frame.last_ordinal and ordinal not in frame.changing:
            cell = frame.day(ordinal).base
        self[text] = cell
        return cell


@lru_cache(maxsize=16)
def _times(cell: int, *, last: bool) -> dict[str, int]:
    """Times of day (``T09:30``) as cells after midnight: rounded down as a from, up as a to."""
    up = cell - 1 if last else 0
    return {f"T{at // 60:02}:{at % 60:02}": (at * 60 + up) // cell for at in range(1440)}


class _Cells(dict[str, int]):
    """Texts as cells of a frame, cut to it: rounded down as a from, up as a to."""

    def __init__(self, frame: Frame, days: _Days, *, last: bool) -> None:
        super().__init__()
        self._frame, self._days, self._last = frame, days, last
        self._times = _times(frame.cell, last=last)
        self._size = frame.size
        self.all_usual = True

    def outright(self, texts: Sequence[str]) -> list[int]:
        """The cells of texts that hardly repeat: no call for each, and nothing kept.

        KeyError or TypeError where a text is not of the usual form.
        """
        days, times = self._days, self._times
        cells = [
            self[text] if (day := days[text[:10]]) is None else day + times[text[10:]]
            for text in texts
        ]
        if cells and (min(cells) < 0 or max(cells) > self._size):
            return [min(max(cell, 0), self._size) for cell in cells]
        return cells

    def __missing__(self, text: str) -> int:
        try:
            day, time = self._days[text[:10]], self._times[text[10:]]
        except (KeyError, TypeError):
            day = time = None
        cell = self._with_care(text) if day is None or time is None else day + time
        if not 0 <= cell <= self._size:
            cell = 0 if cell < 0 else self._size
        self[text] = cell
        return cell

    def _with_care(self, text: str) -> int:
        self.all_usual &= text[10:] in self._times
        return self.of_moment(read_moment(text, self._frame, last=self._last))

    def of_moment(self, moment: int) -> int:
        """The cell of an instant in microseconds, not cut."""
        if self._last:
            return self._frame.cell_from(-(-moment // _MICRO))
        return self._frame.cell_at(moment // _MICRO)


class BusyReader:
    """Reads the busy spans of all resources of a document as cells of a frame."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._spans = 0
        days = _Days(frame)
        self._firsts = _Cells(frame, days, last=False)
        self._afters = _Cells(frame, days, last=True)

    def read(self, name: str, value: object) -> Busy:
        """The busy spans, cut to the frame; ProblemError if one is malformed."""
        if not isinstance(value, list | tuple):
            raise ProblemError(name, "expected a list")
        return self._in_bulk(value) or self._one_by_one(name, value)

    def _in_bulk(self, pairs: Sequence[Any]) -> Busy | None:
        """The spans, or None if anything is malformed, out of order or out of the usual."""
        if not set(map(type, pairs)) <= {list, tuple}:
            return None
        try:
            froms = [begin for begin, _ in pairs]
            tos = [end for _, end in pairs]
            firsts, afters = self._cells(froms, tos)
        except (ValueError, TypeError, OverflowError):
            return None
        # Texts of the usual form sort like the times they mean: wall clock from first to last.
        usual = self._firsts.all_usual and self._afters.all_usual
        return (firsts, afters) if usual and not any(map(ge, froms, tos)) else None

    def _cells(self, froms: list[str], tos: list[str]) -> Busy:
        self._spans += len(froms)
        if self._spans <= _FEW:
            with suppress(KeyError, TypeError):
                return self._firsts.outright(froms), self._afters.outright(tos)
        return (
            list(map(self._firsts.__getitem__, froms)),
            list(map(self._afters.__getitem__, tos)),
        )

    def _one_by_one(self, name: str, pairs: Sequence[Any]) -> Busy:
        firsts, afters = [], []
        for index, pair in enumerate(pairs):
            at = f"{name}[{index}]"
            if not isinstance(pair, list | tuple) or len(pair) != 2:
                raise ProblemError(at, "expected [from, to]")
            begin = self._moment(f"{at}[0]", pair[0], last=False)
            end = self._moment(f"{at}[1]", pair[1], last=True)
            if begin > end:
                raise ProblemError(at, "expected from <= to")
            if begin < end:
                firsts.append(min(max(self._firsts.of_moment(begin), 0), self._frame.size))
                afters.append(min(max(self._afters.of_moment(end), 0), self._frame.size))
        return firsts, afters

    def _moment(self, name: str, value: object, *, last: bool) -> int:
        try:
            return read_moment(value, self._frame, last=last)
        except (ValueError, OverflowError) as error:
            raise ProblemError(name, _EXPECTED) from error
