"""Windows as bars, sessions as dots, on an axis of days: plain geometry, no database.

`templates/series/_ribbon.html` draws it on the screen and on paper, and
`templates/documents/series.typ` in the PDF. It is always beside a list that says the same.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from clinic import states, wording
from clinic.dates import written
from clinic.states import State
from protocols.planning import Window

WIDTH = 840
SIDE = 14  # the axis ends before the picture does, so that no dot is cut
THREAD = 66  # the line on which the dots stand
BAR = 13
LABEL_ROWS = (THREAD + 36, THREAD + 50)
CLOSEST = 25  # dots: a denser picture becomes wider, up to `WIDEST` times
WIDEST = 1.9
GAP_ROOM = 36
DATE_ROOM = 48
MONTH_ROOM, YEAR_ROOM = 40, 58
HATCH_TOP, HATCH_BOTTOM, HATCH_STEP = 24, 100, 5
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Option:
    """Another day of a session, for the hand that drags its dot."""

    x: float
    key: str  # the same as `data-option` on the link in the list


@dataclass(frozen=True)
class Stop:
    """One session as it is to be drawn; without `on` it stands on its due day, hollow."""

    number: int
    on: dt.date
    window: Window | None
    state: State
    title: str
    is_settled: bool = True  # it has a date of its own, so a gap may be written to it
    is_done: bool = False
    is_picked: bool = False
    options: tuple[tuple[dt.date, str], ...] = ()

    @property
    def is_outside(self) -> bool:
        return self.window is not None and self.on not in self.window


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    due: float | None
    number: int
    is_done: bool
    is_blocked: bool


@dataclass(frozen=True)
class Dot:
    number: int
    x: float
    state: State
    title: str
    date: str
    date_y: float | None  # None: no room for the date
    is_done: bool
    is_picked: bool
    is_outside: bool
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Label:
    x: float
    text: str


@dataclass(frozen=True)
class Stretch:
    """Part of the axis; `hatching` is its path of slanted lines, cut to it."""

    x: float
    width: float

    @property
    def hatching(self) -> str:
        first, last = self.x, self.x + self.width
        begin = int(first + HATCH_TOP) // HATCH_STEP * HATCH_STEP + HATCH_STEP
        lines = []
        for c in range(begin, int(last + HATCH_BOTTOM), HATCH_STEP):
            low, high = max(first, c - HATCH_BOTTOM), min(last, c - HATCH_TOP)
            lines.append(f"M{low:.1f} {c - low:.1f}L{high:.1f} {c - high:.1f}")
        return "".join(lines)


@dataclass(frozen=True)
class Ribbon:
    width: float
    height: float
    is_grown: bool  # wider than asked for, to part its dots
    thread: float
    radius: float
    bar_height: float
    axis: tuple[float, float]
    line: tuple[float, float]  # from the first dot to the last
    today: float | None
    months: tuple[Label, ...]
    closed: tuple[Stretch, ...]
    bars: tuple[Bar, ...]
    dots: tuple[Dot, ...]
    gaps: tuple[Label, ...]


@dataclass(frozen=True)
class Axis:
    """Days to the picture's units; a day has a width, its dot stands in its middle."""

    first: dt.date
    last: dt.date
    width: float

    @property
    def step(self) -> float:
        return (self.width - 2 * SIDE) / ((self.last - self.first).days + 1)

    def left(self, day: dt.date) -> float:
        return round(SIDE + (day - self.first).days * self.step, 1)

    def middle(self, day: dt.date) -> float:
        return round(SIDE + ((day - self.first).days + 0.5) * self.step, 1)

    def span(self, first: dt.date, last: dt.date) -> Stretch:
        """Both days included, cut to the axis."""
        begin, end = max(first, self.first), min(last, self.last)
        return Stretch(self.left(begin), round(max(((end - begin).days + 1) * self.step, 0), 1))


def draw(
    stops: Sequence[Stop], *, today: dt.date, closed: Iterable[dt.date] = (), width: int = WIDTH
) -> Ribbon | None:
    if not stops:
        return None
    axis = _axis(stops, today, width)
    dots = _dots(stops, axis)
    shown_today = axis.first <= today <= axis.last
    return Ribbon(
        width=axis.width,
        height=max((dot.date_y for dot in dots if dot.date_y), default=THREAD + BAR) + 8,
        is_grown=axis.width > width,
        thread=THREAD,
        radius=_radius(dots),
        bar_height=BAR,
        axis=(SIDE, axis.width - SIDE),
        line=(min(dot.x for dot in dots), max(dot.x for dot in dots)),
        today=axis.middle(today) if shown_today else None,
        months=tuple(_months(axis)),
        closed=tuple(_closed(axis, closed)),
        bars=tuple(_bars(stops, axis)),
        dots=dots,
        gaps=tuple(_gaps(stops, axis)),
    )


