"""All that a patient's page shows: what may be read before the birth date, and the rest."""

import datetime as dt
from dataclasses import dataclass

from clinic.portal import advice, course, waiting
from clinic.portal.advice import Advice
from clinic.portal.appointments import Shown, coming, first_of_each, latest
from clinic.portal.course import Course
from clinic.portal.visitor import Visitor
from clinic.portal.waiting import Waiting


@dataclass(frozen=True)
class Health:
    """For those who said the birth date. Advice: the most recent visit first, the nearest first."""

    past: list[Advice]
    coming: list[Advice]
    courses: list[Course]
    waiting: Waiting


@dataclass(frozen=True)
class Page:
    coming: list[Shown]
    health: Health | None

    @property
    def next(self) -> Shown | None:
        return self.coming[0] if self.coming else None

    @property
    def others(self) -> list[Shown]:
        return self.coming[1:]


def of(visitor: Visitor, *, now: dt.datetime) -> Page:
    shown = coming(visitor.patient, now=now)
    health = _health(visitor, shown, now=now) if visitor.knows_birth else None
    return Page(shown, health)


def _health(visitor: Visitor, shown: list[Shown], *, now: dt.datetime) -> Health:
    patient = visitor.patient
    ahead = first_of_each(shown)
    told = advice.of_visits([*latest(patient, now=now), *ahead])
    courses = course.of(patient, now=now)
    running = {c.series.protocol_id: c.series.protocol for c in courses if c.series.is_open}
    return Health(
        past=[one for one in told if one.is_past],
        coming=[one for one in told if one.is_near or one.visit in ahead[:1]],
        courses=courses,
        waiting=waiting.of(patient, running.values(), today=visitor.clinic.today(now=now)),
    )
