"""A patient before a protocol that asks everything."""

from types import SimpleNamespace

import pytest

from patients.standing import standing
from tests.factories import make_patient, make_user
from tests.screening import TODAY, answer, asking, decide, latest


@pytest.fixture
def case() -> SimpleNamespace:
    """One patient before one protocol that asks everything, and a practitioner."""
    found = SimpleNamespace(patient=make_patient(), protocol=asking(), by=make_user())
    found.answer = lambda on=TODAY, by_patient=True, **answers: answer(
        found.patient, found.protocol, answers, by=found.by, on=on, by_patient=by_patient
    )
    found.decide = lambda code, kind, until, on=TODAY: decide(
        latest(found.patient, code), kind, until, by=found.by, on=on
    )
    found.stands = lambda on=TODAY: standing(found.patient, found.protocol, on=on)
    return found
