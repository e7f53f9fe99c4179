"""Writes the lived courses down: the same rows as the booking verbs write, in few statements."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from clinic.booking import writing
from clinic.demo.courses import Attempt, Course, Reason, Status
from clinic.demo.house import House
from clinic.models import Appointment, AuditEntry, Resource, User
from patients.models import Patient, Series, TreatmentSession

BATCH = 500
HOLDS = 190  # of five values each: as many as any SQLite takes in one statement
SESSION_STATUS = {
    Status.FULFILLED: TreatmentSession.Status.COMPLETED,
    Status.BOOKED: TreatmentSession.Status.SCHEDULED,
    Status.ARRIVED: TreatmentSession.Status.SCHEDULED,
}
VERBS = {
    Status.ARRIVED: "arrived",
    Status.FULFILLED: "fulfilled",
    Status.NOSHOW: "noshow",
    Status.CANCELLED: "cancel",
}


@dataclass
class Writer:
    house: House
    rng: Random
    rows: dict[Attempt, Appointment] = field(default_factory=dict)
    sessions: dict[tuple[Course, int], TreatmentSession] = field(default_factory=dict)
    series: dict[Course, Series] = field(default_factory=dict)

    def write(
        self, patients: Sequence[Patient], courses: Sequence[Course], singles: Sequence[Attempt]
    ) -> None:
        known_since(patients, [*courses_attempts(courses), *singles])
        Patient.objects.bulk_create(patients, BATCH)
        self._write_series(courses)
        self._write_appointments(courses, singles)
        self._write_holds()
        self._write_audit(patients, courses, singles)

    def _write_series(self, courses: Sequence[Course]) -> None:
        for course in courses:
            self.series[course] = Series(
                patient=course.patient,
                protocol=course.protocol,
                status=course.status,
                previous_on=course.previous_on,
                opened_at=course.opened_at,
                opened_by=self.house.receptionist,
                closed_at=course.closed_at,
                closed_by=self.house.receptionist if course.closed_at else None,
                closing_reason=course.closing_reason,
            )
        Series.objects.bulk_create(self.series.values(), BATCH)
        for course in courses:
            steps = {step.number: step for step in course.protocol.steps.all()}
            for number in course.numbers:
                self.sessions[course, number] = self._session(course, number, steps[number])
        TreatmentSession.objects.bulk_create(self.sessions.values(), BATCH)

    def _session(self, course: Course, number: int, step: Any) -> TreatmentSession:
        visit = course.current.get(number)
        status = SESSION_STATUS.get(visit.status) if visit else None
        if status != TreatmentSession.Status.COMPLETED and course.status == Series.Status.REVOKED:
            status = TreatmentSession.Status.CANCELLED
        done = status == TreatmentSession.Status.COMPLETED
        return TreatmentSession(
            series=self.series[course],
            step=step,
            number=number,
            status=status or TreatmentSession.Status.NOT_STARTED,
            done_on=visit.on if done and visit else None,
        )

    def _write_appointments(self, courses: Sequence[Course], singles: Sequence[Attempt]) -> None:
        """First attempts before second ones: a later attempt has the higher key, as in life."""
        by_rank: dict[int, list[tuple[Attempt, TreatmentSession | None]]] = defaultdict(list)
        by_rank[0] = [(visit, None) for visit in singles]
        for course in courses:
            for rank, visit in ranked(course):
                by_rank[rank].append((visit, self.sessions[course, visit.session_number]))
        for rank in sorted(by_rank):
            attempts = sorted(by_rank[rank], key=lambda pair: pair[0].booked_at)
            rows = [self._appointment(visit, session) for visit, session in attempts]
            Appointment.objects.bulk_create(rows, BATCH)

    def _appointment(self, visit: Attempt, session: TreatmentSession | None) -> Appointment:
        row = writing.Attempt(
            visit.starts_at.astimezone(dt.UTC),
            visit.ends_at.astimezone(dt.UTC),
            (),
            session=session,
            visit_type=visit.visit_type,
            replaces=self.rows[visit.replaces] if visit.replaces else None,
        ).appointment(visit.site.clinic, visit.patient, self._desk(visit), visit.booked_at)
        row.status, row.changed_at, row.confirmed_at = (
            visit.status,
            visit.changed_at,
            visit.confirmed_at,
        )
        row.cancellation_reason, row.cancellation_note = visit.reason, visit.note
        row.changed_by = self._changer(visit)
        self.rows[visit] = row
        return row

    def _desk(self, visit: Attempt) -> User:
        """At the small site the second receptionist, at the main one either."""
        if visit.site.clinic == self.house.second or self.rng.random() < 0.4:
            return self.house.users["accueil2@demo.test"]
        return self.house.receptionist

    def _changer(self, visit: Attempt) -> User:
        practitioner = visit.place.practitioner
        if visit.status == Status.FULFILLED and practitioner and practitioner.user_id:
            return self.house.by_pk[practitioner.user_id]
        return self._desk(visit)

    def _write_holds(self) -> None:
        """The latest first: so the overlap check of each insert has next to nothing to look at."""
        holds = [
            (row.pk, *claim, row.is_occupying)
            for visit, row in self.rows.items()
            for claim in claims(visit)
        ]
        holds.sort(key=lambda hold: -hold[2])
        for first in range(0, len(holds), HOLDS):
            writing.insert_holds(holds[first : first + HOLDS])

    # --- The trail -------------------------------------------------------------------------------

    def _write_audit(
        self, patients: Sequence[Patient], courses: Sequence[Course], singles: Sequence[Attempt]
    ) -> None:
        entries = [self._registered(patient) for patient in patients]
        for course in courses:
            entries += self._audit_of_series(course)
        for visit in singles:
            entries += self._audit_of(visit, booked_alone=True)
        AuditEntry.objects.bulk_create(sorted(entries, key=lambda entry: entry.at), BATCH)

    def _registered(self, patient: Patient) -> AuditEntry:
        return AuditEntry(
            at=patient.created_at,
            by=self.house.receptionist,
            clinic=self.house.main,
            action="patient.create",
            patient=patient,
        )

    def _audit_of_series(self, course: Course) -> Iterator[AuditEntry]:
        at_once = [visit for visit in course.history if visit.booked_at == course.opened_at]
        yield self._entry(
            course.history[0],
            "series.book",
            course.opened_at,
            subject=f"series:{self.series[course].public_id}",
            appointments=[self.rows[visit].public_id for visit in at_once],
        )
        if course.status == Series.Status.REVOKED and course.closed_at:
            called_off = [v for v in course.history if v.reason == Reason.SERIES_STOPPED]
            yield self._entry(
                course.history[0],
                "series.stop",
                course.closed_at,
                subject=f"series:{self.series[course].public_id}",
                reason=Reason.OTHER.value,
                cancelled=len(called_off),
            )
        for visit in course.history:
            yield from self._audit_of(visit, booked_alone=visit.booked_at != course.opened_at)

    def _audit_of(self, visit: Attempt, *, booked_alone: bool) -> Iterator[AuditEntry]:
        if booked_alone:
            replaced = self.rows[visit.replaces].public_id if visit.replaces else None
            verb = "move" if visit.replaces else "book"
            yield self._entry(visit, f"appointment.{verb}", visit.booked_at, replaces=replaced)
        # A move is told once, by the new appointment; a stop once, by the series.
        silent = {Reason.MOVED, Reason.SERIES_STOPPED}
        if visit.status in VERBS and visit.reason not in silent:
            detail = {"reason": visit.reason} if visit.reason else {"before": Status.BOOKED.value}
            verb = VERBS[Status(visit.status)]
            yield self._entry(visit, f"appointment.{verb}", visit.changed_at, **detail)

    def _entry(
        self, visit: Attempt, action: str, at: dt.datetime, subject: str = "", **detail: Any
    ) -> AuditEntry:
        row = self.rows[visit]
        return AuditEntry(
            at=at,
            by_id=row.booked_by_id if at == visit.booked_at else row.changed_by_id,
            clinic_id=visit.site.clinic.pk,
            action=action,
            patient_id=visit.patient.pk,
            subject=subject or f"appointment:{row.public_id}",
            detail=detail,
        )


def claims(visit: Attempt) -> tuple[writing.Claim, ...]:
    holds: tuple[tuple[Resource, int, int], ...] = visit.place.holds
    return tuple((resource.pk, start, end) for resource, start, end in holds)


def courses_attempts(courses: Iterable[Course]) -> Iterator[Attempt]:
    return (visit for course in courses for visit in course.history)


def ranked(course: Course) -> Iterator[tuple[int, Attempt]]:
    """Each attempt with how many there were at its session before it."""
    seen: dict[int | None, int] = defaultdict(int)
    for visit in course.history:
        yield seen[visit.number], visit
        seen[visit.number] += 1


def known_since(patients: Iterable[Patient], attempts: Iterable[Attempt]) -> None:
    """Nobody was booked before they were registered."""
    first: dict[str, dt.datetime] = {}
    for visit in attempts:
        name = visit.patient.public_id
        first[name] = min(first.get(name, visit.booked_at), visit.booked_at)
    for patient in patients:
        patient.created_at = min(
            patient.created_at, first.get(patient.public_id, patient.created_at)
        )
