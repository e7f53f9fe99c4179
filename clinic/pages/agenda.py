"""The agenda of some days: its columns, its visits, what is closed, all in a few flat queries."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from clinic import states
from clinic.availability import Horizon
from clinic.models import LONGEST_HOLD, Appointment, Clinic, Hold, Resource, clock
from clinic.moments import MINUTE, to_minute
from clinic.pages.entries import Entry, add_holds, entries
from clinic.pages.not_before import too_early
from clinic.pages.opening import DAY, Opening, Span, WallClock, first_minute
from patients import search

NOBODY = "none"  # the column of visits that hold nothing of its kind
EARLIEST, LATEST = 8 * 60, 19 * 60  # shown even where nothing is open
HIDDEN = (Appointment.Status.CANCELLED, Appointment.Status.ENTERED_IN_ERROR)


@dataclass(frozen=True)
class Ask:
    """What the address asks to see. Resources are named by public id."""

    clinic: Clinic
    on: dt.date
    view: str = "day"  # or "week"
    by: str = "practitioner"  # or "room"
    practitioner: str = ""
    room: str = ""
    state: str = ""  # a code of `clinic.states`; what is cancelled is shown only when asked for
    text: str = ""

    @cached_property
    def horizon(self) -> Horizon:
        if self.view == "day":
            return Horizon(self.clinic, self.on, self.on)
        monday = self.on - dt.timedelta(days=self.on.weekday())
        return Horizon(self.clinic, monday, monday + dt.timedelta(days=6))

    @property
    def days(self) -> list[dt.date]:
        return self.horizon.days

    @property
    def is_filtered(self) -> bool:
        return bool(self.practitioner or self.room or self.state or self.text)

    def shows(self, resource: Resource) -> bool:
        """Whether the filters leave this resource its column."""
        wished = {"practitioner": self.practitioner, "room": self.room}[self.by]
        return resource.kind.category == self.by and wished in {"", resource.public_id}


@dataclass(frozen=True)
class Agenda:
    """What there is to show, before it becomes a page or JSON."""

    ask: Ask
    columns: tuple[Resource, ...]
    visits: tuple[Entry, ...]
    opening: Opening
    now: dt.datetime

    @property
    def has_homeless(self) -> bool:
        """Whether some visit stands in no column; a column of its own then shows it."""
        shown = {column.pk for column in self.columns}
        return any(shown.isdisjoint(h.resource for h in visit.holds) for visit in self.visits)

    @property
    def earlier(self) -> dt.date:
        return self.ask.horizon.first - dt.timedelta(days=len(self.ask.days))

    @property
    def later(self) -> dt.date:
        return self.ask.horizon.last + dt.timedelta(days=1)

    @property
    def must_move(self) -> int:
        return sum(bool(visit.missing or visit.not_before) for visit in self.visits)

    @property
    def holidays(self) -> list[str]:
        return list(self.opening.holidays.values())

    @cached_property
    def by_day(self) -> list[tuple[dt.date, list[Entry]]]:
        """For the list: each day that has visits."""
        listed: dict[dt.date, list[Entry]] = defaultdict(list)
        for visit in self.visits:
            listed[visit.on].append(visit)
        return sorted(listed.items())


def agenda(ask: Ask, *, resources: tuple[Resource, ...], now: dt.datetime) -> Agenda:
    """`resources`: all that the clinic has, with their kinds. Six queries, whatever there is; four
    more where a day holds somebody's sessions.
    """
    opening = Opening.of(ask.horizon, [resource.pk for resource in resources])
    found = _visits(ask, opening.clock)
    early = too_early(ask.clinic, now=now)
    for visit in found:
        visit.missing = missing(visit, opening, now=now)
        visit.not_before = early.get(visit.pk)
    shown = tuple(visit for visit in found if ask.state in {"", visit.state.code})
    held = {hold.resource for visit in shown for hold in visit.holds}
    columns = tuple(r for r in resources if ask.shows(r) and (r.is_active or r.pk in held))
    return Agenda(ask, columns, shown, opening, now)


def missing(visit: Entry, opening: Opening, *, now: dt.datetime) -> tuple[str, ...]:
    """Of a visit booked ahead of now: what it holds that is no longer open then. It must move."""
    if visit.status != Appointment.Status.BOOKED or visit.starts <= to_minute(now):
        return ()
    gone = (h.name for h in visit.holds if not opening.covers(h.resource, h.starts, h.ends))
    return tuple(dict.fromkeys(gone))


def _visits(ask: Ask, wall: WallClock) -> list[Entry]:
    start, end = ask.horizon.instants
    in_range = Q(starts_at__gt=start - LONGEST_HOLD * MINUTE, starts_at__lt=end, ends_at__gt=start)
    chosen = Appointment.objects.filter(in_range, clinic=ask.clinic)
    asked_for = {states.CANCELLED.code, states.MOVED.code, states.IN_ERROR.code}
    if ask.state not in asked_for:
        chosen = chosen.exclude(status__in=HIDDEN)
    for resource in filter(None, (ask.practitioner, ask.room)):
        held = Hold.objects.filter(resource__public_id=resource, resource__clinic=ask.clinic)
        chosen = chosen.filter(pk__in=held.order_by().values("appointment"))
    if ask.text:
        chosen = chosen.filter(patient__in=search.find(ask.text))
    found = entries(chosen.order_by("starts_at", "pk"), wall)
    around = {f"appointment__{name}": value for name, value in in_range.children}  # type: ignore[misc]
    add_holds(found, Hold.objects.filter(appointment__clinic=ask.clinic, **around))
    return found


# --- For the widget ------------------------------------------------------------------------------


def as_json(shown: Agenda) -> dict[str, Any]:
    """Columns, events and closed time; hours are the clinic's wall clock, without an offset."""
    first, last = _slots(shown)
    return {
        "columns": _columns(shown),
        "events": [*_events(shown), *_closed(shown)],
        "from": f"{clock(first)}:00",
        "to": f"{clock(last)}:00",
        "hidden": _hidden_days(shown),
        "offset": _offset(shown),
    }


