"""Whether a patient may be treated by a protocol: cleared, not cleared, or to be seen.

Reception's pages stand on this, so nothing here reads what was answered: no value, note or reason
is among the columns. Whether an answer says the same as the one that a practitioner decided about
is asked of the database, which compares the two texts and hands over a yes or a no.

- The latest answer to a question counts. One that has expired is asked again; what it found stays
  until there is a new one.
- The latest decision about a question counts. `cleared` lets an answer of the same content through
  up to its date, also one given again. `not_before` holds until its date whatever is answered
  meanwhile, and lets the same content through from then on where it was answered before: given
  again on that day or later, it is a new fact.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from patients.models import Patient, ScreeningAnswer, ScreeningDecision
from protocols.models import Protocol, ProtocolContraindication, Severity
from protocols.planning import Duration

Pair = tuple[int, int]  # patient and protocol, by primary key
Kind = ScreeningDecision.Kind


class Status(StrEnum):
    CLEARED = "cleared"
    NOT_CLEARED = "not_cleared"
    TO_BE_SEEN = "to_be_seen"


@dataclass(frozen=True)
class Finding:
    """An answer that speaks against treating, by primary keys; what it says is not here."""

    question: int
    answer: int


@dataclass(frozen=True)
class Standing:
    """How a patient stands on a day. `not_before` is a hold that lies ahead of that day."""

    blockers: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    not_before: dt.date | None = None
    missing: tuple[int, ...] = ()  # questions never answered, or to be asked again

    @property
    def status(self) -> Status:
        if self.blockers or self.not_before:
            return Status.NOT_CLEARED
        return Status.TO_BE_SEEN if self.missing or self.warnings else Status.CLEARED


class Asked(NamedTuple):
    """A question as a protocol asks it."""

    protocol: int
    question: int
    severity: str
    wait: str


class Given(NamedTuple):
    """The latest answer to a question, without what was answered."""

    pk: int
    patient: int
    question: int
    finding: str
    not_before: dt.date | None
    expires_on: dt.date | None
    answered_at: dt.datetime
    by_patient: bool
    wait: str | None  # of the protocol that it was asked for

    def counts(self, on: dt.date) -> bool:
        return self.expires_on is None or on <= self.expires_on

    def severity(self, asked: Asked) -> str:
        """What a finding is to this protocol; without a date to wait for, a practitioner says."""
        waits = asked.severity == Severity.WAIT
        return str(Severity.BLOCKING) if waits and self.not_before is None else asked.severity

    def hold(self, asked: Asked) -> dt.date | None:
        """The first day allowed, by the days that this protocol wants waited."""
        if self.not_before is None or asked.wait == self.wait or not self.wait:
            return self.not_before
        answered = Duration.parse(self.wait).before(self.not_before)
        return Duration.parse(asked.wait).after(answered)


class Decided(NamedTuple):
    """The latest decision about a question; without a question it is on every treatment."""

    patient: int
    question: int | None
    kind: str
    until: dt.date | None
    is_same: bool  # what was decided about is what was answered last

    def lets_through(self, given: Given, on: dt.date) -> bool:
        if not self.is_same or self.until is None:
            return False
        if self.kind == Kind.CLEARED:
            return on <= self.until
        return timezone.localtime(given.answered_at).date() < self.until

    @property
    def hold(self) -> dt.date | None:
        return self.until if self.kind == Kind.NOT_BEFORE else None


@dataclass(frozen=True)
class Known:
    """All that is known of some patients: the latest answer and decision by patient, question."""

    given: Mapping[Pair, Given]
    decided: Mapping[tuple[int, int | None], Decided]

    def standing(self, patient: int, asked: Iterable[Asked], on: dt.date) -> Standing:
        blockers, warnings, missing, holds = [], [], [], list(self._holds(patient, None))
        for one in asked:
            holds += self._holds(patient, one.question)
            given = self.given.get((patient, one.question))
            if given is None or not given.counts(on):
                missing.append(one.question)
            if given is None or not self._speaks_against(given, on):
                continue
            finding, severity = Finding(one.question, given.pk), given.severity(one)
            if severity == Severity.BLOCKING:
                blockers.append(finding)
            elif severity == Severity.WARNING and given.by_patient:
                warnings.append(finding)  # what a practitioner wrote down, they have seen
            elif severity == Severity.WAIT:
                holds += filter(None, [given.hold(one)])
        ahead = max((hold for hold in holds if hold > on), default=None)
        return Standing(tuple(blockers), tuple(warnings), ahead, tuple(missing))

    def _speaks_against(self, given: Given, on: dt.date) -> bool:
        """A finding that no practitioner let through."""
        decided = self.decided.get((given.patient, given.question))
        return bool(given.finding) and not (decided and decided.lets_through(given, on))

    def _holds(self, patient: int, question: int | None) -> Iterator[dt.date]:
        decided = self.decided.get((patient, question))
        if decided and decided.hold:
            yield decided.hold


@dataclass(frozen=True)
class Read:
    """What one patient's standing for a protocol is made of: read once, good for any day."""

    patient: int
    asked: tuple[Asked, ...]
    known: Known

    def on(self, day: dt.date) -> Standing:
        return self.known.standing(self.patient, self.asked, day)


