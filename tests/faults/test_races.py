"""Fifty processes want the same thing at once: no overlap, nothing half, no error, no stall."""

import functools
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from clinic.booking import locks
from clinic.models import Resource
from tests.faults import invariants
from tests.faults.clinics import SESSIONS, BusyClinic, one_slot, tally
from tests.faults.conftest import Report
from tests.faults.desk import Desk
from tests.faults.processes import Work, errors, together

pytestmark = [pytest.mark.usefixtures("own_database"), pytest.mark.alone]

CLIENTS = 50
ALTERNATIONS = 2000


def test_one_slot_goes_to_one_of_fifty(report: Report) -> None:
    answers = together(one_slot(CLIENTS), rehearsed=True)
    assert errors(answers) == []
    assert tally(answers) == {"yes": 1, "taken": CLIENTS - 1}
    assert invariants.broken() == {}
    assert invariants.count("clinic_appointment") == 1
    report(answers, clients=CLIENTS, booked=1)


def test_crossing_series_are_whole_or_absent_and_none_dies_of_deadlock(report: Report) -> None:
    house = BusyClinic.of(each=3)
    answers = together([house.booking(house.crossing()) for _ in range(CLIENTS)], rehearsed=True)
    assert errors(answers) == []
    counts = tally(answers)
    assert set(counts) <= {"yes", "taken"}
    assert invariants.count("patients_series") == counts["yes"] > 1
    assert invariants.half_series(SESSIONS) == []
    assert invariants.broken() == {}
    assert invariants.deadlocks() == 0
    report(answers, clients=CLIENTS, booked=counts["yes"], taken=counts["taken"])


def test_disjoint_series_are_all_booked(report: Report) -> None:
    house = BusyClinic.of(each=5)
    answers = together([house.booking(house.disjoint(n)) for n in range(CLIENTS)], rehearsed=True)
    assert errors(answers) == []
    assert tally(answers) == {"yes": CLIENTS}
    assert invariants.count("clinic_appointment") == CLIENTS * SESSIONS
    assert invariants.half_series(SESSIONS) == []
    assert invariants.broken() == {}
    report(answers, clients=CLIENTS, booked=CLIENTS)


def test_pairs_locked_crosswise_never_wait_for_each_other(report: Report) -> None:
    works = crosswise(BusyClinic.of(each=2), locks.carry_out, times=ALTERNATIONS // 4)
    answers = together(works)
    assert errors(answers) == []
    assert tally(answers) == {str(ALTERNATIONS // 4): 4}
    assert invariants.deadlocks() == 0
    report(answers, alternations=ALTERNATIONS)


def crosswise(house: BusyClinic, carry_out: Callable[..., Any], times: int) -> list[Work]:
    """Four processes lock two rooms and write, half of them in the opposite order."""
    first, second = (resource.pk for resource in house.resources["room"])
    return [
        functools.partial(alternate, pair, carry_out, times)
        for pair in [(first, second), (second, first)] * 2
    ]


def alternate(pair: tuple[int, int], carry_out: Callable[..., Any], times: int) -> int:
    def touch() -> int:
        return Resource.objects.filter(pk=pair[0]).update(position=1)

    done = [carry_out(touch, resources=pair) for _ in range(times)]
    return sum(answer == 1 for answer in done)


def test_the_same_key_twenty_times_at_once_is_one_series(report: Report) -> None:
    house = BusyClinic.of(each=1)
    answers = together([house.booking(house.crossing(), key="once")] * 20)
    assert errors(answers) == []
    assert tally(answers) == {"yes": 20}
    assert invariants.count("patients_series") == 1
    assert invariants.half_series(SESSIONS) == []
    report(answers, requests=20, series=1)


def test_the_same_key_for_something_else_is_refused() -> None:
    house = BusyClinic.of(each=1)
    assert house.booking(house.disjoint(0), key="once")() == "yes"
    assert house.booking(house.disjoint(1), key="once")() == "key_reused"
    assert invariants.count("patients_series") == 1


def test_book_move_and_cancel_at_once_leave_everything_in_order(report: Report) -> None:
    desk = Desk.of(practitioners=3)
    answers = together([desk.clerk(number, rounds=2) for number in range(20)])
    assert errors(answers) == []
    done: Counter[str] = sum((answer.value for answer in answers), Counter())
    assert min(done["book yes"], done["move yes"], done["cancel yes"]) > 0
    assert invariants.broken() == {}
    assert invariants.deadlocks() == 0
    report(clients=20, **{what.replace(" ", "_"): n for what, n in sorted(done.items())})
