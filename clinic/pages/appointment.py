"""One appointment with all that its page shows: parts, holds, history, what may be done with it.

Nothing clinical: the desk reads this page.
"""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from clinic import booking
from clinic.models import Appointment, Clinic, Hold, Message, Resource
from clinic.moments import MINUTE, to_minute
from clinic.pages import told
from clinic.pages.screening import Badge, badge
from patients.models import TreatmentSession

Status = Appointment.Status
# The words of the buttons and of the address, and the state that each sets.
BY_MARK = {
    "arrived": Status.ARRIVED,
    "fulfilled": Status.FULFILLED,
    "noshow": Status.NOSHOW,
    "undo": Status.BOOKED,
}


@dataclass(frozen=True)
class Part:
    """A stretch of the visit, such as "cream 30 min", and what it holds."""

    name: str
    starts_at: dt.datetime
    minutes: int
    resources: tuple[Resource, ...]


@dataclass(frozen=True)
class Detail:
    appointment: Appointment
    holds: tuple[Hold, ...]
    parts: tuple[Part, ...]
    attempts: tuple[Appointment, ...]  # of the same session or visit, the newest first
    total: int  # sessions of the series
    badge: Badge | None  # whether the patient may be treated; None for a single visit
    now: dt.datetime

    @cached_property
    def messages(self) -> list[Message]:
        """What was said of it, and is still to be said. One query, on the pages that show it."""
        return told.of_appointment(self.appointment)

    @property
    def what(self) -> str:
        session = self.appointment.session
        thing = session.series.protocol if session else self.appointment.visit_type
        return thing.name  # type: ignore[union-attr]

    @property
    def session(self) -> TreatmentSession | None:
        return self.appointment.session

    def of_category(self, category: str) -> list[Resource]:
        held = (hold.resource for hold in self.holds if hold.resource.kind.category == category)
        return list(dict.fromkeys(held))

    @property
    def practitioners(self) -> list[Resource]:
        return self.of_category("practitioner")

    @property
    def rooms(self) -> list[Resource]:
        return self.of_category("room")

    @property
    def devices(self) -> list[Resource]:
        return self.of_category("device")

    @property
    def marks(self) -> list[str]:
        """What may be said of it just now, in the order of the buttons."""
        return [
            mark
            for mark, to in BY_MARK.items()
            if booking.may_mark(self.appointment, to, now=self.now)
        ]

    @property
    def can_move(self) -> bool:
        return self.appointment.may_be_moved

    @property
    def can_cancel(self) -> bool:
        return self.appointment.is_open

    @property
    def moved_to(self) -> Appointment | None:
        return next((a for a in self.attempts if a.replaces_id == self.appointment.pk), None)

    @property
    def waits_again(self) -> bool:
        """Its session has no place any more, and wants one."""
        waiting = TreatmentSession.Status.NOT_STARTED
        return bool(self.session and self.session.status == waiting and self._series_runs)

    @cached_property
    def _series_runs(self) -> bool:
        return self.session is None or self.session.series.is_open


def appointments(clinic: Clinic) -> QuerySet[Appointment]:
    """Those of one clinic, with what their page names."""
    return clinic.appointments.select_related(
        "clinic",
        "patient",
        "visit_type",
        "session__step",
        "session__series__protocol",
        "session__series__patient",
        "booked_by",
        "changed_by",
    )


def detail(appointment: Appointment, *, now: dt.datetime) -> Detail:
    """Seven queries; three of them for a session alone."""
    rows = appointment.holds.select_related("resource__kind").order_by("starts", "resource")
    holds = tuple(rows)
    session = appointment.session
    same = Q(uid=appointment.uid) | Q(session=session) if session else Q(uid=appointment.uid)
    others = Appointment.objects.filter(same).select_related("booked_by", "changed_by")
    total = session.series.sessions.count() if session else 0
    attempts = tuple(others.order_by("-booked_at", "-pk"))
    parts, screened = _parts(appointment, holds), _screened(appointment, now=now)
    return Detail(appointment, holds, parts, attempts, total, screened, now)


def _screened(appointment: Appointment, *, now: dt.datetime) -> Badge | None:
    """Of a session that is still to come."""
    if appointment.session is None or not appointment.is_open:
        return None
    protocol = appointment.session.series.protocol
    return badge(appointment.patient, protocol, appointment.clinic, now=now)


def _parts(appointment: Appointment, holds: tuple[Hold, ...]) -> tuple[Part, ...]:
    if appointment.session is None:
        rows = [(_("Visit"), appointment.minutes)]
    else:
        segments = appointment.session.step.segments.all()
        rows = [(segment.name, segment.minutes) for segment in segments]
    found, starts_at = [], appointment.starts_at
    for name, minutes in rows:
        found.append(Part(name, starts_at, minutes, _held(holds, starts_at, minutes)))
        starts_at += minutes * MINUTE
    return tuple(found)


def _held(holds: tuple[Hold, ...], starts_at: dt.datetime, minutes: int) -> tuple[Resource, ...]:
    start = to_minute(starts_at)
    return tuple(
        hold.resource for hold in holds if hold.starts < start + minutes and start < hold.ends
    )