def read(patient: Patient, protocol: Protocol, *, is_blank: bool = False) -> Read:
    """Three queries; one where nothing was answered nor decided yet, and the caller knows."""
    asked = asked_by({protocol.pk})[protocol.pk]
    known = Known({}, {}) if is_blank else known_of({patient.pk})
    return Read(patient.pk, tuple(asked), known)


def standing(patient: Patient, protocol: Protocol, *, on: dt.date) -> Standing:
    """How one patient stands. Three queries."""
    return read(patient, protocol).on(on)


def standings(pairs: Iterable[Pair], *, on: dt.date) -> dict[Pair, Standing]:
    """How each of these patients stands for a protocol. Three queries, however many there are."""
    wanted = set(pairs)
    if not wanted:
        return {}
    by_protocol = asked_by({protocol for _patient, protocol in wanted})
    known = known_of({patient for patient, _protocol in wanted})
    return {
        (patient, protocol): known.standing(patient, by_protocol[protocol], on)
        for patient, protocol in wanted
    }


def asked_by(protocols: Collection[int]) -> dict[int, list[Asked]]:
    """The questions of each protocol, the gravest first. One query."""
    found: dict[int, list[Asked]] = {protocol: [] for protocol in protocols}
    links = ProtocolContraindication.objects.filter(protocol__in=protocols)
    for row in links.values_list("protocol", "contraindication", "severity", "wait"):
        found[row[0]].append(Asked(*row))
    return found


def known_of(patients: Collection[int]) -> Known:
    """Two queries."""
    given = [Given(*row) for row in latest_answers(patients).values_list(*GIVEN)]
    return Known(
        {(one.patient, one.question): one for one in given},
        {
            (one.patient, one.question): one
            for one in _decisions(patients, [one.pk for one in given])
        },
    )


GIVEN = (
    "pk", "screening__patient", "contraindication", "finding", "not_before", "expires_on",
    "screening__answered_at", "screening__by_patient", "wait",
)  # fmt: skip


def latest_answers(patients: Collection[int]) -> QuerySet[ScreeningAnswer]:
    """The answer that counts to each question, of each of these patients."""
    asked = ProtocolContraindication.objects.filter(
        protocol=OuterRef("screening__protocol"), contraindication=OuterRef("contraindication")
    )
    newest_first = Window(
        RowNumber(),
        partition_by=[F("screening__patient"), F("contraindication")],
        order_by=[F("screening__answered_at").desc(), F("pk").desc()],
    )
    return (
        ScreeningAnswer.objects.filter(screening__patient__in=patients)
        .annotate(age=newest_first, wait=Subquery(asked.values("wait")[:1]))
        .filter(age=1)
        .order_by()
    )


def _decisions(patients: Collection[int], answers: list[int]) -> Iterator[Decided]:
    """Every decision in order, so that of each question the last one stands in a mapping."""
    same = ScreeningAnswer.objects.filter(
        pk__in=answers,
        screening__patient=OuterRef("patient"),
        contraindication=OuterRef("answer__contraindication"),
        value=OuterRef("answer__value"),
        note=OuterRef("answer__note"),
    )
    rows: QuerySet[Any] = ScreeningDecision.objects.filter(patient__in=patients)
    in_order = rows.annotate(is_same=Exists(same)).order_by("at", "pk")
    for row in in_order.values_list(
        "patient", "answer__contraindication", "kind", "until", "is_same"
    ):
        yield Decided(*row)


def may_be_held(*, on: dt.date) -> set[int]:
    """Patients of whom something says "not before" a date after `on`: few. One query."""
    waiting = ScreeningAnswer.objects.filter(not_before__gt=on).order_by()
    held = ScreeningDecision.objects.filter(kind=Kind.NOT_BEFORE, until__gt=on).order_by()
    patients = waiting.values_list("screening__patient").union(held.values_list("patient"))
    return {patient for (patient,) in patients}