def _columns(shown: Agenda) -> list[dict[str, str]]:
    columns = [{"id": r.public_id, "title": r.name} for r in shown.columns]
    if shown.has_homeless or not columns:
        title = {"practitioner": _("Without practitioner"), "room": _("Without room")}
        columns.append({"id": NOBODY, "title": title[shown.ask.by]})
    return columns


def _events(shown: Agenda) -> Iterator[dict[str, Any]]:
    ids = {column.pk: column.public_id for column in shown.columns}
    wall = shown.opening.clock
    for visit in shown.visits:
        parts = [hold for hold in visit.holds if hold.resource in ids]
        for part in parts:
            yield _event(visit, ids[part.resource], wall.span(part.starts, part.ends))
        if not parts:
            yield _event(visit, NOBODY, visit.wall)


def _event(visit: Entry, column: str, span: Span) -> dict[str, Any]:
    state = visit.state
    return {
        "id": f"{visit.public_id}.{column}.{span[0]}",
        "resourceId": column,
        "start": _iso(span[0]),
        "end": _iso(span[1]),
        "title": visit.patient,
        "className": ["visit", f"state-{state.code}"],
        "startEditable": visit.status == Appointment.Status.BOOKED,
        "extendedProps": {
            "visit": visit.public_id,
            "begins": _iso(visit.wall[0]),
            "what": f"{visit.what} {visit.of_series}".strip(),
            "icon": state.icon,
            "label": visit.label,
        },
    }


def _closed(shown: Agenda) -> Iterator[dict[str, Any]]:
    """One background event for each closed span, whatever number of columns it crosses."""
    columns: dict[Span, list[str]] = defaultdict(list)
    for day in shown.ask.days:
        number = first_minute(day) // DAY
        for column in shown.columns:
            for span in shown.opening.closed_on(column.pk, number):
                columns[span].append(column.public_id)
    for (start, end), ids in sorted(columns.items()):
        yield {
            "id": f"closed.{start}.{ids[0]}",
            "resourceIds": ids,
            "start": _iso(start),
            "end": _iso(end),
            "allDay": False,
            "display": "background",
            "className": "closed",
        }


def _slots(shown: Agenda) -> Span:
    """Whole hours of the day from the first to the last that matters in any column."""
    spans = [visit.wall for visit in shown.visits]
    for day in shown.ask.days:
        number = first_minute(day) // DAY
        for column in shown.columns:
            spans += shown.opening.open_on(column.pk, number)
    if not spans:
        return EARLIEST, LATEST
    if any(start // DAY != (end - 1) // DAY for start, end in spans):
        return 0, DAY
    first = min(start % DAY for start, _end in spans)
    last = max((end - 1) % DAY + 1 for _start, end in spans)
    return first // 60 * 60, -(-last // 60) * 60


def _hidden_days(shown: Agenda) -> list[int]:
    """Weekdays (0 is Sunday) of a week on which nobody works and nothing is booked."""
    if shown.ask.view == "day":
        return []
    worked = {weekday for _resource, weekday in shown.opening.hours}
    worked |= {day.weekday() for day, _visits in shown.by_day}
    idle = {day.weekday() for day in shown.ask.days} - worked
    return sorted((weekday + 1) % 7 for weekday in idle) if worked else []


def _offset(shown: Agenda) -> str:
    """Of the clinic's clock from UTC just now: it places the line of the present."""
    minute = to_minute(shown.now)
    ahead = shown.opening.clock(minute) - minute
    return f"{'-' if ahead < 0 else '+'}{clock(abs(ahead))}"


def _iso(wall: int) -> str:
    day = dt.date.fromordinal(dt.date(1970, 1, 1).toordinal() + wall // DAY)
    return f"{day.isoformat()}T{clock(wall % DAY)}"
