"""Many desks write quotes at once: every number once and none left out."""

import functools
from typing import Any

import pytest

from clinic import quoting
from clinic.models import StaffMember
from patients.models import Quote
from tests.factories import NOW, House
from tests.faults import sabotage
from tests.faults.processes import Meeting, errors, together
from tests.quoting import make_price, make_quote

pytestmark = pytest.mark.usefixtures("own_database")
DESKS = 16


def write(house: House) -> str:
    return str(make_quote(house).number)


def test_numbers_of_a_year_are_used_once_and_without_a_gap() -> None:
    house = House()
    answers = together([functools.partial(write, house)] * DESKS, rehearsed=True)
    assert errors(answers) == []
    expected = [f"D2026-{number:04}" for number in range(1, DESKS + 1)]
    assert sorted(answer.value for answer in answers) == expected
    assert sorted(Quote.objects.values_list("number", flat=True)) == expected


@pytest.mark.postgres
def test_without_the_lock_two_desks_reach_for_one_number() -> None:
    """Negative control: the unique constraint is the net, and all but one fall into it."""
    house = House()
    no_lock = functools.partial(sabotage.numbers_without_a_line, Meeting(DESKS))
    answers = together([functools.partial(write, house)] * DESKS, sabotage=no_lock)
    assert len(errors(answers)) == DESKS - 1


def test_one_press_that_arrives_many_times_is_one_quote() -> None:
    house = House()
    make_price(house.clinic, house.protocol)
    staff = StaffMember.objects.select_related("clinic", "user").get(user=house.user)
    press: Any = functools.partial(
        quoting.hand_over,
        staff=staff,
        patient=house.patient,
        protocol=house.protocol,
        numbers=[1, 2, 3],
        practitioner=house.practitioner,
        now=NOW,
    )
    answers = together([press] * DESKS, rehearsed=True)
    assert errors(answers) == []
    assert Quote.objects.count() == 1
