"""The whole demonstration clinic, from an empty database: one transaction, all or nothing."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from django.db import connection, transaction

from clinic import audit, visit_types
from clinic.demo import care, house, people, planned
from clinic.demo.courses import Status
from clinic.demo.diaries import Busy, Site
from clinic.demo.filling import AT_THE_SMALL_SITE, LASER, TASTE, Filling, tell_stories
from clinic.demo.lives import DAY, HOUR, Lives
from clinic.demo.rows import Writer, courses_attempts
from clinic.demo.told import Told
from clinic.models import VisitType
from patients.models import Patient
from protocols.models import Protocol

SEED = 20260414
WEEKS_PAST, WEEKS_AHEAD = 26, 13
FULL_WEEKS, FULL = 5, 0.76  # this week and the four that follow
PAST_FROM, PAST_TO = 0.14, 0.46
THIN_FROM, THIN_TO = 0.4, 0.06
ABSENT_AFTER, ABSENT_WITHIN = 6, 19  # days ahead in which a doctor suddenly cannot come

Loads = list[tuple[dt.date, float]]


@dataclass(frozen=True)
class Seeded:
    """How much was written."""

    patients: int
    series: int
    appointments: int
    to_move: int
    records: int


@dataclass(frozen=True)
class Span:
    """The days of the demonstration: from a Monday to a Sunday."""

    first: dt.date
    today: dt.date
    last: dt.date

    @classmethod
    def around(cls, now: dt.datetime, past: int, ahead: int) -> "Span":
        """So many weeks before and after this one; the day is the one in Paris."""
        today = now.astimezone(house.ZONE).date()
        monday = today - today.weekday() * DAY
        return cls(monday - 7 * past * DAY, today, monday + (7 * ahead + 6) * DAY)

    @property
    def weeks_past(self) -> int:
        return (self.today - self.first).days // 7

    @property
    def weeks_ahead(self) -> int:
        return (self.last - self.today).days // 7


@transaction.atomic
def seed(
    *,
    now: dt.datetime,
    say: Callable[[str], None],
    seed: int = SEED,
    weeks: tuple[int, int] = (WEEKS_PAST, WEEKS_AHEAD),
) -> Seeded:
    """`now` decides what is past; the same seed and moment give the same clinic."""
    rng = Random(f"{seed} {now.date()}")  # noqa: S311 nothing here is a secret
    visit_types.load()
    span = Span.around(now, *weeks)
    say("building two sites, with staff, rooms and devices")
    built = house.build(today=span.today)
    patients = people.build(rng, today=span.today, first=span.first, zone=built.main.zone)
    say(f"living through {span.weeks_past} weeks with {len(patients)} patients")
    lives = live(rng, built, patients, span, now=now)
    say("writing it down")
    writer = Writer(built, rng)
    writer.write(patients, lives.courses, lives.singles)
    written = care.write(
        Random(f"{seed} {now.date()} care"),  # noqa: S311
        lives,
        writer,
        first=span.first,
        now=lives.now,
        say=say,
    )
    say("telling patients")
    Told(Random(f"{seed} {now.date()} told"), writer, now=lives.now).write()  # noqa: S311 nothing here is a secret
    touched = enter_absence(built, lives, today=span.today, now=now)
    planned.plan(now=now)
    learn_the_tables()
    booked = sum(len(course.history) for course in lives.courses) + len(lives.singles)
    return Seeded(len(patients), len(lives.courses), booked, touched, written)


def learn_the_tables() -> None:
    """So many rows at once: until PostgreSQL has looked at them, it plans as if there were none."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def live(
    rng: Random,
    built: house.House,
    patients: Sequence[Patient],
    span: Span,
    *,
    now: dt.datetime,
) -> Lives:
    lives, busy = Lives(rng, now.astimezone(house.ZONE)), Busy()
    main, second = (Site.of(clinic, span.first, span.last, busy) for clinic in built.clinics)
    protocols = {row.slug: row for row in Protocol.objects.bookable().with_steps()}
    visits = list(VisitType.objects.prefetch_related("needs"))
    filling = Filling(lives, protocols, visits, patients)
    doctors, nurse, other = (
        main.staff({"physician"}),
        main.staff({"nurse"}),
        second.staff({"physician"}),
    )
    weeks = loads(span)
    filling.fill(main, nurse, {LASER: 1}, [(monday, load * 0.6) for monday, load in weeks])
    filling.fill(second, other, AT_THE_SMALL_SITE, [(m, load * 0.5) for m, load in weeks[-18:]])
    filling.fill(main, doctors, TASTE, weeks)
    tell_stories(lives)
    filling.fill_up(main, doctors, weeks[span.weeks_past :][:FULL_WEEKS])
    return lives


def loads(span: Span) -> Loads:
    """Growing up to today, full for four weeks, then thinner."""
    past, thin = span.weeks_past, span.weeks_ahead + 1 - FULL_WEEKS
    planned = [
        *(PAST_FROM + (PAST_TO - PAST_FROM) * week / past for week in range(past)),
        *[FULL] * FULL_WEEKS,
        *(THIN_FROM + (THIN_TO - THIN_FROM) * week / thin for week in range(thin)),
    ]
    return [(span.first + 7 * week * DAY, load) for week, load in enumerate(planned)]


def enter_absence(built: house.House, lives: Lives, *, today: dt.date, now: dt.datetime) -> int:
    """The first doctor falls out on the fullest of the coming days: the desk has to move them."""
    doctor = built.main.resources.get(name=house.DOCTORS[0][0])
    attempts = [*lives.singles, *courses_attempts(lives.courses)]
    booked = Counter(
        visit.on
        for visit in attempts
        if visit.status == Status.BOOKED
        and visit.place.practitioner == doctor
        and ABSENT_AFTER <= (visit.on - today).days <= ABSENT_WITHIN
    )
    ((on, touched),) = booked.most_common(1)
    house.absence(built.main, on, 1, "Absence imprévue", doctor).save()
    audit.record(
        "absence.create",
        by=built.users["manager@demo.test"],
        now=now - HOUR,
        clinic=built.main,
        subject=f"resource:{doctor.public_id}",
    )
    return touched
