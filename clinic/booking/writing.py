"""The rows of a booking. Write them behind the locks of `clinic.booking.locks` only."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

from clinic.models import LONGEST_HOLD, Appointment, Clinic, User, VisitType
from patients.models import Patient, TreatmentSession

Claim = tuple[int, int, int]  # (resource, start, end), minutes since 1970 UTC


@dataclass(frozen=True)
class Attempt:
    """One appointment to write, with what it holds.

    `is_new`: its session was opened as scheduled in this very transaction.
    """

    starts_at: dt.datetime
    ends_at: dt.datetime
    holds: tuple[Claim, ...]
    session: TreatmentSession | None = None
    visit_type: VisitType | None = None
    replaces: Appointment | None = None
    is_new: bool = False

    def appointment(
        self, clinic: Clinic, patient: Patient, by: User, now: dt.datetime
    ) -> Appointment:
        return Appointment(
            uid=self.replaces.uid if self.replaces else uuid.uuid4(),
            sequence=self.replaces.sequence + 1 if self.replaces else 0,
            replaces=self.replaces,
            clinic=clinic,
            patient=patient,
            session=self.session,
            visit_type=self.visit_type,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            booked_at=now,
            booked_by=by,
            changed_at=now,
            changed_by=by,
        )


def write(
    attempts: Sequence[Attempt], *, clinic: Clinic, patient: Patient, by: User, now: dt.datetime
) -> list[Appointment]:
    """Appointments and holds, two statements however many; IntegrityError when one is taken."""
    appointments = Appointment.objects.bulk_create(
        attempt.appointment(clinic, patient, by, now) for attempt in attempts
    )
    insert_holds(
        [
            (appointment.pk, *claim, appointment.is_occupying)
            for attempt, appointment in zip(attempts, appointments, strict=True)
            for claim in attempt.holds
        ]
    )
    waiting = [attempt.session.pk for attempt in attempts if attempt.session and not attempt.is_new]
    if waiting:
        TreatmentSession.objects.filter(pk__in=waiting).update(
            status=TreatmentSession.Status.SCHEDULED
        )
    return appointments


HELD = "INSERT INTO clinic_hold (appointment_id, resource_id, starts, ends, active) VALUES {rows}"


def insert_holds(rows: Sequence[tuple[int, int, int, int, bool]]) -> None:
    """By hand, for the same reason as `is_taken`. The database checks each of them."""
    if rows:
        places = ", ".join(["(%s, %s, %s, %s, %s)"] * len(rows))
        with connection.cursor() as cursor:
            cursor.execute(HELD.format(rows=places), [value for row in rows for value in row])


MET = """
    WITH claim (resource, starts, ends) AS (VALUES {rows})
    SELECT 1 FROM claim JOIN clinic_hold hold ON hold.resource_id = claim.resource
    AND hold.starts < claim.ends AND hold.ends > claim.starts AND hold.starts >= claim.starts - %s
    WHERE hold.active AND hold.appointment_id <> %s LIMIT 1
"""


def is_taken(claims: Iterable[Claim], *, ignoring: Appointment | None = None) -> bool:
    """Whether any of these claims meets an active hold. A no is only final behind the locks.

    One query, written by hand: everybody else waits behind the locks meanwhile, and to put thirty
    claims together as `Q` objects takes longer than all the rest of the booking.
    """
    asked = list(claims)
    if not asked:
        return False
    rows = ", ".join(["(%s, %s, %s)"] * len(asked))
    numbers = [number for claim in asked for number in claim]
    with connection.cursor() as cursor:
        cursor.execute(
            MET.format(rows=rows), [*numbers, LONGEST_HOLD, ignoring.pk if ignoring else 0]
        )
        return cursor.fetchone() is not None
