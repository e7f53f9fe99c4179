"""Reading what is busy: by far the largest part of a document, so read in bulk.

A text such as ``2027-08-09T10:00`` occurs again and again in a document. Each is turned into a
cell of the frame once, and looked up from then on. The usual form is taken apart by slices; every
other one (offsets, seconds) and the days that a clock change touches go a careful way.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from operator import ge
from typing import Any

from protocols.planning.errors import ProblemError
from protocols.planning.frames import Frame
from protocols.planning.zones import day_count, exists, instant, midnight_offset

_MICRO = 1_000_000
_MOMENT = re.compile(
    r"[0-9]{4}(-?)[0-9]{2}\1[0-9]{2}T"
    r"([0-9]{2})(:?[0-9]{2}(:?[0-9]{2}([.,][0-9]+)?)?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?"
)
_SECONDS = {f"{at // 60:02}:{at % 60:02}": at * 60 for at in range(1440)}
_FAR = 10**12  # in seconds: further from any frame than a date can be


def read_moment(text: object, zone_of: Frame, *, last: bool) -> int:
    """An ISO 8601 datetime as microseconds since the epoch; ValueError if it is none.

    Without an offset it is wall clock: a repeated one means its ``last`` occurrence or its first,
    a skipped one the moment of the jump. 24:00 is the next day's 00:00.
    """
    match = _MOMENT.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError("expected an ISO 8601 datetime such as 2027-03-28T09:30")
    midnight = match[2] == "24"
    wall = datetime.fromisoformat(_with_hour(match, "00") if midnight else match[0])
    if midnight:
        if wall.time() != datetime.min.time():
            raise ValueError("past 24:00")
        wall += timedelta(days=1)
    return _instant(wall, zone_of, last=last)


def _with_hour(match: re.Match[str], hour: str) -> str:
    return match.string[: match.start(2)] + hour + match.string[match.end(2) :]


def _instant(wall: datetime, frame: Frame, *, last: bool) -> int:
    shift = wall.utcoffset()
    wall = wall.replace(tzinfo=None)
    if shift is not None:
        seconds = day_count(wall.toordinal()) + wall.hour * 3600 + wall.minute * 60 + wall.second
        return (seconds - shift // timedelta(seconds=1)) * _MICRO + wall.microsecond
    micro = wall.microsecond if exists(frame.zone, wall) else 0
    return instant(frame.zone, wall, last=last) * _MICRO + micro


class _Days(dict[str, int | None]):
    """Dates as seconds from the frame's origin to their 00:00; None: to be read with care."""

    def __init__(self, frame: Frame) -> None:
        super().__init__()
        self._frame = frame

    def __missing__(self, text: str) -> int | None:
        found = self[text] = self._begin(date.fromisoformat(text).toordinal())
        return found

    def _begin(self, ordinal: int) -> int | None:
        frame = self._frame
        if ordinal < frame.first_ordinal - 1:
            return -_FAR
        if ordinal > frame.last_ordinal + 1:
            return _FAR
        if ordinal in frame.changing or not frame.first_ordinal <= ordinal <= frame.last_ordinal:
            return None
        return day_count(ordinal) - midnight_offset(frame.zone, ordinal) - frame.origin


class _Cells(dict[str, int]):
    """Texts as cells of a frame, cut to it: rounded down as a ``from``, up as a ``to``."""

    def __init__(self, frame: Frame, days: _Days, *, last: bool) -> None:
        super().__init__()
        self._frame, self._days, self._last = frame, days, last
        self.all_usual = True

    def __missing__(self, text: str) -> int:
        seconds = self._seconds(text)
        cells = -(-seconds // self._frame.cell) if self._last else seconds // self._frame.cell
        found = self[text] = min(max(cells, 0), self._frame.size)
        return found

    def _seconds(self, text: str) -> int:
        """Seconds from the frame's origin, fractions rounded like the cells."""
        if len(text) == 16 and text[10] == "T" and text[4] == text[7] == "-":
            begin, time = self._days[text[:10]], _SECONDS.get(text[11:])
            if begin is not None and time is not None:
                return begin + time
        else:
            self.all_usual = False
        moment = read_moment(text, self._frame, last=self._last)
        whole = -(-moment // _MICRO) if self._last else moment // _MICRO
        return whole - self._frame.origin


class BusyReader:
    """Reads the busy spans of all resources of a document as spans of a frame's cells."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        days = _Days(frame)
        self._firsts = _Cells(frame, days, last=False)
        self._afters = _Cells(frame, days, last=True)

    def read(self, name: str, value: object) -> list[tuple[int, int]]:
        """The busy cells, each span (first, after) cut to the frame; an empty one may be in."""
        if not isinstance(value, list | tuple):
            raise ProblemError(name, "expected a list")
        return self._in_bulk(value) or self._one_by_one(name, value)

    def _in_bulk(self, pairs: Sequence[Any]) -> list[tuple[int, int]] | None:
        """The spans, or None if anything is malformed, out of order or out of the usual."""
        if not set(map(type, pairs)) <= {list, tuple}:
            return None
        try:
            froms = [begin for begin, _ in pairs]
            tos = [end for _, end in pairs]
            spans = list(
                zip(
                    map(self._firsts.__getitem__, froms),
                    map(self._afters.__getitem__, tos),
                    strict=True,
                )
            )
        except (ValueError, TypeError, OverflowError):
            return None
        # Texts of the usual form sort like the times they mean: wall clock from first to last.
        usual = self._firsts.all_usual and self._afters.all_usual
        return spans if usual and not any(map(ge, froms, tos)) else None

    def _one_by_one(self, name: str, pairs: Sequence[Any]) -> list[tuple[int, int]]:
        spans = []
        for index, pair in enumerate(pairs):
            at = f"{name}[{index}]"
            if not isinstance(pair, list | tuple) or len(pair) != 2:
                raise ProblemError(at, "expected [from, to]")
            begin, end = (
                self._moment(f"{at}[{side}]", pair[side], last=side == 1) for side in (0, 1)
            )
            if begin > end:
                raise ProblemError(at, "expected from <= to")
            if begin < end:
                spans.append((self._firsts[pair[0]], self._afters[pair[1]]))
        return spans

    def _moment(self, name: str, value: object, *, last: bool) -> int:
        try:
            return read_moment(value, self._frame, last=last)
        except (ValueError, OverflowError) as error:
            raise ProblemError(
                name, "expected an ISO 8601 datetime such as 2027-03-28T09:30"
            ) from error
