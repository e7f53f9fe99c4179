"""The door of every booking: what a lost race, a full queue and an unknown fault are answered."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from clinic import line
from clinic.booking import locks
from clinic.booking.asks import Refused
from clinic.models import Clinic, Hold
from clinic.moments import to_minute
from tests.factories import House, at, make_appointment, make_patient

pytestmark = pytest.mark.django_db


def codes(answer: object) -> list[str]:
    assert isinstance(answer, Refused), answer
    return [problem.code for problem in answer.problems]


class Fails:
    """Raises so often, then succeeds."""

    def __init__(self, error: Exception, times: int) -> None:
        self.error, self.times, self.calls = error, times, 0

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self.times:
            raise self.error
        return "done"


def server_error(kind: type[Exception], state: str, text: str = "") -> Exception:
    """As psycopg's arrive: the SQLSTATE is on the cause."""
    cause = Exception(text)
    cause.sqlstate = state  # type: ignore[attr-defined]
    error = kind(text)
    error.__cause__ = cause
    return error


def overlapping() -> None:
    house = House()
    house.occupy(house.practitioner, "2026-03-02 09:00", "2026-03-02 10:00")
    other = make_appointment(house, make_patient(), "2026-03-02 09:00", "2026-03-02 10:00")
    start = to_minute(at("2026-03-02 09:30"))
    Hold.objects.create(
        appointment=other, resource=house.practitioner, starts=start, ends=start + 30
    )


def the_same_patient_twice() -> None:
    house = House()
    for start in ("2026-03-02 09:00", "2026-03-02 09:30"):
        make_appointment(house, house.patient, start, "2026-03-02 10:00")


@pytest.mark.parametrize("act", [overlapping, the_same_patient_twice])
def test_an_overlap_that_the_database_saw_is_taken_and_leaves_nothing(
    act: Callable[[], None],
) -> None:
    assert codes(locks.carry_out(act, resources=[1])) == ["taken"]
    assert not Clinic.objects.exists()


def test_another_broken_rule_is_a_fault_and_not_an_answer() -> None:
    act = Fails(IntegrityError("NOT NULL constraint failed: clinic_clinic.name"), times=9)
    with pytest.raises(IntegrityError):
        locks.carry_out(act, resources=[1])
    assert act.calls == 1


CONTENTION = [
    server_error(OperationalError, "40P01"),
    server_error(OperationalError, "40001"),
    server_error(OperationalError, "55P03"),
    OperationalError("database is locked"),
]


@pytest.mark.parametrize("error", CONTENTION, ids=str)
def test_contention_is_tried_again(error: Exception) -> None:
    act = Fails(error, times=locks.ATTEMPTS - 1)
    assert locks.carry_out(act, resources=[1]) == "done"
    assert act.calls == locks.ATTEMPTS


@pytest.mark.parametrize("error", CONTENTION, ids=str)
def test_contention_without_end_asks_to_try_again(error: Exception) -> None:
    act = Fails(error, times=99)
    assert codes(locks.carry_out(act, resources=[1])) == ["busy"]
    assert act.calls == locks.ATTEMPTS


def test_a_database_that_is_gone_is_a_fault() -> None:
    act = Fails(server_error(OperationalError, "57P01", "terminating connection"), times=99)
    with pytest.raises(OperationalError):
        locks.carry_out(act, resources=[1])
    assert act.calls == 1


@pytest.mark.postgres
def test_the_locks_are_held_until_the_end_and_each_only_once() -> None:
    with transaction.atomic():
        locks.take(sorted({(locks.RESOURCES, 7), (locks.PATIENTS, 7), (locks.RESOURCES, 3)}))
        assert held() == {(locks.RESOURCES, 3), (locks.RESOURCES, 7), (locks.PATIENTS, 7)}
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            assert cursor.fetchone() == (locks.LOCK_TIMEOUT,)


def held() -> set[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT classid::int, objid::int FROM pg_locks "
            "WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted"
        )
        return set(cursor.fetchall())


def test_a_file_lock_lets_go_when_its_holder_fails(tmp_path: Path) -> None:
    path = tmp_path / "line"
    with pytest.raises(ZeroDivisionError), line.file_lock(path):
        raise ZeroDivisionError
    with line.file_lock(path):
        assert path.exists()
