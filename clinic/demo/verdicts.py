"""What stands against treating a few patients, and what practitioners decided about it."""

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from clinic.demo.answers import MINUTE, OLD_ALLERGY, Answers, Given
from clinic.demo.lives import DAY, HOUR
from clinic.demo.records import SHOWN, is_running
from clinic.demo.treated import Told
from clinic.models import User
from patients.models import Patient, ScreeningAnswer, ScreeningDecision

Kind = ScreeningDecision.Kind
FERTILE_UNTIL = 45 * 365 * DAY
CLEARED_FOR = 365 * DAY
DAYS_TO_THE_HELD = range(8, 18)  # to the next session of who is asked to wait
CLEARED = "Allergie ancienne, sans rapport avec nos produits : on peut traiter."
CLEARED_TOO_SHORT = "Avis de l’allergologue attendu ; toléré jusqu’à cette date."
HELD = "Antibiotiques en cours : pas de séance avant la fin du traitement."


@dataclass(frozen=True)
class Blocker:
    """An answer that nobody has looked at yet, and of whom it may be."""

    code: str
    note: str
    may_say: Callable[[Patient, dt.date], bool] = lambda _patient, _today: True


def may_be_pregnant(patient: Patient, today: dt.date) -> bool:
    born = patient.birth_on
    return patient.gender == "female" and born is not None and today - born < FERTILE_UNTIL


BLOCKERS = (
    Blocker("pregnancy", "Test positif la semaine dernière", may_be_pregnant),
    Blocker("skin-infection", "Bouton de fièvre depuis deux jours"),
    Blocker("allergy", "Urticaire après une anesthésie chez le dentiste"),
    Blocker("clotting-disorder", "Saigne longtemps, bilan demandé"),
)


@dataclass
class Verdicts:
    answers: Answers
    taken: list[Told] = field(default_factory=list)
    decisions: list[ScreeningDecision] = field(default_factory=list)

    def write(self, stories: Sequence[Told]) -> None:
        """Asks, keeps what was answered, and decides: one patient has one trouble at most."""
        fit = [told for told in stories if is_running(told) and told.course.done()]
        fit = [told for told in fit if days_to_next(told, self.now) > 2]
        self._blockers(fit)
        self._painkiller(fit)
        self.answers.save()
        self._clear_allergies({told.course.patient.pk for told in fit})
        self._hold([told for told in fit if self._may_wait(told)][:2])
        ScreeningDecision.objects.bulk_create(self.decisions)

    @property
    def now(self) -> dt.datetime:
        return self.answers.now

    @property
    def shown(self) -> User:
        return self.answers.house.users[SHOWN]

    def _blockers(self, fit: Sequence[Told]) -> None:
        for blocker in BLOCKERS:
            may = (t for t in self._free(fit, blocker.code) if self._may_say(blocker, t))
            if told := next(may, None):
                self._say(told, blocker.code, ("yes", blocker.note))

    def _painkiller(self, fit: Sequence[Told]) -> None:
        """Taken yesterday: two days to wait."""
        for told in self._free(fit, "last-painkiller")[:1]:
            yesterday = self.now.date() - DAY
            self._say(told, "last-painkiller", (yesterday.isoformat(), ""))

    def _free(self, fit: Sequence[Told], code: str) -> list[Told]:
        asked = [told for told in fit if self.answers.asks(told.course.protocol, code)]
        patients = {told.course.patient.pk for told in self.taken}
        return [told for told in asked if told.course.patient.pk not in patients]

    def _may_say(self, blocker: Blocker, told: Told) -> bool:
        return blocker.may_say(told.course.patient, self.now.date())

    def _may_wait(self, told: Told) -> bool:
        return told not in self.taken and days_to_next(told, self.now) in DAYS_TO_THE_HELD

    def _say(self, told: Told, code: str, said: tuple[str, str]) -> None:
        self.taken.append(told)
        self.answers.add(told, code, said)

    # --- Decided ---------------------------------------------------------------------------------

    def _clear_allergies(self, running: Collection[int]) -> None:
        """Old ones were looked at by who treated; one only for a while that is over."""
        is_first = True
        for given, answer in self.answers.answers:
            if answer.note != OLD_ALLERGY:
                continue
            if is_first and given.patient.pk in running:
                is_first = False
                self._clear(given, answer, self.now.date() - DAY, CLEARED_TOO_SHORT)
            else:
                self._clear(given, answer, (given.at + CLEARED_FOR).date(), CLEARED)

    def _clear(self, given: Given, answer: ScreeningAnswer, until: dt.date, reason: str) -> None:
        by = self.shown if given.by_patient else given.by
        decision = ScreeningDecision(
            patient=given.patient, answer=answer, kind=Kind.CLEARED, until=until, reason=reason
        )
        self._decide(decision, at=given.at + 2 * MINUTE, by=by)

    def _hold(self, fit: Sequence[Told]) -> None:
        """Until before the next session; and, of another, past it, so that it has to move."""
        for place, told in enumerate(fit):
            days = days_to_next(told, self.now) - 3 + 6 * place
            decision = ScreeningDecision(
                patient=told.course.patient,
                kind=Kind.NOT_BEFORE,
                until=self.now.date() + days * DAY,
                reason=HELD,
            )
            self._decide(decision, at=self.now - (26 + place) * HOUR, by=self.shown)

    def _decide(self, decision: ScreeningDecision, *, at: dt.datetime, by: User) -> None:
        decision.at, decision.by = at, by
        self.decisions.append(decision)
        self.answers.write_down("screening.decide", decision.patient, at, by)


def days_to_next(told: Told, now: dt.datetime) -> int:
    return min((visit.on - now.date()).days for visit in told.course.ahead())
