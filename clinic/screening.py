"""The questionnaire and the decisions about it: each verb of `patients.screening` with its audit
row, in one act, behind the patient's lock: nobody books between an answer and its consequence.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from clinic import audit
from clinic.booking import Problem, Refused, idempotency
from clinic.booking.locks import carry_out
from clinic.care import changing
from clinic.models import Role, StaffMember
from patients import screening
from patients.models import Patient, ScreeningAnswer, ScreeningDecision
from patients.screening import Answer
from protocols.models import Protocol

FURTHEST = dt.timedelta(days=3 * 366)  # our choice: who is let through for longer is seen again
Kind = ScreeningDecision.Kind


def answer(
    *,
    patient: Patient,
    protocol: Protocol,
    answers: Mapping[int, Answer],
    by_patient: bool,
    by: StaffMember,
    now: dt.datetime,
    key: str,
) -> Refused | None:
    """Keep the answers. `key` makes a form that is sent twice one screening."""
    told = {question: (given.value, given.note) for question, given in answers.items()}
    asked = idempotency.fingerprint(patient=patient.pk, protocol=protocol.pk, answers=told)

    def act() -> Refused | None:
        if (earlier := idempotency.answered(key=key, by=by.user, asked=asked)) is not None:
            return earlier if isinstance(earlier, Refused) else None
        kept = screening.record(
            patient=patient,
            protocol=protocol,
            answers=answers,
            by_patient=by_patient,
            by=by.user,
            now=now,
            on=by.clinic.today(now=now),
        )
        idempotency.remember(key=key, by=by.user, asked=asked, answer={"kept": kept.pk}, now=now)
        _write_down("screening.answer", by, patient, f"screening:{kept.public_id}", now=now)
        return None

    return carry_out(act, resources=(), patients=[patient.pk])


def decide(
    *,
    patient: Patient,
    answers: Sequence[ScreeningAnswer],
    kind: str,
    until: dt.date,
    reason: str,
    by: StaffMember,
    now: dt.datetime,
) -> Refused | None:
    """Let findings through up to a day, or hold the patient until one."""

    def act() -> list[ScreeningDecision]:
        return screening.decide(
            patient=patient,
            answers=answers,
            kind=kind,
            until=until,
            reason=reason,
            by=by.user,
            now=now,
        )

    problems = tuple(bad_day(kind, until, today=by.clinic.today(now=now)))
    return Refused(problems) if problems else _decided(act, by, patient, now=now)


def hold(
    *, patient: Patient, until: dt.date, reason: str, by: StaffMember, now: dt.datetime
) -> Refused | None:
    """No treatment at all before a day."""

    def act() -> list[ScreeningDecision]:
        return [
            screening.hold(patient=patient, until=until, reason=reason, by=by.user, now=now),
        ]

    problems = tuple(bad_day(Kind.NOT_BEFORE, until, today=by.clinic.today(now=now)))
    return Refused(problems) if problems else _decided(act, by, patient, now=now)


def lift(*, patient: Patient, reason: str, by: StaffMember, now: dt.datetime) -> Refused | None:
    def act() -> list[ScreeningDecision]:
        return [screening.lift(patient=patient, reason=reason, by=by.user, now=now)]

    return _decided(act, by, patient, now=now)


def not_to_decide(patient: Patient, by: StaffMember, *, now: dt.datetime) -> str:
    """Why this person decides nothing about the patient: a sentence, empty where they may."""
    return changing.elsewhere(by, changing.of_patient(patient), now=now)


def bad_day(kind: str, until: dt.date, *, today: dt.date) -> Iterator[Problem]:
    """What is wrong with the day of a decision."""
    if kind == Kind.CLEARED and until < today:
        yield Problem("past", _("This day has passed already."), "until")
    if kind == Kind.NOT_BEFORE and until <= today:
        yield Problem("past", _("Choose a day after today."), "until")
    if until > today + FURTHEST:
        yield Problem("far", _("Three years ahead at most."), "until")


def _decided(
    act: Callable[[], list[ScreeningDecision]],
    by: StaffMember,
    patient: Patient,
    *,
    now: dt.datetime,
) -> Refused | None:
    """Only a practitioner decides, whoever calls, and only where the patient is received."""
    if by.role != Role.PRACTITIONER:
        raise PermissionDenied
    if problem := not_to_decide(patient, by, now=now):
        return Refused.because("elsewhere", problem)

    def decided() -> None:
        for decision in act():
            subject = f"screening-decision:{decision.pk}"
            _write_down(f"screening.{decision.kind}", by, patient, subject, now=now)

    return carry_out(decided, resources=(), patients=[patient.pk])


def _write_down(
    action: str, by: StaffMember, patient: Patient, subject: str, *, now: dt.datetime
) -> None:
    audit.record(action, by=by.user, now=now, clinic=by.clinic, patient=patient, subject=subject)
