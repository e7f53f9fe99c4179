"""A protocol that asks, and what is answered and decided, for tests."""

import datetime as dt
from typing import Any

from patients import screening
from patients.models import Patient, Screening, ScreeningAnswer, ScreeningDecision
from patients.screening import Answer
from patients.standing import Standing
from protocols import editing
from protocols.models import Contraindication, Protocol
from tests.factories import NOW, loaded
from tests.protocols import making

TODAY = NOW.date()
OPTIONS = [
    {"code": "aspirin", "fr": "De l’aspirine", "en": "Aspirin", "raises": True},
    {"code": "vitamin-e", "fr": "De la vitamine E", "en": "Vitamin E", "raises": True},
    {"code": "paracetamol", "fr": "Du paracétamol", "en": "Paracetamol", "raises": False},
]
QUESTIONS: dict[str, dict[str, Any]] = {
    "infection": {"severity": "blocking"},
    "allergy": {"severity": "blocking", "asked_again_days": 365},
    "sun": {"severity": "warning"},
    "medicines": {"severity": "warning", "answer_type": "choice", "options": OPTIONS},
    "painkiller": {"severity": "wait", "answer_type": "date", "wait": "P2D"},
    "history": {"severity": "warning", "answer_type": "text", "asked_again_days": 90},
}
NOTHING = {
    "infection": "no",
    "allergy": "no",
    "sun": "no",
    "medicines": "",
    "painkiller": "",
    "history": "",
}
CANARIES = ("Canaribouton", "Canarinote", "Canariraison")


def asking(*codes: str, sessions: int = 3, **changes: Any) -> Protocol:
    """A published protocol that asks these questions; `changes` are of every one of them."""
    draft = making.make_draft(
        gaps=[("P2W", "P3W", "P4W")] * (sessions - 1),
        segments=((30, ("practitioner", "room")),),
    )
    for code in codes or QUESTIONS:
        named = {"name_fr": f"Contre-indication {code}"}
        making.make_question(draft, code, **named | QUESTIONS[code] | changes)
    assert editing.publish(draft, by="the test", now=making.NOW) == []
    return loaded(draft)


def answer(
    patient: Patient,
    protocol: Protocol,
    answers: dict[str, str | tuple[str, str]],
    *,
    by: Any,
    on: dt.date = TODAY,
    by_patient: bool = True,
) -> Screening:
    """`answers` by the code of the question: a value, or a value and a note."""
    links = {link.contraindication.code: link for link in screening.links_of(protocol)}
    given = {
        links[code].contraindication_id: Answer(*((value,) if isinstance(value, str) else value))
        for code, value in answers.items()
    }
    return screening.record(
        patient=patient,
        protocol=protocol,
        answers=given,
        by_patient=by_patient,
        by=by,
        now=eight(on),
        on=on,
    )


def decide(
    about: ScreeningAnswer,
    kind: str,
    until: dt.date,
    *,
    by: Any,
    on: dt.date = TODAY,
    reason: str = "vu en consultation",
) -> ScreeningDecision:
    (decision,) = screening.decide(
        patient=about.screening.patient,
        answers=[about],
        kind=kind,
        until=until,
        reason=reason,
        by=by,
        now=eight(on),
    )
    return decision


def eight(on: dt.date) -> dt.datetime:
    return dt.datetime.combine(on, NOW.timetz())


def latest(patient: Patient, code: str) -> ScreeningAnswer:
    return ScreeningAnswer.objects.filter(
        screening__patient=patient, contraindication__code=code
    ).latest("screening__answered_at", "pk")


def days(n: int) -> dt.date:
    return TODAY + dt.timedelta(days=n)


def codes(questions) -> list[str]:
    """Of these questions, or of findings about them."""
    pks = [getattr(one, "question", one) for one in questions]
    named = dict(Contraindication.objects.values_list("pk", "code"))
    return sorted(named[pk] for pk in pks)


def told(found: Standing) -> tuple:
    return found.status, codes(found.blockers), codes(found.warnings), found.not_before


def q(code: str) -> str:
    return f"q{Contraindication.objects.get(code=code).pk}"


def sent(**answers: object) -> dict[str, object]:
    """No to everything, unless said otherwise; `more_…` is what is written below a question."""
    no = {
        "infection": "no",
        "allergy": "no",
        "sun": "no",
        "medicines": ["none"],
        "painkiller": "no",
        "history": "no",
    }
    more = {key.removeprefix("more_"): v for key, v in answers.items() if key.startswith("more_")}
    plain = {key: v for key, v in answers.items() if not key.startswith("more_")}
    named = {q(code): value for code, value in (no | plain).items() if value is not None}
    return named | {f"{q(code)}_more": value for code, value in more.items()}
