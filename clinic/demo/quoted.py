"""Quotes: the one that each dear series was booked on, and a few without a series."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any

from django.utils import translation

from clinic import quoting
from clinic.demo.house import House
from clinic.demo.lives import DAY
from clinic.demo.rows import BATCH
from clinic.demo.treated import Told
from clinic.models import AuditEntry, Clinic, Resource, User
from patients import quotes
from patients.models import Patient, Quote, QuoteLine
from patients.quotes import Line
from protocols.models import Protocol

SINCE = 70 * DAY  # series booked before that were agreed to on paper
SIGNED = 0.85  # the others were given, and taken up by booking
Status = Quote.Status

# Quotes nobody booked on: what became of each, how many days ago it was given, for what.
ALONE = (
    (Status.DRAFT, 0, "skin-booster"),
    (Status.GIVEN, 3, "skin-quality"),
    (Status.GIVEN, 9, "rejuvenation"),
    (Status.SIGNED, 1, "prp-hair"),
    (Status.REFUSED, 21, "face-revitalising"),
    (Status.EXPIRED, 110, "skin-booster"),
)


@dataclass(eq=False)
class Wanted:
    """A quote to be."""

    row: Quote
    lines: Sequence[Line]
    status: str
    at: dt.datetime
    clinic: Clinic
    by: User


@dataclass
class Quotes:
    rng: Random
    house: House
    now: dt.datetime
    protocols: dict[str, Protocol]
    audit: list[AuditEntry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lines_for, self.of_act = cache(lines_for), cache(of_act)
        self.of_practitioner = cache(of_practitioner)

    def write(self, stories: Sequence[Told], advised: Sequence[Patient]) -> None:
        """`advised`: who came to a consultation, and may not have decided yet."""
        wanted = [*self._of_series(stories), *self._alone(stories, advised)]
        wanted.sort(key=lambda one: one.at)
        number(wanted, self.house)
        Quote.objects.bulk_create((one.row for one in wanted), BATCH)
        QuoteLine.objects.bulk_create((row for one in wanted for row in rows_of(one)), BATCH)
        for one in wanted:
            self._close(one)

    def _of_series(self, stories: Iterable[Told]) -> Iterator[Wanted]:
        for told in stories:
            course = told.course
            if course.opened_at < self.now - SINCE:
                continue
            clinic = course.site.clinic
            language = course.patient.language
            lines = self.lines_for(clinic, course.protocol, tuple(course.numbers), language)
            if sum(line.total_cents for line in lines) < clinic.quote_from_euros * 100:
                continue
            at = course.opened_at - self.rng.uniform(0, 6) * DAY
            at = max(at, course.patient.created_at).astimezone(dt.UTC)
            status = Status.SIGNED if self.rng.random() < SIGNED else Status.GIVEN
            doctor = course.staff[0]
            wanted = self._wanted(course.patient, course.protocol, doctor, lines, status, at)
            wanted.row.series = told.series
            yield wanted

    def _alone(self, stories: Iterable[Told], advised: Sequence[Patient]) -> Iterator[Wanted]:
        doctor = self.house.main.resources.get(user=self.house.users["praticien@demo.test"])
        begun = {(told.course.patient.pk, told.course.protocol.slug) for told in stories}
        left = list(advised)
        for status, days, slug in ALONE:
            at = self.now - days * DAY - DAY / 36
            patient = next(
                (p for p in left if (p.pk, slug) not in begun and p.created_at < at), None
            )
            if patient is None:
                continue
            left.remove(patient)
            protocol = self.protocols[slug]
            numbers = tuple(s.number for s in protocol.steps.all() if s.phase.kind == "attack")
            lines = self.lines_for(self.house.main, protocol, numbers, patient.language)
            yield self._wanted(patient, protocol, doctor, lines, status, at.astimezone(dt.UTC))

    def _wanted(
        self,
        patient: Patient,
        protocol: Protocol,
        doctor: Resource,
        lines: Sequence[Line],
        status: str,
        at: dt.datetime,
    ) -> Wanted:
        clinic, by = doctor.clinic, self.house.receptionist
        sessions = sum(line.quantity for line in lines)
        fields = (
            quoting.of_patient(patient)
            | self.of_practitioner(doctor, patient.language)
            | self.of_act(clinic, protocol, sessions, patient.language)
        )
        row = Quote(
            patient=patient,
            protocol=protocol,
            valid_until=clinic.today(now=at) + quoting.VALID_FOR,
            total_cents=sum(line.total_cents for line in lines),
            created_at=at,
            created_by=by,
            **fields,
        )
        return Wanted(row, lines, status, at, clinic, by)

    def _close(self, one: Wanted) -> None:
        """Given, and answered, as the verbs of `patients.quotes` write it."""
        row = one.row
        self._write_down("quote.draft", one, one.at)
        if one.status == Status.DRAFT:
            return
        row.status, row.given_at, row.given_by = one.status, one.at, one.by
        row.content_hash = quotes.fingerprint(row)
        self._write_down("quote.give", one, one.at)
        if one.status in {Status.SIGNED, Status.REFUSED}:
            row.answered_at, row.answered_by = min(one.at + DAY / 24, self.now), one.by
            self._write_down(f"quote.{one.status}", one, row.answered_at)
        row.save(
            update_fields=[
                "status", "given_at", "given_by", "content_hash", "answered_at", "answered_by",
            ]
        )  # fmt: skip

    def _write_down(self, action: str, one: Wanted, at: dt.datetime) -> None:
        self.audit.append(
            AuditEntry(
                at=at,
                by=one.by,
                clinic=one.clinic,
                action=action,
                patient=one.row.patient,
                subject=f"quote:{one.row.public_id}",
            )
        )


def number(wanted: Iterable[Wanted], house: House) -> None:
    """By the year, without a gap."""
    counted: dict[int, int] = {}
    for one in wanted:
        year = house.main.today(now=one.at).year
        counted[year] = counted.get(year, 0) + 1
        one.row.number = f"D{year}-{counted[year]:04}"


def rows_of(one: Wanted) -> Iterator[QuoteLine]:
    for position, line in enumerate(one.lines, 1):
        yield QuoteLine(quote=one.row, position=position, **vars(line))


def lines_for(
    clinic: Clinic, protocol: Protocol, numbers: tuple[int, ...], language: str
) -> tuple[Line, ...]:
    with translation.override(language):
        return tuple(quoting.lines_for(clinic, protocol, numbers))


def of_practitioner(doctor: Resource, language: str) -> dict[str, Any]:
    with translation.override(language):
        return quoting.of_practitioner(doctor)


def of_act(clinic: Clinic, protocol: Protocol, sessions: int, language: str) -> dict[str, Any]:
    with translation.override(language):
        told = quoting.of_act(clinic, protocol, sessions, dt.date.min)
    return {name: value for name, value in told.items() if name != "valid_until"}
