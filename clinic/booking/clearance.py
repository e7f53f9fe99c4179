"""What the record says to booking: the gates of `clinic.care`, and the day that holds.

Neither says why: the desk reads it.
"""

import datetime as dt
from collections.abc import Collection

from clinic.booking.asks import Problem
from clinic.care import gates
from clinic.models import Clinic
from patients.models import Patient, Series
from patients.standing import Standing, standing
from protocols.models import Protocol


def screened(clinic: Clinic, patient: Patient, protocol: Protocol, *, now: dt.datetime) -> Standing:
    """How the patient stands today; its `not_before` is the day that holds the planner."""
    return standing(patient, protocol, on=clinic.today(now=now))


def forbidden(
    clinic: Clinic,
    patient: Patient,
    protocol: Protocol,
    dates: Collection[tuple[int, dt.date]],
    *,
    series: Series | None,
    now: dt.datetime,
) -> tuple[Problem, ...]:
    """What forbids booking these sessions, each a number and its day."""
    if not dates:
        return ()
    confirming = gates.Confirming(
        clinic=clinic,
        patient=patient,
        protocol=protocol,
        numbers=tuple(number for number, _on in dates),
        first_on=min(on for _number, on in dates),
        today=clinic.today(now=now),
        series=series,
    )
    return tuple(Problem(o.code, o.message) for o in gates.before_confirming(confirming))
