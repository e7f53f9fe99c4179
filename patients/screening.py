"""The questions before a treatment: which are asked, what an answer finds, what is decided then.

`patients.standing` says how a patient stands after it.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from patients.actor import Actor
from patients.models import Patient, Screening, ScreeningAnswer, ScreeningDecision
from patients.standing import latest_answers, standing
from protocols.models import (
    AnswerType,
    Contraindication,
    Protocol,
    ProtocolContraindication,
    Severity,
)
from protocols.planning import Duration

YES, NO = "yes", "no"
NONE = ""  # of a date, a text or a list: there is nothing to say
SEPARATOR = ","
GRAVITY = ("", Severity.WARNING, Severity.WAIT, Severity.BLOCKING)
LIGHTEST = (0, dt.date.min)


@dataclass(frozen=True)
class Question:
    """A question as a protocol asks it, and whether it must be asked now."""

    link: ProtocolContraindication
    must_be_asked: bool

    @property
    def term(self) -> Contraindication:
        return self.link.contraindication


@dataclass(frozen=True)
class Answer:
    """What is answered: `value` as `ScreeningAnswer` keeps it, and more about it."""

    value: str
    note: str = ""


def questions_for(patient: Patient, protocol: Protocol, *, on: dt.date) -> list[Question]:
    """Every question of the protocol; those to ask are unanswered, or their answer expired."""
    missing = set(standing(patient, protocol, on=on).missing)
    return [Question(link, link.contraindication_id in missing) for link in links_of(protocol)]


def links_of(protocol: Protocol) -> list[ProtocolContraindication]:
    return list(protocol.contraindication_links.select_related("contraindication"))


def finding_of(link: ProtocolContraindication, value: str) -> str:
    """The severity that the protocol gives to this answer; empty where nothing is found."""
    term = link.contraindication
    if term.answer_type == AnswerType.CHOICE:
        raising = {option["code"] for option in term.options if option["raises"]}
        found = bool(raising & set(value.split(SEPARATOR)))
    else:
        found = value not in {NONE, NO} if term.answer_type == AnswerType.BOOLEAN else bool(value)
    if found and link.severity == Severity.WAIT and term.answer_type != AnswerType.DATE:
        return str(Severity.BLOCKING)  # no date to count from: a practitioner says
    return link.severity if found else ""


def first_day_allowed(link: ProtocolContraindication, value: str) -> dt.date | None:
    """The answered date and the days to wait."""
    if finding_of(link, value) != Severity.WAIT:
        return None
    return Duration.parse(link.wait).after(dt.date.fromisoformat(value))


def expiry(term: Contraindication, on: dt.date) -> dt.date | None:
    """The last day on which an answer given on `on` counts; None: for good."""
    days = term.asked_again_days
    return None if days is None else on + dt.timedelta(days=days)


def record(
    *,
    patient: Patient,
    protocol: Protocol,
    answers: Mapping[int, Answer],
    by_patient: bool,
    by: Actor,
    now: dt.datetime,
    on: dt.date,
) -> Screening:
    """Keep these answers, by question. `on` is the clinic's day. Call it in a transaction.

    What speaks against treating is not unsaid on the tablet before it is asked again: whoever sends
    a milder answer there leaves the graver one standing. A practitioner may correct it.
    """
    standing_ones = _counting(patient, on=on) if by_patient else {}
    screening = Screening.objects.create(
        patient=patient, protocol=protocol, answered_at=now, by_patient=by_patient, by=by
    )
    rows = (
        _row(screening, link, answers[link.contraindication_id], on)
        for link in links_of(protocol)
        if link.contraindication_id in answers
    )
    ScreeningAnswer.objects.bulk_create(
        row for row in rows if gravity(row) >= standing_ones.get(row.contraindication_id, LIGHTEST)
    )
    return screening


def _counting(patient: Patient, *, on: dt.date) -> dict[int, tuple[int, dt.date]]:
    """By question, how grave the answer is that still counts."""
    latest = latest_answers([patient.pk])
    # Not in the query: what is left out there would make an older answer the latest one.
    return {
        answer.contraindication_id: gravity(answer)
        for answer in latest
        if answer.expires_on is None or on <= answer.expires_on
    }


def gravity(answer: ScreeningAnswer) -> tuple[int, dt.date]:
    """What it found, and of a wait until when: greater is graver."""
    return GRAVITY.index(answer.finding), answer.not_before or dt.date.min


def _row(
    screening: Screening, link: ProtocolContraindication, answer: Answer, on: dt.date
) -> ScreeningAnswer:
    return ScreeningAnswer(
        screening=screening,
        contraindication=link.contraindication,
        value=answer.value,
        note=answer.note,
        finding=finding_of(link, answer.value),
        not_before=first_day_allowed(link, answer.value),
        expires_on=expiry(link.contraindication, on),
    )


def decide(
    *,
    patient: Patient,
    answers: Sequence[ScreeningAnswer],
    kind: str,
    until: dt.date | None,
    reason: str,
    by: Actor,
    now: dt.datetime,
) -> list[ScreeningDecision]:
    """One decision about each of these answers. Call it in a transaction."""
    return _decisions(
        answers, patient=patient, kind=kind, until=until, reason=reason, by=by, at=now
    )


def hold(
    *, patient: Patient, until: dt.date, reason: str, by: Actor, now: dt.datetime
) -> ScreeningDecision:
    """A practitioner's own hold: no treatment at all before `until`."""
    kind = ScreeningDecision.Kind.NOT_BEFORE
    (decision,) = _decisions(
        [None], patient=patient, kind=kind, until=until, reason=reason, by=by, at=now
    )
    return decision


def lift(*, patient: Patient, reason: str, by: Actor, now: dt.datetime) -> ScreeningDecision:
    """End the practitioner's own hold before its day."""
    kind = ScreeningDecision.Kind.LIFTED
    (decision,) = _decisions(
        [None], patient=patient, kind=kind, until=None, reason=reason, by=by, at=now
    )
    return decision


def _decisions(answers: Iterable[ScreeningAnswer | None], **fields: Any) -> list[ScreeningDecision]:
    return ScreeningDecision.objects.bulk_create(
        ScreeningDecision(answer=answer, **fields) for answer in answers
    )
