"""What the record says to booking: the gates of `clinic.care`, and the day that holds.

Neither says why: the desk reads it.
"""

import datetime as dt
from collections.abc import Collection
from typing import NamedTuple

from django.db import connection

from clinic.booking.asks import Problem
from clinic.care import gates
from clinic.models import Clinic
from patients.models import Patient, Quote, Series, TreatmentSession
from patients.standing import Read, Standing, read
from protocols.models import Protocol

STATE = """
    SELECT (SELECT MAX(id) FROM patients_screening WHERE patient_id = %(patient)s),
    (SELECT MAX(id) FROM patients_screeningdecision WHERE patient_id = %(patient)s),
    MAX(id), COUNT(id) FROM patients_quote WHERE patient_id = %(patient)s AND status IN ({stands})
"""


class State(NamedTuple):
    """What the gates read of a patient and somebody may write meanwhile: the last of each, by
    primary key. While two states are equal, the gates say the same.
    """

    screening: int | None
    decision: int | None
    quote: int | None  # of those that stand
    quotes: int


def state_of(patient: Patient) -> State:
    """One query, written by hand: it is asked again while everybody else waits."""
    stands = {f"stands{number}": status for number, status in enumerate(Quote.STANDS)}
    names = ", ".join(f"%({name})s" for name in stands)
    with connection.cursor() as cursor:
        cursor.execute(STATE.format(stands=names), {"patient": patient.pk, **stands})
        return State(*cursor.fetchone())


def screened(clinic: Clinic, patient: Patient, protocol: Protocol, *, now: dt.datetime) -> Standing:
    """How the patient stands today; its `not_before` is the day that holds the planner."""
    return read(patient, protocol).on(clinic.today(now=now))


def forbidden(
    clinic: Clinic,
    patient: Patient,
    protocol: Protocol,
    dates: Collection[tuple[int, dt.date]],
    *,
    series: Series | None,
    known: Read,
    has_quotes: bool = True,
    now: dt.datetime,
) -> tuple[Problem, ...]:
    """What forbids booking these sessions, each a number and its day.

    `known` of the patient; `has_quotes` False where it is known that none stands.
    """
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
        known=known,
        has_quotes=has_quotes,
    )
    return tuple(Problem(o.code, o.message) for o in gates.before_confirming(confirming))


def in_its_way(
    session: TreatmentSession | None, clinic: Clinic, on: dt.date
) -> tuple[Problem, ...]:
    """What would keep this session from being begun on that day, but for questions that are asked
    before each session anyway.
    """
    if session is None:
        return ()
    found = gates.before_starting(gates.Starting(clinic, session, on))
    return tuple(Problem(o.code, o.message) for o in found if o.code != "screening-missing")
