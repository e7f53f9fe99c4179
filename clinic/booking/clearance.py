"""What the record says to booking: the gates of `clinic.care`, and the day that holds.

Neither says why: the desk reads it.
"""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db.models import Count, Max, OuterRef, QuerySet, Subquery

from clinic.booking.asks import Problem
from clinic.care import gates
from clinic.models import Clinic
from patients.models import (
    Patient,
    Quote,
    Screening,
    ScreeningDecision,
    Series,
    TreatmentSession,
)
from patients.standing import Standing, standing
from protocols.models import Protocol

State = tuple[int | None, ...]


def state_of(patient: Patient) -> State:
    """What the gates read of a patient and somebody may write meanwhile, in one small query: while
    two states are equal, the gates say the same.
    """
    mine: dict[str, Any] = {"patient": OuterRef("pk")}
    quotes = Quote.objects.filter(**mine, status__in=Quote.STANDS).order_by().values("patient")
    rows = Patient.objects.filter(pk=patient.pk).values_list(
        Subquery(_latest(Screening.objects.filter(**mine))),
        Subquery(_latest(ScreeningDecision.objects.filter(**mine))),
        Subquery(quotes.annotate(last=Max("pk")).values("last")),
        Subquery(quotes.annotate(n=Count("pk")).values("n")),
    )
    state: State = rows.get()
    return state


def _latest(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.order_by("-pk").values("pk")[:1]


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
