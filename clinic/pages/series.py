"""A running series as its page shows it: each session with its attempt, its gap, its actions."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Prefetch, QuerySet

from clinic import attempts, wording
from clinic.availability import Horizon, absences, closed_dates
from clinic.models import Appointment, Clinic, Hold, Resource
from clinic.pages.screening import Badge, badge
from clinic.papers.ribbon import Ribbon, of_series
from patients.models import Series, TreatmentSession
from patients.series import Due, course
from protocols.planning import Gap

WIDTH = 1120
FURTHEST = dt.timedelta(days=800)


@dataclass(frozen=True)
class SessionRow:
    """`attempt` is the appointment that stands, or the last one that did not."""

    due: Due
    attempt: Appointment | None
    gap_days: int | None
    gap: str
    keeps_gap: bool

    @property
    def session(self) -> TreatmentSession:
        return self.due.session

    @property
    def stands(self) -> bool:
        return self.attempt is not None and self.attempt.is_occupying

    @property
    def where(self) -> list[Resource]:
        if self.attempt is None:
            return []
        held = [hold.resource for hold in self.attempt.holds.all()]
        return [r for r in dict.fromkeys(held) if not r.is_practitioner]

    @property
    def may_move(self) -> bool:
        return self.attempt is not None and self.attempt.may_be_moved

    @property
    def may_book(self) -> bool:
        return self.session.status == TreatmentSession.Status.NOT_STARTED and not self.stands


@dataclass(frozen=True)
class SeriesShown:
    series: Series
    rows: tuple[SessionRow, ...]
    ribbon: Ribbon | None
    badge: Badge | None  # whether the patient may be treated; None once it has ended

    @property
    def done(self) -> int:
        return sum(row.session.status == TreatmentSession.Status.COMPLETED for row in self.rows)

    @property
    def total(self) -> int:
        cancelled = TreatmentSession.Status.CANCELLED
        return sum(row.session.status != cancelled for row in self.rows)


@dataclass(frozen=True)
class SeriesPage(SeriesShown):
    now: dt.datetime

    @cached_property
    def coming(self) -> list[Appointment]:
        """What stopping the series would cancel."""
        return [
            row.attempt
            for row in self.rows
            if row.attempt
            and row.attempt.status == Appointment.Status.BOOKED
            and row.attempt.starts_at > self.now
        ]

    @cached_property
    def first_to_plan(self) -> int | None:
        """The first of the sessions at the end that have no date; None when there is none."""
        return first_to_plan(self.series, {row.session.number for row in self.rows if row.due.on})

    @property
    def appointments(self) -> list[Appointment]:
        return every_attempt(self.series)


def loaded() -> QuerySet[Series]:
    """Series with all that their page and papers show: a fixed number of queries."""
    holds = Prefetch("holds", Hold.objects.select_related("resource__kind"))
    appointments = (
        Appointment.objects.select_related("clinic").prefetch_related(holds).order_by("booked_at")
    )
    sessions = (
        TreatmentSession.objects.select_related("step__phase")
        .prefetch_related(Prefetch("appointments", appointments))
        .order_by("number")
    )
    return Series.objects.select_related("patient", "protocol", "opened_by").prefetch_related(
        Prefetch("sessions", sessions)
    )


def every_attempt(series: Series) -> list[Appointment]:
    """Every appointment of the series, moved and cancelled ones too, in order of date."""
    every = [a for session in series.sessions.all() for a in session.appointments.all()]
    return sorted(every, key=lambda appointment: (appointment.starts_at, appointment.pk))


def page_of(series: Series, *, clinic: Clinic, now: dt.datetime) -> SeriesPage:
    """`series` comes from `loaded()`."""
    today = clinic.today(now=now)
    rows = rows_of(series)
    days = [row.due.on for row in rows if row.due.on]
    closed = frozenset[dt.date]()
    if days:
        horizon = Horizon(clinic, min(days), min(max(days) + FURTHEST, max(*days, today)))
        closed = closed_dates(horizon, absences(horizon))
    picture = of_series(series, today=today, closed=closed, width=WIDTH)
    screened = badge(series.patient, series.protocol, clinic, now=now) if series.is_open else None
    return SeriesPage(series, rows, picture, screened, now)


def rows_of(series: Series) -> tuple[SessionRow, ...]:
    sessions = list(series.sessions.all())
    rows, previous = [], series.previous_on
    for due in course(sessions, attempts.dates(sessions), series.previous_on):
        attempt = attempts.standing(due.session) or attempts.latest(due.session)
        is_first = due.session == sessions[0] and series.previous_on is None
        rows.append(_row(due, attempt, None if is_first else due.session.step.gap, previous))
        previous = due.on
    return tuple(rows)


def _row(
    due: Due, attempt: Appointment | None, gap: Gap | None, previous: dt.date | None
) -> SessionRow:
    """`gap` is what the protocol asks; None for a first session, which has none to keep."""
    return SessionRow(
        due=due,
        attempt=attempt,
        gap_days=(due.on - previous).days if due.on and previous else None,
        gap=wording.gap(gap),
        keeps_gap=not (gap and due.on and previous) or gap.allows(previous, due.on),
    )


def first_to_plan(series: Series, dated: Sequence[int] | set[int]) -> int | None:
    """Steps after the last date are planned together; a hole before it is booked by itself."""
    numbers = [session.number for session in series.sessions.all()]
    after = max(dated, default=min(numbers, default=1) - 1)
    steps = [step.number for step in series.protocol.steps.all() if step.number > after]
    return min(steps) if steps and series.is_open else None
