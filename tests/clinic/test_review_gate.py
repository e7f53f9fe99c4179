"""No session after the attack phase is begun before the course was looked at again."""

import pytest

from clinic.care import gates
from clinic.care.gates import Starting
from clinic.care.review_gate import reviewed_first
from patients.models import Review, Series, TreatmentSession
from tests.factories import NOW, House

pytestmark = pytest.mark.django_db


@pytest.fixture
def series() -> Series:
    """Two sessions of attack done, one of maintenance to come."""
    house = House(sessions=3)
    protocol = house.protocol
    series = Series.objects.create(
        patient=house.patient, protocol=protocol, opened_at=NOW, opened_by=house.user
    )
    for step in protocol.steps.all():
        TreatmentSession.objects.create(series=series, step=step, number=step.number)
    series.clinic = house.clinic  # type: ignore[attr-defined]
    return series


def starting(series: Series, number: int) -> Starting:
    session = series.sessions.select_related("step__phase", "series__patient").get(number=number)
    return Starting(series.clinic, session, NOW.date())  # type: ignore[attr-defined]


def all_done(series: Series) -> None:
    series.sessions.update(status="completed", done_on=NOW.date())


def as_maintenance(starting: Starting) -> Starting:
    starting.session.step.phase.kind = "maintenance"  # in memory: a published phase is fixed
    return starting


def test_a_session_of_the_attack_phase_waits_for_nothing(series: Series) -> None:
    all_done(series)
    assert list(reviewed_first(starting(series, 3))) == []


def test_maintenance_waits_for_the_re_evaluation(series: Series) -> None:
    all_done(series)
    (obstacle,) = reviewed_first(as_maintenance(starting(series, 3)))
    assert obstacle.code == "review_due"


def test_a_written_re_evaluation_opens_it(series: Series) -> None:
    all_done(series)
    Review.objects.create(
        series=series, after_number=3, improvement="clear", outcome="continue", at=NOW,
        by=series.opened_by,
    )  # fmt: skip
    assert list(reviewed_first(as_maintenance(starting(series, 3)))) == []


def test_the_gate_stands_among_the_others(series: Series) -> None:
    all_done(series)
    codes = {
        obstacle.code for obstacle in gates.before_starting(as_maintenance(starting(series, 3)))
    }
    assert "review_due" in codes