def _axis(stops: Sequence[Stop], today: dt.date, width: int) -> Axis:
    first, last = _reach(stops)
    span = (last - first).days + 1
    # Today is drawn where it is near; a series begun long ago, or far ahead, needs no such line.
    if 0 <= (first - today).days <= max(10, span // 6):
        first = today
    if 0 <= (today - last).days <= max(10, span // 6):
        last = today
    pad = max(2, (last - first).days // 40)
    first, last = first - pad * DAY, last + pad * DAY
    days = (last - first).days + 1
    nearest = min((abs((b.on - a.on).days) for a, b in pairwise(stops)), default=days) or 1
    wanted = CLOSEST * days / nearest + 2 * SIDE
    return Axis(first, last, round(min(max(width, wanted), width * WIDEST)))


def _reach(stops: Sequence[Stop]) -> tuple[dt.date, dt.date]:
    days = [stop.on for stop in stops]
    for index, stop in enumerate(stops):
        if stop.window:
            days += [stop.window.opens, *filter(None, [_drawn_until(stops, index)])]
    return min(days), max(days)


def _drawn_until(stops: Sequence[Stop], index: int) -> dt.date | None:
    """Where the bar ends. The first window without a session before it is only how far the search
    went, no rule of the protocol: drawn up to the session after it."""
    window = stops[index].window
    if window is None:
        return None
    if index == 0 and window.opens == window.due and len(stops) > 1:
        return max(min(window.closes, stops[1].on - DAY), stops[0].on)
    if index == 0 and window.opens == window.due:
        return max(min(window.closes, window.due + 14 * DAY), stops[0].on)
    return window.closes


def _bars(stops: Sequence[Stop], axis: Axis) -> Iterator[Bar]:
    """Above and below the thread in turn, so that two windows that overlap can be told apart."""
    for index, stop in enumerate(stops):
        until = _drawn_until(stops, index)
        if stop.window is None or until is None or until < stop.window.opens:
            continue
        span = axis.span(stop.window.opens, until)
        is_due_inside = stop.window.due in stop.window
        yield Bar(
            x=span.x,
            y=THREAD - BAR - 1 if index % 2 == 0 else THREAD + 1,
            width=span.width,
            due=axis.middle(stop.window.due) if is_due_inside else None,
            number=stop.number,
            is_done=stop.is_done,
            is_blocked=stop.state == states.BLOCKED,
        )


def _dots(stops: Sequence[Stop], axis: Axis) -> tuple[Dot, ...]:
    places = [axis.middle(stop.on) for stop in stops]
    rows = _date_rows(places)
    return tuple(
        Dot(
            number=stop.number,
            x=x,
            state=stop.state,
            title=stop.title,
            date=written(stop.on, "j N"),
            date_y=row,
            is_done=stop.is_done,
            is_picked=stop.is_picked,
            is_outside=stop.is_outside and stop.state != states.BLOCKED,
            options=tuple(
                Option(axis.middle(on), key)
                for on, key in stop.options
                if axis.first <= on <= axis.last
            ),
        )
        for stop, x, row in zip(stops, places, rows, strict=True)
    )


def _date_rows(places: Sequence[float]) -> list[float | None]:
    """A row for each date in which it touches no other; none where both are taken."""
    ends = dict.fromkeys(LABEL_ROWS, float("-inf"))
    rows: list[float | None] = []
    for x in places:
        free = next((row for row, end in ends.items() if x - end >= DATE_ROOM), None)
        if free is not None:
            ends[free] = x
        rows.append(free)
    return rows


def _radius(dots: Sequence[Dot]) -> float:
    nearest = min((abs(b.x - a.x) for a, b in pairwise(dots)), default=100.0)
    return round(min(max(nearest / 2 - 1.5, 4), 10), 1)


def _gaps(stops: Sequence[Stop], axis: Axis) -> Iterator[Label]:
    """21 j between two dots; a run of equal gaps too narrow for that is written once: 4 × 7 j."""
    pairs = [
        ((b.on - a.on).days, axis.middle(a.on), axis.middle(b.on))
        for a, b in pairwise(stops)
        if a.is_settled and b.is_settled
    ]
    for days, run in groupby(pairs, key=lambda pair: pair[0]):
        equal = list(run)
        if equal[0][2] - equal[0][1] >= GAP_ROOM:
            yield from (Label(round((a + b) / 2, 1), wording.short_days(days)) for _, a, b in equal)
        elif equal[-1][2] - equal[0][1] >= GAP_ROOM + 20:
            text = f"{len(equal)} × {wording.short_days(days)}"
            yield Label(round((equal[0][1] + equal[-1][2]) / 2, 1), text)


def _months(axis: Axis) -> Iterator[Label]:
    """Each month where it begins and has room; January and the first one say their year."""
    free, is_first = float("-inf"), True
    day = axis.first.replace(day=1)
    while day <= axis.last:
        following = (day + 31 * DAY).replace(day=1)
        x, end = axis.left(max(day, axis.first)), axis.left(min(following, axis.last))
        with_year = is_first or day.month == 1
        # A label with its year may run on over the next month, but not over the picture's edge.
        fits = axis.width - x >= YEAR_ROOM if with_year else end - x >= MONTH_ROOM / 2
        if x >= free and fits:
            yield Label(x, written(day, "N Y" if with_year else "N"))
            free, is_first = x + (YEAR_ROOM + 8 if with_year else MONTH_ROOM), False
        day = following


def _closed(axis: Axis, days: Iterable[dt.date]) -> Iterator[Stretch]:
    """Closed days that follow each other are one stretch."""
    inside = sorted({day for day in days if axis.first <= day <= axis.last})
    for _offset, run in groupby(enumerate(inside), key=lambda item: item[1] - item[0] * DAY):
        stretch = [day for _index, day in run]
        yield axis.span(stretch[0], stretch[-1])
