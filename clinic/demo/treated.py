"""The sessions that took place, each with how the course stood when it did."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from random import Random

from clinic.demo.courses import Attempt, Course
from clinic.demo.practice import PRACTICES, Practice
from clinic.demo.rows import Writer
from clinic.models import Clinic, Resource, User
from clinic.moments import from_minute
from patients.models import Series, TreatmentSession
from patients.reviews import RECORDS_THAT_SHOW

FLAT = 0.14  # of pain courses do not get better
WORST_AT_FIRST = (5, 9)
EASES = 1.6  # points of pain a session, about
WRITTEN_AFTER = dt.timedelta(days=3)


@dataclass(eq=False)
class Told:
    """A course as a practitioner sees it: what is chosen once, and how pain goes."""

    course: Course
    series: Series
    practice: Practice
    zones: list[str]
    techniques: list[str]
    articles: int  # which article of each class this doctor takes
    pain: list[int]
    is_flat: bool


@dataclass(eq=False)
class Treated:
    """One session done; `index` counts from 0 within what was done here."""

    told: Told
    visit: Attempt
    session: TreatmentSession
    index: int
    by: User

    @property
    def on(self) -> dt.date:
        return self.visit.on

    @cached_property
    def _own(self) -> list[tuple[int, int]]:
        """When the practitioner is with the patient, in minutes; the last time is the act."""
        holds = self.visit.place.holds
        return sorted((start, end) for who, start, end in holds if who.is_practitioner)

    @property
    def began_at(self) -> dt.datetime:
        return from_minute(self._own[0][0])

    @property
    def act_at(self) -> dt.datetime:
        return from_minute(self._own[-1][0])

    @property
    def ended_at(self) -> dt.datetime:
        return from_minute(self._own[-1][1])

    @property
    def pain(self) -> int | None:
        return self.told.pain[self.index] if self.told.pain else None


def stories(rng: Random, courses: Iterable[Course], writer: Writer) -> list[Told]:
    all_of_them = list(courses)
    unhelped = to_look_at_again(all_of_them, writer.house.main)
    return [
        told_of(rng, course, writer.series[course], is_flat=course is unhelped)
        for course in all_of_them
    ]


def to_look_at_again(courses: Iterable[Course], site: Clinic) -> Course | None:
    """A pain course under way there: one at least is to show no improvement.

    Not the one seen last, whose record may not be written yet.
    """
    fit = [
        course
        for course in courses
        if PRACTICES[course.protocol.slug].eases_pain
        and course.site.clinic == site
        and course.status == Series.Status.ACTIVE
        and RECORDS_THAT_SHOW <= len(course.done()) < len(course.numbers)
    ]
    latest = max(map(last_done_at, fit), default=None)
    written = [course for course in fit if latest and last_done_at(course) < latest - WRITTEN_AFTER]
    return max(written, key=last_done_at, default=None)


def last_done_at(course: Course) -> dt.datetime:
    return max(visit.starts_at for visit in course.done())


def told_of(rng: Random, course: Course, series: Series, *, is_flat: bool) -> Told:
    practice = PRACTICES[course.protocol.slug]
    is_flat = is_flat or (practice.eases_pain and rng.random() < FLAT)
    return Told(
        course,
        series,
        practice,
        sorted(rng.choice(practice.zones)),
        sorted(rng.choice(practice.techniques)),
        rng.randrange(12),
        pains(rng, len(course.numbers), is_flat) if practice.eases_pain else [],
        is_flat,
    )


def pains(rng: Random, sessions: int, is_flat: bool) -> list[int]:
    """Before each session, 0 to 10: falling, or where it was."""
    at_first = rng.randint(*WORST_AT_FIRST)
    if is_flat:
        return [at_first, *(min(10, at_first + rng.choice((0, 0, 1))) for _n in range(1, sessions))]
    ease = EASES * rng.uniform(0.6, 1.2)
    return [
        max(0, min(at_first, round(at_first - ease * n + rng.uniform(-0.7, 0.7))))
        for n in range(sessions)
    ]


def sessions_done(stories: Iterable[Told], writer: Writer) -> Iterator[Treated]:
    """Of all courses, in the order in which they were done within each."""
    for told in stories:
        done = sorted(told.course.done(), key=lambda visit: visit.starts_at)
        for index, visit in enumerate(done):
            session = writer.sessions[told.course, visit.session_number]
            yield Treated(told, visit, session, index, performer(visit, writer))


def performer(visit: Attempt, writer: Writer) -> User:
    practitioner: Resource | None = visit.place.practitioner
    if practitioner is None or practitioner.user_id is None:
        raise ValueError("every session here has a practitioner with an account")
    return writer.house.by_pk[practitioner.user_id]
