"""What patients answered before their sessions, in few statements."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from clinic.demo.courses import Attempt, Course
from clinic.demo.house import House
from clinic.demo.lives import DAY, HOUR
from clinic.demo.rows import BATCH
from clinic.demo.treated import Told, Treated
from clinic.models import AuditEntry, User
from patients import screening
from patients.models import Patient, Screening, ScreeningAnswer
from protocols.models import AnswerType, Protocol, ProtocolContraindication

MINUTE = HOUR / 60
ON_THE_TABLET = 0.6
HISTORIES = (
    "Hypothyroïdie, traitement stable",
    "Hypertension traitée",
    "Asthme léger, inhalateur à la demande",
    "Migraines, traitement de crise",
    "Diabète de type 2, régime seul",
    "Rhinite saisonnière",
    "Cholestérol, statine",
)
OLD_ALLERGY = "Pénicilline, dans l’enfance"
HISTORY, FRAGILE, THINNER, ALLERGY = 0.12, 0.07, 0.05, 0.025
AGAIN_WITHIN = 45 * DAY  # what may change was asked again before each session of late
ANSWERED_TODAY = 0.6  # of those who are still to come

Said = tuple[str, str]  # the answer, and more about it


@dataclass(frozen=True)
class Given:
    """The answers of one patient at one moment."""

    patient: Patient
    protocol: Protocol
    at: dt.datetime
    on: dt.date
    by_patient: bool
    by: User
    values: dict[str, Said]  # by question


@dataclass
class Answers:
    rng: Random
    house: House
    now: dt.datetime
    given: list[Given] = field(default_factory=list)
    answers: list[tuple[Given, ScreeningAnswer]] = field(default_factory=list)
    audit: list[AuditEntry] = field(default_factory=list)
    _facts: dict[int, dict[str, Said]] = field(default_factory=dict)
    _links: dict[int, list[ProtocolContraindication]] = field(default_factory=dict)

    def ask(self, stories: Sequence[Told], done: Sequence[Treated]) -> None:
        for one in done:
            self._before(one)
        self._today(stories)

    # --- Who is asked when -----------------------------------------------------------------------

    def _before(self, one: Treated) -> None:
        """Everything before the first session; before later ones what may have changed."""
        at = one.visit.starts_at - self.rng.randint(3, 15) * MINUTE
        if one.index == 0 or self.now - at < AGAIN_WITHIN:
            self._ask(one.told.course, one.visit, at, is_first=one.index == 0, by=one.by)

    def _today(self, stories: Iterable[Told]) -> None:
        """Those who are in, or answered at home already; the others will be asked at the desk."""
        for told in stories:
            for visit in told.course.current.values():
                if visit.on != self.now.date() or visit.status not in {"booked", "arrived"}:
                    continue
                if visit.status == "arrived" or self.rng.random() < ANSWERED_TODAY:
                    at = min(visit.starts_at, self.now) - self.rng.randint(4, 90) * MINUTE
                    self._ask(told.course, visit, at, is_first=not told.course.done())

    def _ask(
        self,
        course: Course,
        visit: Attempt,
        at: dt.datetime,
        *,
        is_first: bool,
        by: User | None = None,
    ) -> None:
        by_patient = by is None or self.rng.random() < ON_THE_TABLET
        facts = self._facts_of(course.patient)
        values = {
            link.contraindication.code: facts.get(link.contraindication.code, usual(link))
            for link in self._links_of(course.protocol)
            if is_first or link.contraindication.asked_again_days == 0
        }
        asked_by = self.house.receptionist if by_patient or by is None else by
        self.given.append(
            Given(course.patient, course.protocol, at, visit.on, by_patient, asked_by, values)
        )

    def _links_of(self, protocol: Protocol) -> list[ProtocolContraindication]:
        if protocol.pk not in self._links:
            self._links[protocol.pk] = screening.links_of(protocol)
        return self._links[protocol.pk]

    def _facts_of(self, patient: Patient) -> dict[str, Said]:
        """What somebody answers each time they are asked."""
        if patient.pk not in self._facts:
            drawn = {
                "history": (HISTORY, (self.rng.choice(HISTORIES), "")),
                "fragile-skin": (FRAGILE, ("yes", "")),
                "blood-thinner": (THINNER, (self.rng.choice(("aspirin", "vitamin-e")), "")),
                "allergy": (ALLERGY, ("yes", OLD_ALLERGY)),
            }
            self._facts[patient.pk] = {
                code: said for code, (share, said) in drawn.items() if self.rng.random() < share
            }
        return self._facts[patient.pk]

    def add(self, told: Told, code: str, said: Said) -> None:
        """One more answer, of an hour ago."""
        at, course = self.now - self.rng.uniform(0.2, 1.5) * HOUR, told.course
        by = self.house.receptionist
        given = Given(
            course.patient,
            course.protocol,
            at,
            at.date(),
            by_patient=True,
            by=by,
            values={code: said},
        )
        self.given.append(given)

    def asks(self, protocol: Protocol, code: str) -> bool:
        return code in {link.contraindication.code for link in self._links_of(protocol)}

    # --- Rows ------------------------------------------------------------------------------------

    def save(self) -> None:
        self.given.sort(key=lambda given: given.at)
        screenings = Screening.objects.bulk_create(
            (
                Screening(
                    patient=given.patient,
                    protocol=given.protocol,
                    answered_at=given.at,
                    by_patient=given.by_patient,
                    by=given.by,
                )
                for given in self.given
            ),
            BATCH,
        )
        for given, row in zip(self.given, screenings, strict=True):
            self.answers += [(given, answer) for answer in self._answers(given, row)]
            self.write_down("screening.record", given.patient, given.at, given.by, row.public_id)
        ScreeningAnswer.objects.bulk_create((answer for _given, answer in self.answers), BATCH)

    def _answers(self, given: Given, row: Screening) -> Iterator[ScreeningAnswer]:
        for link in self._links_of(given.protocol):
            term = link.contraindication
            if term.code not in given.values:
                continue
            value, note = given.values[term.code]
            yield ScreeningAnswer(
                screening_id=row.pk,
                contraindication_id=term.pk,
                value=value,
                note=note,
                finding=screening.finding_of(link, value),
                not_before=screening.first_day_allowed(link, value),
                expires_on=screening.expiry(term, given.on),
            )

    def write_down(
        self, action: str, patient: Patient, at: dt.datetime, by: User, public_id: str = ""
    ) -> None:
        self.audit.append(
            AuditEntry(
                at=at,
                by_id=by.pk,
                clinic_id=self.house.main.pk,
                action=action,
                patient_id=patient.pk,
                subject=f"screening:{public_id}" if public_id else "",
            )
        )


def usual(link: ProtocolContraindication) -> Said:
    """Nothing to say."""
    is_boolean = link.contraindication.answer_type == AnswerType.BOOLEAN
    return (screening.NO if is_boolean else screening.NONE), ""
