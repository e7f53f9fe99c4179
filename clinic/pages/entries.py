"""Appointments as flat rows for the screens that show many: no model objects, whole minutes.

Building model objects and datetimes for 200 rows costs more than everything else on such a page.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import states
from clinic.models import OPEN, Appointment, Hold, clock
from clinic.moments import to_minute
from clinic.pages.opening import DAY, WallClock, date_of
from clinic.pages.screening import Badge
from patients.models import TreatmentSession
from protocols.planning import Window
from protocols.translated import active_language


class Held(NamedTuple):
    """A resource, and the part of the visit it is held for, in UTC minutes."""

    resource: int
    name: str
    category: str
    starts: int
    ends: int


@dataclass
class Entry:
    """One appointment, as the agenda and the desk show it."""

    pk: int
    public_id: str
    starts: int  # UTC minutes, as `ends`
    ends: int
    wall: tuple[int, int]  # the same on the clinic's wall, see `WallClock`
    status: str
    confirmed_at: dt.datetime | None
    cancellation_reason: str
    patient_id: str  # public, as in addresses
    patient: str
    phone: str
    what: str
    number: int | None
    series: int | None
    series_id: str
    step: int | None
    patient_pk: int
    protocol: int | None
    total: int = 0
    holds: list[Held] = field(default_factory=list)
    missing: tuple[str, ...] = ()  # what it holds although it is no longer open then
    not_before: dt.date | None = None  # it stands before the day that holds its patient
    window: Window | None = None  # which it left: the one before took place on another day
    badge: Badge | None = None

    @property
    def state(self) -> states.State:
        if self.missing or self.not_before or self.window:
            return states.TO_MOVE
        return states.of_appointment(self)  # type: ignore[arg-type]  # the three fields it reads

    @property
    def address(self) -> str:
        return reverse("appointment", args=[self.public_id])

    @property
    def on(self) -> dt.date:
        return date_of(self.wall[0])

    @property
    def begins(self) -> str:
        return clock(self.wall[0] % DAY)

    @property
    def until(self) -> str:
        return clock(self.wall[1] % DAY)

    @property
    def minutes(self) -> int:
        return self.ends - self.starts

    @property
    def of_series(self) -> str:
        """2/4, or nothing for a single visit."""
        return f"{self.number}/{self.total}" if self.number else ""

    @property
    def practitioners(self) -> str:
        return self._names("practitioner")

    @property
    def rooms(self) -> str:
        return self._names("room")

    @property
    def devices(self) -> str:
        return self._names("device")

    def _names(self, category: str) -> str:
        return ", ".join(dict.fromkeys(h.name for h in self.holds if h.category == category))

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def label(self) -> str:
        """What a screen reader says of it."""
        parts = [f"{self.begins}–{self.until}", self.patient, self.what, self.of_series]
        parts += [str(self.state.word), self.practitioners, self.rooms]
        return ", ".join(filter(None, parts))


COLUMNS = (
    "pk", "public_id", "starts_at", "ends_at", "status", "confirmed_at", "cancellation_reason",
    "patient__public_id", "patient__family_name", "patient__given_name", "patient__phone",
    "patient__other_phone", "visit_type__name_fr", "visit_type__name_en",
    "session__series__protocol__name_fr", "session__series__protocol__name_en",
    "session__number", "session__series_id", "session__series__public_id", "session__step_id",
    "patient_id", "session__series__protocol_id",
)  # fmt: skip


def entries(appointments: QuerySet[Appointment], wall: WallClock) -> list[Entry]:
    """In the queryset's order. Two queries: the rows, and how many sessions their series have."""
    english = active_language() == "en"
    found = [_visit(row, wall, english) for row in appointments.values_list(*COLUMNS)]
    totals = _totals({visit.series for visit in found if visit.series})
    for visit in found:
        visit.total = totals.get(visit.series or 0, 0)
    return found


def _visit(row: tuple[Any, ...], wall: WallClock, english: bool) -> Entry:
    (
        pk, public_id, starts_at, ends_at, status, confirmed_at, reason,
        patient_id, family, given, phone, other_phone,
        type_fr, type_en, protocol_fr, protocol_en, number, series, series_id, step,
        patient_pk, protocol,
    ) = row  # fmt: skip
    french, own = (protocol_fr, protocol_en) if number else (type_fr, type_en)
    starts, ends = to_minute(starts_at), to_minute(ends_at)
    return Entry(
        pk, public_id, starts, ends, wall.span(starts, ends), status, confirmed_at, reason,
        patient_id, f"{family.upper()} {given}".strip(), str(phone or other_phone or ""),
        (own if english and own else french) or _("Visit"), number, series, series_id or "", step,
        patient_pk, protocol,
    )  # fmt: skip


def _totals(series: Iterable[int]) -> dict[int, int]:
    counted = TreatmentSession.objects.filter(series__in=series).order_by().values("series")
    return dict(counted.annotate(many=Count("pk")).values_list("series", "many"))


def add_holds(found: list[Entry], holds: QuerySet[Hold]) -> None:
    """Give each visit what it holds. One query."""
    by_visit: dict[int, list[Held]] = defaultdict(list)
    rows = holds.order_by("resource__kind__position", "resource__position", "starts")
    for pk, *held in rows.values_list(
        "appointment_id",
        "resource_id",
        "resource__name",
        "resource__kind__category",
        "starts",
        "ends",
    ):
        by_visit[pk].append(Held(*held))  # type: ignore[arg-type]
    for visit in found:
        visit.holds = by_visit[visit.pk]
