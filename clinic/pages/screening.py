"""What is known of a patient before treating: for the practitioner all of it, for the desk a word.

`Badge` is what reception's pages show. It is made of `patients.standing`, which reads no answer.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import states
from clinic.dates import written
from clinic.models import Clinic
from patients.models import Patient, ScreeningAnswer, ScreeningDecision, Series
from patients.screening import NO, NONE, SEPARATOR, YES
from patients.standing import Pair, Standing, latest_answers, standings
from protocols.models import AnswerType, Contraindication, Protocol
from protocols.translated import active_language


@dataclass(frozen=True)
class Badge:
    """A word, and where the questionnaire is handed out while something is to be asked."""

    state: states.State
    record: str  # where practitioners see why
    questionnaire: str

    @classmethod
    def of(cls, patient_id: str, protocol: int, standing: Standing) -> "Badge":
        """`patient_id` is public, as in addresses."""
        record = reverse("screening", args=[patient_id])
        address = reverse("questionnaire", args=[patient_id, protocol])
        state = states.of_screening(standing.status)
        return cls(state, record, address if standing.missing else "")


def badge(patient: Patient, protocol: Protocol, clinic: Clinic, *, now: dt.datetime) -> Badge:
    """Three queries."""
    return badges([(patient, protocol)], clinic, now=now)[patient.pk, protocol.pk]


def badges(
    pairs: Iterable[tuple[Patient, Protocol]], clinic: Clinic, *, now: dt.datetime
) -> dict[Pair, Badge]:
    """Three queries, however many."""
    asked = {(patient.pk, protocol.pk): patient.public_id for patient, protocol in pairs}
    found = standings(asked, on=clinic.today(now=now))
    return {pair: Badge.of(asked[pair], pair[1], one) for pair, one in found.items()}


# --- What practitioners see ----------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """An answer that counts, in words, and what is to be said of it."""

    answer: ScreeningAnswer
    text: str
    is_open: bool  # blocks, or is a warning that nobody has seen
    waits: bool
    decision: ScreeningDecision | None
    is_expired: bool

    @property
    def question(self) -> Contraindication:
        return self.answer.contraindication

    @property
    def state(self) -> states.State | None:
        """None where there is nothing to say against treating."""
        if self.is_open and self.answer.finding == "blocking":
            return states.BLOCKED
        if self.is_open:
            return states.TO_BE_SEEN
        if self.waits:
            return states.WAITS
        return states.CLEARED if self.answer.finding else None


@dataclass(frozen=True)
class Course:
    """One protocol of the patient's, and how they stand for it today."""

    protocol: Protocol
    standing: Standing
    badge: Badge


@dataclass(frozen=True)
class ScreeningPage:
    courses: list[Course]
    rows: list[Row]
    decisions: list[ScreeningDecision]
    hold: ScreeningDecision | None  # the practitioner's own, still ahead

    @property
    def to_decide(self) -> list[Row]:
        """What a decision may be about: findings, and what somebody set a date for."""
        return [row for row in self.rows if row.answer.finding or row.decision]


def of(patient: Patient, *, clinic: Clinic, now: dt.datetime) -> ScreeningPage:
    """Seven queries, however much there is."""
    today = clinic.today(now=now)
    protocols = list(_protocols(patient))
    found = standings([(patient.pk, protocol.pk) for protocol in protocols], on=today)
    courses = [
        Course(protocol, one, Badge.of(patient.public_id, protocol.pk, one))
        for protocol in protocols
        for one in [found[patient.pk, protocol.pk]]
    ]
    decisions = list(_decisions(patient))
    answers = answers_of(patient)
    rows = [_row(answer, courses, decisions, today) for answer in answers]
    rows.sort(key=lambda row: (not row.is_open, not row.waits, not row.answer.finding))
    return ScreeningPage(courses, rows, decisions, _own_hold(decisions, today))


def answers_of(patient: Patient) -> QuerySet[ScreeningAnswer]:
    """The one that counts to each question, the gravest questions first."""
    return (
        latest_answers([patient.pk])
        .select_related("contraindication", "screening__by")
        .order_by("contraindication__severity", "contraindication__name_fr")
    )


def decidable(patient: Patient) -> QuerySet[ScreeningAnswer]:
    """The answers that a decision may be about."""
    ids = [answer.pk for answer in latest_answers([patient.pk])]
    about = ScreeningDecision.objects.filter(
        patient=patient, answer__contraindication=OuterRef("contraindication")
    )
    there = ScreeningAnswer.objects.filter(pk__in=ids).select_related("contraindication")
    return there.filter(~Q(finding="") | Exists(about))


def _protocols(patient: Patient) -> QuerySet[Protocol]:
    """Those of running series, and those that were asked about and are still begun."""
    running = Series.objects.filter(
        patient=patient, status__in=Series.OPEN, protocol=OuterRef("pk")
    )
    asked = Q(pk__in=patient.screenings.order_by().values("protocol"), status="active")
    return Protocol.objects.filter(Exists(running) | asked).order_by("name_fr", "pk")


def _decisions(patient: Patient) -> QuerySet[ScreeningDecision]:
    return ScreeningDecision.objects.filter(patient=patient).select_related(
        "answer__contraindication", "by"
    )


def _row(
    answer: ScreeningAnswer,
    courses: list[Course],
    decisions: list[ScreeningDecision],
    today: dt.date,
) -> Row:
    question = answer.contraindication_id
    open_ones = {f.answer for c in courses for f in (*c.standing.blockers, *c.standing.warnings)}
    about = (d for d in decisions if d.answer and d.answer.contraindication_id == question)
    decision = next(about, None)
    ahead = answer.not_before is not None and answer.not_before > today
    held = decision is not None and decision.kind == "not_before" and decision.until is not None
    cleared = decision is not None and decision.kind == "cleared" and not _is_over(decision, today)
    return Row(
        answer=answer,
        text=in_words(answer),
        is_open=answer.pk in open_ones,
        waits=bool(
            (ahead and not cleared) or (held and decision and not _is_over(decision, today))
        ),
        decision=decision,
        is_expired=answer.expires_on is not None and answer.expires_on < today,
    )


def _is_over(decision: ScreeningDecision, today: dt.date) -> bool:
    """A clearance holds through its day, a hold up to it."""
    if decision.until is None:
        return True
    return decision.until < today if decision.kind == "cleared" else decision.until <= today


def _own_hold(decisions: list[ScreeningDecision], today: dt.date) -> ScreeningDecision | None:
    latest = next((d for d in decisions if d.answer is None), None)
    holds = latest is not None and latest.kind == "not_before" and not _is_over(latest, today)
    return latest if holds else None


def in_words(answer: ScreeningAnswer) -> str:
    """What was answered, as a person says it."""
    kind, value = answer.contraindication.answer_type, answer.value
    if value in {YES, NO} and kind != AnswerType.TEXT:
        return _("Yes") if value == YES else _("No")
    if value == NONE:
        return _("None of these") if kind == AnswerType.CHOICE else _("No")
    if kind == AnswerType.CHOICE:
        return ", ".join(_named(answer.contraindication, code) for code in value.split(SEPARATOR))
    try:
        return written(dt.date.fromisoformat(value), "j F Y")
    except ValueError:
        return value


def _named(question: Contraindication, code: str) -> str:
    """A choice that is no longer in the list keeps its code."""
    language = active_language()
    options = (o for o in question.options if o["code"] == code)
    return next((str(o.get(language) or o["fr"]) for o in options), code)
