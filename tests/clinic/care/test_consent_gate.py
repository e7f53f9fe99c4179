"""No session without consent to this version of the protocol."""

import datetime as dt

import pytest

from clinic.care import gates
from clinic.care.consent_gate import consent_given
from clinic.care.gates import Starting
from patients import consents
from patients.models import TreatmentSession
from protocols import editing
from tests.factories import NOW, House
from tests.quoting import make_consent

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return House()


def in_the_way(house: House, session: TreatmentSession) -> list[str]:
    return [o.code for o in consent_given(Starting(house.clinic, session, NOW.date()))]


def sessions(house: House) -> list[TreatmentSession]:
    series = house.book_series().series
    assert series is not None
    return list(series.sessions.all())


def test_the_first_session_waits_for_the_consent(house: House) -> None:
    first, *_others = sessions(house)
    assert in_the_way(house, first) == ["consent-missing"]
    make_consent(house)
    assert in_the_way(house, first) == []


def test_a_session_done_without_it_does_not_open_the_next(house: House) -> None:
    first, second, _third = sessions(house)
    TreatmentSession.objects.filter(pk=first.pk).update(status="completed", done_on=NOW.date())
    assert in_the_way(house, second) == ["consent-missing"]
    make_consent(house)
    assert in_the_way(house, second) == []


def test_withdrawn_it_stands_before_every_session(house: House) -> None:
    first, second, _third = sessions(house)
    consent = make_consent(house)
    TreatmentSession.objects.filter(pk=first.pk).update(status="completed", done_on=NOW.date())
    consents.withdraw(consent=consent, note="", by=house.user, now=NOW)
    assert in_the_way(house, second) == ["consent-withdrawn"]
    make_consent(house, now=NOW + dt.timedelta(hours=1))
    assert in_the_way(house, second) == []


def test_a_consent_to_another_version_does_not_count(house: House) -> None:
    first, *_others = sessions(house)
    draft = editing.revise(house.protocol, by="test")
    assert editing.publish(draft, by="test", now=NOW) == []
    make_consent(house, protocol=draft)
    assert in_the_way(house, first) == ["consent-missing"]


def test_somebody_elses_consent_does_not_count(house: House) -> None:
    first, *_others = sessions(house)
    make_consent(house, patient=House().patient)
    assert in_the_way(house, first) == ["consent-missing"]


def test_the_gate_stands_before_every_session(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its negative control: without it nobody would ask."""
    starting = Starting(house.clinic, sessions(house)[0], NOW.date())
    assert "consent-missing" in {o.code for o in gates.before_starting(starting)}
    others = tuple(gate for gate in gates.START_GATES if gate is not consent_given)
    monkeypatch.setattr(gates, "START_GATES", others)
    assert "consent-missing" not in {o.code for o in gates.before_starting(starting)}
