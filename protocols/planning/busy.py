"""Reading what is busy: by far the largest part of a document, so read in bulk.

The same span occurs again and again in a document, in the calendar of one resource and another.
Each is joined to one text, as ``2027-08-09T10:00/2027-08-09T10:45``, turned into cells of the frame
once, and looked up from then on. The usual form is taken apart by slices; every other one (offsets,
seconds) and the days that a clock change touches go a careful way.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from protocols.planning.calendars import Span
from protocols.planning.errors import ProblemError
from protocols.planning.frames import Frame
from protocols.planning.zones import day_count, existing, instant

_MICRO = 1_000_000
_MOMENT = re.compile(
    r"[0-9]{4}(-?)[0-9]{2}\1[0-9]{2}T"
    r"([0-9]{2})(:?[0-9]{2}(:?[0-9]{2}([.,][0-9]+)?)?)?(Z|[+-][0-9]{2}(:?[0-9]{2}){0,2})?"
)
_FAR = 10**12  # in cells: further from any frame than a date can be
_CLOCKS = 64  # spans of the clock that are foreseen: a document with many more has no pattern
_ROOM = 2  # spans that may be written down ahead, to one of the document
_EXPECTED = "expected an ISO 8601 datetime such as 2027-03-28T09:30"


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


@lru_cache(maxsize=16)
def _times(cell: int, *, last: bool) -> dict[str, int]:
    """Times of day (``T09:30``) as cells after midnight: rounded down as a from, up as a to."""
    up = cell - 1 if last else 0
    return {f"T{at // 60:02}:{at % 60:02}": (at * 60 + up) // cell for at in range(1440)}


class _Days(dict[str, int]):
    """Dates as the cell of a frame at which they begin.

    KeyError or ValueError if a text is no date, or one on which a clock must be read with care.
    """

    def __init__(self, frame: Frame) -> None:
        plain = set(range(frame.first_ordinal, frame.last_ordinal + 1)) - frame.changing
        super().__init__(
            (date.fromordinal(ordinal).isoformat(), frame.begin(ordinal)) for ordinal in plain
        )
        self.plain = list(self.items())
        self._around = range(frame.first_ordinal - 1, frame.last_ordinal + 2)

    def __missing__(self, text: str) -> int:
        day = date.fromisoformat(text)
        ordinal = day.toordinal()
        if day.isoformat() != text or ordinal in self._around:
            raise KeyError(text)  # another form, as 2027-W32-1, or a day that is not plain
        cell = self[text] = -_FAR if ordinal < self._around.start else _FAR
        return cell


class _Spans(dict[str, Span]):
    """Spans, as texts ``from/to``, made cells of a frame, each only once.

    ValueError or OverflowError if a text is no span.
    """

    def __init__(self, frame: Frame) -> None:
        super().__init__()
        self._frame, self._days = frame, _Days(frame)
        self._begins = _times(frame.cell, last=False)
        self._ends = _times(frame.cell, last=True)
        self._met: set[tuple[str, str]] = set()
        self._foreseen: set[tuple[str, str]] = set()
        self._room = 0

    def of(self, spans: Sequence[str]) -> list[Span]:
        self._room += _ROOM * len(spans)
        return list(map(self.__getitem__, spans))

    def __missing__(self, span: str) -> Span:
        cells = self[span] = self._usual(span) or self._with_care(span)
        return cells

    def _usual(self, span: str) -> Span | None:
        """The cells of a span in the usual form; None if it is to be read with care."""
        if span[:16] >= span[17:]:
            return None
        try:
            first = self._days[span[:10]] + self._begins[span[10:16]]
            after = self._days[span[17:27]] + self._ends[span[27:]]
        except (KeyError, ValueError):
            return None
        if len(self._foreseen) < _CLOCKS and self._room >= len(self._days.plain):
            self._foresee(span[10:16], span[27:])
        return self._cut(first, after)

    def _foresee(self, begin: str, end: str) -> None:
        """Write down a span of the clock for every day when it is met again, on a second day.

        Most then come on most days. Bounded by the spans of the document, so that one without a
        pattern costs little more.
        """
        days, clock = self._days.plain, (begin, end)
        if clock not in self._met:
            self._met.add(clock)
            return
        if begin >= end or clock in self._foreseen:
            return
        self._foreseen.add(clock)
        self._room -= len(days)
        first, after = self._begins[begin], self._ends[end]
        for day, base in days:
            self[f"{day}{begin}/{day}{end}"] = base + first, base + after

    def _with_care(self, span: str) -> Span:
        begin, end = span.split("/")
        return self.between(
            read_moment(begin, self._frame, last=False), read_moment(end, self._frame, last=True)
        )

    def between(self, begin: int, end: int) -> Span:
        """The cells from one instant to another, in microseconds, rounded outwards.

        It has no length if they are the same; ValueError if they are in the wrong order.
        """
        if begin > end:
            raise ValueError("expected from <= to")
        first = self._frame.cell_at(begin // _MICRO)
        after = self._frame.cell_from(-(-end // _MICRO))
        return self._cut(first, after if begin < end else first)

    def _cut(self, first: int, after: int) -> Span:
        """Cells cut to the frame."""
        size = self._frame.size
        if first < 0 or after > size:
            first, after = min(max(first, 0), size), min(max(after, 0), size)
        return first, after


class BusyReader:
    """Reads the busy spans of all resources of a document as cells of a frame."""

    def __init__(self, frame: Frame) -> None:
        self._frame, self._spans = frame, _Spans(frame)

    def read(self, name: str, value: object) -> list[Span]:
        """The busy spans, cut to the frame; ProblemError if one is malformed."""
        if not isinstance(value, list | tuple):
            raise ProblemError(name, "expected a list")
        if set(map(type, value)) <= {list, tuple}:
            with suppress(ValueError, TypeError, OverflowError):
                return self._spans.of([begin + "/" + end for begin, end in value])
        return self._one_by_one(name, value)

    def _one_by_one(self, name: str, pairs: Sequence[Any]) -> list[Span]:
        """The spans of a list that cannot be read in bulk, mostly to name the one at fault."""
        spans = []
        for index, pair in enumerate(pairs):
            at = f"{name}[{index}]"
            if not isinstance(pair, list | tuple) or len(pair) != 2:
                raise ProblemError(at, "expected [from, to]")
            begin = self._moment(f"{at}[0]", pair[0], last=False)
            end = self._moment(f"{at}[1]", pair[1], last=True)
            if begin > end:
                raise ProblemError(at, "expected from <= to")
            spans.append(self._spans.between(begin, end))
        return spans

    def _moment(self, name: str, value: object, *, last: bool) -> int:
        try:
            return read_moment(value, self._frame, last=last)
        except (ValueError, OverflowError) as error:
            raise ProblemError(name, _EXPECTED) from error
