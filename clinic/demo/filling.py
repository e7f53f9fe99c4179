"""Fills the sites week by week, up to the load that each week should show."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from clinic.booking.steps import numbered_steps
from clinic.demo.courses import Attempt, Course, Reason, Status
from clinic.demo.diaries import Site
from clinic.demo.lives import DAY, Lives
from clinic.models import Resource, VisitType
from patients.models import Patient, Series
from protocols.models import Protocol, Qualification

# How often each protocol is begun, among what physicians do.
TASTE = {
    "skin-quality": 22,
    "rejuvenation": 11,
    "face-revitalising": 11,
    "skin-booster": 10,
    "pain-locomotor": 14,
    "pain-weekly": 10,
    "hair-mesopecie": 8,
    "prp-hair": 4,
    "face-polycomponent": 6,
    "superficial-peel": 5,
}
AT_THE_SMALL_SITE = {"pain-locomotor": 6, "pain-weekly": 6, "skin-booster": 3}
LASER = "laser-hair-removal"
NEVER_CAME = 30  # patients registered, without any appointment
GOES_ON = 0.15  # of series booked beyond the attack phase
BEGUN_ELSEWHERE = 0.03
MOST_TRIES = 60


@dataclass
class Filling:
    """`patients` in the order in which they came to the clinic."""

    lives: Lives
    protocols: dict[str, Protocol]
    visit_types: Sequence[VisitType]
    patients: Sequence[Patient]
    running: dict[str, list[Course]] = field(default_factory=dict)
    _next: int = 0

    def __post_init__(self) -> None:
        self.steps_of = cache(numbered_steps)

    def fill(
        self,
        site: Site,
        staff: Sequence[Resource],
        taste: dict[str, int],
        loads: Sequence[tuple[dt.date, float]],
    ) -> None:
        """Each week (by its Monday) up to its load; most of it with series."""
        for monday, load in loads:
            self._open_courses(site, staff, taste, monday, load * 0.9)
            if may_consult(staff[0]):
                self._add_visits(site, staff, monday, load)

    def fill_up(
        self, site: Site, staff: Sequence[Resource], loads: Sequence[tuple[dt.date, float]]
    ) -> None:
        """What series left open, with single visits."""
        for monday, load in loads:
            self._add_visits(site, staff, monday, load, most=MOST_TRIES)

    def _open_courses(
        self,
        site: Site,
        staff: Sequence[Resource],
        taste: dict[str, int],
        monday: dt.date,
        load: float,
    ) -> None:
        for _try in range(MOST_TRIES):
            if site.load(monday, monday + 6 * DAY, staff) >= load:
                return
            doctor = min(staff, key=lambda one: site.load(monday, monday + 6 * DAY, [one]))
            self._open_course(site, staff, doctor, taste, monday)

    def _open_course(
        self,
        site: Site,
        staff: Sequence[Resource],
        doctor: Resource,
        taste: dict[str, int],
        monday: dt.date,
    ) -> None:
        rng = self.lives.rng
        start_on = self._day(site, doctor, monday)
        patient = self._somebody(start_on)
        protocol = self._protocol(patient, taste, start_on)
        if protocol is None:
            return
        chosen = [doctor] if rng.random() < 0.8 else staff
        course = Course(
            site,
            patient,
            protocol,
            chosen,
            self.lives.an_hour(),
            self._numbers(protocol),
            self.lives.office_hour_before(midday(start_on, site), rng.uniform(2, 10), site),
            self.steps_of(protocol),
        )
        self._maybe_begun_elsewhere(course, start_on)
        if may_consult(doctor) and rng.random() < 0.5 and start_on - 12 * DAY > site.frame.first:
            self.lives.visit(site, patient, self.visit_types[0], doctor, start_on - 12 * DAY)
        if self.lives.begin(course, start_on):
            self.running.setdefault(patient.public_id, []).append(course)

    def _maybe_begun_elsewhere(self, course: Course, start_on: dt.date) -> None:
        second = course.steps[2].gap if 2 in course.steps else None
        if second and self.lives.rng.random() < BEGUN_ELSEWHERE:
            course.numbers = [number for number in course.numbers if number > 1]
            course.previous_on = second.ideal.before(start_on)

    def _numbers(self, protocol: Protocol) -> list[int]:
        rows = list(protocol.steps.all())
        if self.lives.rng.random() < GOES_ON:
            return [row.number for row in rows]
        return [row.number for row in rows if row.phase.kind == "attack"]

    def _day(self, site: Site, doctor: Resource, monday: dt.date) -> dt.date:
        """The doctor's emptiest day of that week."""
        days = [monday + n * DAY for n in range(6)]
        return min(days, key=lambda day: site.load(day, day, [doctor]))

    def _somebody(self, on: dt.date) -> Patient:
        """The next in turn who has no running series then; else simply the next."""
        coming = [next(self._in_turn()) for _ in range(12)]
        free = (patient for patient in coming if not self._runs(patient, on))
        return next(free, coming[0])

    def _in_turn(self) -> Iterator[Patient]:
        while True:
            self._next = (self._next + 1) % (len(self.patients) - NEVER_CAME)
            yield self.patients[self._next]

    def _runs(self, patient: Patient, on: dt.date) -> list[Course]:
        courses = self.running.get(patient.public_id, ())
        return [course for course in courses if course.last_on >= on or course.is_open]

    def _protocol(self, patient: Patient, taste: dict[str, int], on: dt.date) -> Protocol | None:
        """One in season that the patient is not on already."""
        on_it = {course.protocol.slug for course in self._runs(patient, on)}
        weights = {
            slug: weight
            for slug, weight in taste.items()
            if slug not in on_it and self.protocols[slug].in_season(on.month)
        }
        if not weights:
            return None
        (slug,) = self.lives.rng.choices(list(weights), list(weights.values()))
        return self.protocols[slug]

    def _add_visits(
        self,
        site: Site,
        staff: Sequence[Resource],
        monday: dt.date,
        load: float,
        most: int = 12,
    ) -> None:
        """Consultations, and one review for every two of them."""
        for number in range(most):
            if site.load(monday, monday + 6 * DAY, staff) >= load:
                return
            doctor = min(staff, key=lambda one: site.load(monday, monday + 6 * DAY, [one]))
            on = self._day(site, doctor, monday)
            visit_type = self.visit_types[number % 3 == 2]
            self.lives.visit(site, next(self._in_turn()), visit_type, doctor, on)


