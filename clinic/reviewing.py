"""A re-evaluation, and what follows from it for the agenda, in one act."""

import datetime as dt

from django.db import transaction

from clinic import audit, booking
from clinic.care import changing
from clinic.models import Appointment, Clinic, StaffMember, User
from patients import reviews
from patients.models import Review, Series
from protocols.models import Protocol


class NotStopped(Exception):
    """The series could not be stopped, so the re-evaluation is not written either."""

    def __init__(self, refused: booking.Refused) -> None:
        super().__init__("the series was not stopped")
        self.refused = refused


def not_to_review(series: Series, staff: StaffMember, *, now: dt.datetime) -> str:
    """Why this person decides nothing about it: a sentence, empty where they may."""
    return changing.elsewhere(staff, changing.of_series(series), now=now)


def review(
    *,
    series: Series,
    improvement: str,
    outcome: str,
    next_protocol: Protocol | None,
    note: str,
    staff: StaffMember,
    now: dt.datetime,
) -> Review | booking.Refused:
    """Write it down; with "change" and "stop" the rest of the series is cancelled with it."""
    if problem := not_to_review(series, staff, now=now):
        return booking.Refused.because("elsewhere", problem)
    clinic, by = staff.clinic, staff.user
    try:
        with transaction.atomic():
            written = reviews.review(
                series=series,
                improvement=improvement,
                outcome=outcome,
                next_protocol=next_protocol,
                note=note,
                by=by,
                now=now,
            )
            if outcome != Review.Outcome.CONTINUE and series.is_open:
                _stop(series, clinic=clinic, by=by, now=now)
            audit.record(
                "series.review",
                by=by,
                now=now,
                clinic=clinic,
                patient=series.patient,
                subject=f"series:{series.public_id}",
            )
            return written
    except NotStopped as error:
        return error.refused


def _stop(series: Series, *, clinic: Clinic, by: User, now: dt.datetime) -> None:
    """The reason that the desk reads says nothing of the outcome."""
    stopped = booking.stop_series(
        series=series, reason=Appointment.Reason.SERIES_STOPPED, by=by, clinic=clinic, now=now
    )
    if isinstance(stopped, booking.Refused):
        raise NotStopped(stopped)
