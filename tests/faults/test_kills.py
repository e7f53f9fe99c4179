"""kill -9 in the middle of a booking: nothing half, no yes that is gone, no second by a retry."""

import itertools
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection

from tests.faults import invariants, sabotage
from tests.faults.clinics import SESSIONS, BusyClinic
from tests.faults.conftest import Report
from tests.faults.processes import Answer, Body, Work, children, timed

pytestmark = pytest.mark.usefixtures("own_database")

WRITERS, ROUNDS = 3, 10
MOST_OF_A_WRITER = 20  # series; then it waits for its end
STATEMENTS = 60  # more than a booking has


@dataclass(frozen=True)
class DiesAt:
    """Kills its own process just before its n-th statement: an execute wrapper."""

    statement: int
    seen: list[str]

    def __call__(self, execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        self.seen.append(sql)
        if len(self.seen) == self.statement:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, *args)


def killed_at(statement: int, token: str, house: BusyClinic) -> Callable[[], str]:
    def work() -> str:
        with connection.execute_wrapper(DiesAt(statement, [])):
            return house.booking(token, key="once")()

    return work


def answer_of(body: Body) -> Answer | None:
    with children([body]) as (child,):
        return next(child.answers(), None)


def test_a_kill_at_each_statement_leaves_all_or_nothing(report: Report) -> None:
    house = BusyClinic.of(each=1)
    token = house.disjoint(0)
    for statement in range(1, STATEMENTS):
        answer = answer_of(Body(killed_at(statement, token, house)))
        if answer is not None:
            break
        assert invariants.half_series(SESSIONS) == [], statement
        assert invariants.broken() == {}, statement
    assert (answer.value, answer.error) == ("yes", "")
    assert house.booking(token, key="once")() == "yes"
    assert invariants.count("patients_series") == 1
    assert statement > 15
    report(kills=statement - 1, half=0)


def test_without_a_transaction_a_kill_leaves_half_a_series() -> None:
    """The control of the test above."""
    house = BusyClinic.of(each=1)
    token = house.disjoint(0)
    half = 0
    for statement in range(1, STATEMENTS):
        work = killed_at(statement, token, house)
        if answer_of(Body(work, sabotage=sabotage.no_locks_and_no_transaction)) is not None:
            break
        half += bool(invariants.half_series(SESSIONS))
    assert half > 0


@dataclass(frozen=True)
class Asked:
    token: str
    key: str


@dataclass(frozen=True)
class Told:
    asked: Asked
    answer: str


class Writer(Body):
    """Books series after series; says before each what it asks, and after it what it was told."""

    def run(self, tell: Callable[[Answer], object]) -> None:
        for _series in range(MOST_OF_A_WRITER):
            asked, book = self.work()
            tell(Answer(asked))
            answer = timed(book)
            tell(Answer(Told(asked, answer.value), answer.error))
        signal.pause()  # the next numbers are another writer's


def writer(house: BusyClinic, number: int) -> Writer:
    """One that asks for series of its own, so that a yes is always possible."""
    numbers = itertools.count(number * MOST_OF_A_WRITER)

    def work() -> tuple[Asked, Work]:
        mine = next(numbers)
        asked = Asked(house.disjoint(mine), f"key-{mine}")
        return asked, house.booking(asked.token, asked.key)

    return Writer(work)


def test_random_kills_lose_no_yes_and_a_retry_makes_no_second(report: Report) -> None:
    house = BusyClinic.of(each=8)
    said = [item for number in range(ROUNDS) for item in killed_writers(house, number)]
    told = [item for item in said if isinstance(item, Told)]
    asked = [item for item in said if isinstance(item, Asked)]
    assert {item.answer for item in told} == {"yes"}
    assert invariants.half_series(SESSIONS) == []
    assert invariants.broken() == {}
    before = invariants.count("patients_series")
    assert before >= len(told) >= ROUNDS
    assert [house.booking(item.token, item.key)() for item in asked] == ["yes"] * len(asked)
    assert invariants.count("patients_series") == len(asked)
    report(
        kills=WRITERS * ROUNDS,
        told_yes=len(told),
        booked_but_never_told=before - len(told),
        lost=0,
        doubled=0,
    )


def killed_writers(house: BusyClinic, number: int) -> Iterator[Asked | Told]:
    """All that three writers said before they were killed, at a moment that is left to chance."""
    with children([writer(house, number * WRITERS + each) for each in range(WRITERS)]) as started:
        voices = [child.answers() for child in started]
        said = [next(voices[0]), next(voices[0])]
        time.sleep(random.uniform(0, 0.1))
        for child in started:
            child.kill()
        for answer in itertools.chain(said, *voices):
            assert answer.error == ""
            yield answer.value
