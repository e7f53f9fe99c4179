"""The rows of a booking. Call these behind the locks of `clinic.booking.locks` only."""

import datetime as dt
import functools
import operator
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from clinic.models import LONGEST_HOLD, Appointment, Clinic, Hold, User, VisitType
from patients.models import Patient, TreatmentSession

Claim = tuple[int, int, int]  # (resource, start, end), minutes since 1970 UTC


@dataclass(frozen=True)
class Attempt:
    """One appointment to write, with what it holds."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    holds: tuple[Claim, ...]
    session: TreatmentSession | None = None
    visit_type: VisitType | None = None
    replaces: Appointment | None = None

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
    Hold.objects.bulk_create(
        Hold(appointment=appointment, resource_id=resource, starts=start, ends=end)
        for attempt, appointment in zip(attempts, appointments, strict=True)
        for resource, start, end in attempt.holds
    )
    scheduled = [attempt.session.pk for attempt in attempts if attempt.session]
    if scheduled:
        TreatmentSession.objects.filter(pk__in=scheduled).update(
            status=TreatmentSession.Status.SCHEDULED
        )
    return appointments


def is_taken(claims: Iterable[Claim], *, ignoring: Appointment | None = None) -> bool:
    """Whether any of these claims meets an active hold. One query."""
    met = [
        Q(
            resource=resource,
            starts__lt=end,
            ends__gt=start,
            starts__gte=start - LONGEST_HOLD,
        )
        for resource, start, end in claims
    ]
    if not met:
        return False
    holds = Hold.objects.filter(functools.reduce(operator.or_, met), active=True)
    return holds.exclude(appointment=ignoring).exists() if ignoring else holds.exists()