def may_consult(practitioner: Resource) -> bool:
    return practitioner.qualification == Qualification.PHYSICIAN


def midday(on: dt.date, site: Site) -> dt.datetime:
    return dt.datetime.combine(on, dt.time(12), site.clinic.zone)


def tell_stories(lives: Lives) -> None:
    """Running series that the desk must have seen: on hold, stopped, and with a session to book."""
    running = [course for course in lives.courses if is_under_way(course, lives.now)]
    at = lives.now - 1.2 * DAY
    for course in running[:4]:
        course.status = Series.Status.ON_HOLD
        for visit in ahead(course, lives.now):
            lives.call_off(visit, at, Reason.PATIENT, "Voyage : reprise à son retour")
    for course in running[4:7]:
        lives.stop(course, at, "La patiente arrête le traitement")
    for course, why in zip(
        running[7:10], (Reason.PATIENT, Reason.CLINIC, Reason.PATIENT), strict=False
    ):
        lives.call_off(ahead(course, lives.now)[0], at, why)


def is_under_way(course: Course, now: dt.datetime) -> bool:
    """Something done, and something ahead that was booked long enough ago to be called off."""
    coming = ahead(course, now)
    return bool(
        course.is_open
        and course.done()
        and coming
        and all(visit.booked_at < now - 3 * DAY and visit.starts_at > now + DAY for visit in coming)
    )


def ahead(course: Course, now: dt.datetime) -> list[Attempt]:
    return sorted(
        (v for v in course.ahead() if v.status == Status.BOOKED and v.starts_at > now),
        key=lambda visit: visit.starts_at,
    )
