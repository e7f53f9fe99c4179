"""The course at a glance: every series of a patient with what was done, how it was borne, and
whether its spacing was kept. For those who treat only: it reads records.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _

from clinic.models import Appointment, Clinic, Hold
from clinic.pages.series import SessionRow, rows_of
from clinic.papers import ribbon
from clinic.papers.chart import Chart, draw
from clinic.papers.drawing import Ribbon
from patients import charts, reviews
from patients.models import (
    AdverseEvent,
    Patient,
    ProductUse,
    Review,
    Series,
    SessionRecord,
    TreatmentSession,
)
from patients.reviews import Why

MOST_SERIES = 20  # on one page; more than any patient we heard of

WHY = {
    Why.ATTACK_DONE: _("The attack phase is done: look at the result before going on."),
    Why.NO_IMPROVEMENT: _("Pain is no less than at the start: look at the course again."),
    Why.ASKED_FOR: _("A record asks to see the patient before the next session."),
}


@dataclass(frozen=True)
class Done:
    """One session of the course, with its record where there is one."""

    row: SessionRow
    record: SessionRecord | None
    events: int
    today: dt.date

    @property
    def session(self) -> TreatmentSession:
        return self.row.session

    @property
    def products(self) -> list[ProductUse]:
        return list(self.record.products.all()) if self.record else []

    @property
    def reactions(self) -> list[str]:
        return charts.named(self.record.reactions, charts.SIGNS) if self.record else []

    @property
    def zones(self) -> list[str]:
        return charts.named(self.record.zones, charts.PLACES) if self.record else []

    @property
    def may_be_recorded(self) -> bool:
        """Opened from here: it took place, or is to take place today."""
        on = self.row.due.on
        took_place = self.row.stands and on is not None and on <= self.today
        return took_place or self.record is not None


@dataclass(frozen=True)
class CourseShown:
    series: Series
    sessions: tuple[Done, ...]
    ribbon: Ribbon | None
    why_due: Why | None

    @property
    def done(self) -> int:
        return sum(d.session.status == TreatmentSession.Status.COMPLETED for d in self.sessions)

    @property
    def left(self) -> int:
        gone = {TreatmentSession.Status.COMPLETED, TreatmentSession.Status.CANCELLED}
        return sum(d.session.status not in gone for d in self.sessions)

    @property
    def outside(self) -> int:
        """How many gaps were not kept."""
        return sum(not done.row.keeps_gap for done in self.sessions)

    @property
    def why(self) -> str:
        return str(WHY[self.why_due]) if self.why_due else ""

    @property
    def reviews(self) -> list[Review]:
        return list(self.series.reviews.all())

    @cached_property
    def chart(self) -> Chart | None:
        records = [(d.session.number, d.record) for d in self.sessions if d.record]
        return draw(
            [
                ("pain-before", _("pain before"), [(n, r.pain_before) for n, r in records]),
                ("pain-after", _("pain after"), [(n, r.pain_after) for n, r in records]),
                ("satisfaction", _("satisfaction"), [(n, r.satisfaction) for n, r in records]),
            ]
        )


def of(patient: Patient, *, clinic: Clinic, now: dt.datetime) -> list[CourseShown]:
    """The patient's courses, running ones first. A fixed number of queries."""
    found = list(loaded().filter(patient=patient)[:MOST_SERIES])
    found.sort(key=lambda series: not series.is_open)
    due = reviews.courses(found)
    events = _events(patient)
    today = clinic.today(now=now)
    return [_shown(one, reviews.due(due[one.pk]), events, today) for one in found]


def loaded() -> QuerySet[Series]:
    """Series with their sessions, attempts, records and reviews."""
    holds = Prefetch("holds", Hold.objects.select_related("resource__kind"))
    attempts = Appointment.objects.select_related("clinic").prefetch_related(holds)
    records = SessionRecord.objects.prefetch_related("products")
    sessions = (
        TreatmentSession.objects.select_related("step__phase")
        .prefetch_related(Prefetch("appointments", attempts), Prefetch("record", records))
        .order_by("number")
    )
    told = Review.objects.select_related("by", "next_protocol").order_by("at", "id")
    return Series.objects.select_related("protocol", "patient").prefetch_related(
        Prefetch("sessions", sessions), Prefetch("reviews", told)
    )


def _events(patient: Patient) -> dict[int, int]:
    """How many adverse events each session had."""
    counted: dict[int, int] = defaultdict(int)
    events = AdverseEvent.objects.filter(patient=patient, session__isnull=False)
    for session in events.values_list("session", flat=True):
        counted[session] += 1
    return counted


def _shown(series: Series, why: Why | None, events: dict[int, int], today: dt.date) -> CourseShown:
    sessions = tuple(
        Done(row, _record(row.session), events.get(row.session.pk, 0), today)
        for row in rows_of(series)
    )
    return CourseShown(series, sessions, ribbon.of_series(series, today=today), why)


def _record(session: TreatmentSession) -> SessionRecord | None:
    return getattr(session, "record", None)


def articles(courses: Iterable[CourseShown]) -> Sequence[str]:
    """Every article used so far, by name."""
    used = (use.name for course in courses for done in course.sessions for use in done.products)
    return sorted(set(used), key=str.casefold)
