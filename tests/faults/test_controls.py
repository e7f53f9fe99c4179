"""Negative controls: each protection taken away, and the tests of races would turn red."""

from functools import partial

import pytest
from django.db import connection

from tests.faults import invariants, sabotage
from tests.faults.clinics import BusyClinic, one_slot, tally
from tests.faults.processes import Meeting, errors, together
from tests.faults.test_races import crosswise

pytestmark = pytest.mark.usefixtures("own_database")


CLIENTS = 5


def no_door() -> partial[None]:
    return partial(sabotage.no_locks_and_no_transaction, Meeting(CLIENTS))


def test_without_locks_and_constraint_overlaps_are_seen() -> None:
    works = one_slot(CLIENTS)
    sabotage.no_constraint()
    answers = together(works, sabotage=no_door())
    assert errors(answers) == []
    assert tally(answers) == {"yes": CLIENTS}
    assert "two active holds of one resource overlap" in invariants.broken()


def test_without_locks_the_constraint_still_keeps_holds_apart() -> None:
    """The net under the door: clients get errors then, but the agenda stays true."""
    answers = together(one_slot(CLIENTS), sabotage=no_door())
    assert tally(answers)["yes"] == 1
    assert len(errors(answers)) == CLIENTS - 1
    assert "two active holds of one resource overlap" not in invariants.broken()


def test_without_a_transaction_half_a_booking_is_seen() -> None:
    house = BusyClinic.of(each=1)
    together([house.booking(house.disjoint(0)) for _ in range(CLIENTS)], sabotage=no_door())
    assert {"an appointment holds nothing", "a series without a line in the audit trail"} <= set(
        invariants.broken()
    )


@pytest.mark.sqlite
def test_deferred_transactions_die_of_a_locked_database() -> None:
    house = BusyClinic.of(each=5)
    works = [house.booking(house.disjoint(n)) for n in range(CLIENTS)]
    answers = together(works, sabotage=partial(sabotage.deferred_transactions, Meeting(CLIENTS)))
    assert tally(answers) == {"yes": 1, "busy": CLIENTS - 1}


@pytest.mark.postgres
def test_without_locks_crossing_series_die_of_deadlock() -> None:
    house = BusyClinic.of(each=1)
    quick_to_see_deadlocks()
    works = [house.booking(house.disjoint(0)) for _ in range(2)]
    crosswise = partial(sabotage.transactions_only, Meeting(2), Meeting(2))
    answers = together(works, sabotage=crosswise)
    assert tally(answers) == {"yes": 1, "error": 1}
    assert any("deadlock detected" in error for error in errors(answers))
    assert invariants.deadlocks() > 0


@pytest.mark.postgres
def test_locks_in_any_order_deadlock() -> None:
    house = BusyClinic.of(each=2)
    quick_to_see_deadlocks()
    together(crosswise(house, sabotage.unsorted_locks(Meeting(2)), times=1)[:2])
    assert invariants.deadlocks() > 0


def quick_to_see_deadlocks() -> None:
    with connection.cursor() as cursor:
        name = connection.settings_dict["NAME"]
        cursor.execute(f"ALTER DATABASE \"{name}\" SET deadlock_timeout = '20ms'")
