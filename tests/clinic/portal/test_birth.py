"""The birth date: counted, paused, and never told."""

import datetime as dt

import pytest

from clinic.models import AuditEntry
from clinic.portal import birth
from clinic.portal import visitor as visitors
from clinic.portal.visitor import Visitor
from tests.factories import NOW, House
from tests.pages.visiting import BIRTH, make_link, row_of

pytestmark = pytest.mark.django_db
WRONG = dt.date(1990, 1, 1)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def house() -> House:
    house = House()
    house.patient.birth_on = BIRTH
    house.patient.save()
    return house


@pytest.fixture
def visitor(house: House) -> Visitor:
    return come(house)


def come(house: House) -> Visitor:
    return visitors.begin(row_of(make_link(house.patient, house.clinic)), now=NOW)


def say(visitor: Visitor, on: dt.date = WRONG, times: int = 1, now: dt.datetime = NOW):
    return [birth.say(visitor, on, now=now) for _ in range(times)][-1]


def test_the_right_date_is_right_and_forgets_the_wrong_ones(visitor: Visitor) -> None:
    assert not say(visitor, times=4).is_right
    assert say(visitor, BIRTH).is_right
    visitor.link.refresh_from_db()
    assert visitor.link.wrong_tries == 0
    actions = AuditEntry.objects.order_by("id").values_list("action", "detail")
    assert list(actions) == [("portal.wrong_birth", {"link": visitor.link.pk})] * 4 + [
        ("portal.birth", {"link": visitor.link.pk})
    ]


def test_after_five_wrong_dates_there_is_a_quarter_of_an_hour_for_the_right_one_too(
    visitor: Visitor,
) -> None:
    assert say(visitor, times=4).shut_until is None
    assert say(visitor).shut_until == NOW + birth.PAUSE
    assert say(visitor, BIRTH, now=NOW + 14 * MINUTE) == birth.Told(False, NOW + birth.PAUSE)
    assert say(visitor, BIRTH, now=NOW + 15 * MINUTE).is_right


def test_wrong_dates_on_several_links_count_together(house: House) -> None:
    first, second = come(house), come(house)
    say(first, times=3)
    assert say(second, times=2).shut_until == NOW + birth.PAUSE
    assert say(first, BIRTH).shut_until == NOW + birth.PAUSE


def test_after_three_pauses_there_is_none_until_the_next_day(visitor: Visitor) -> None:
    now = NOW
    for _ in range(2):
        say(visitor, times=5, now=now)
        now += birth.PAUSE
    assert say(visitor, times=5, now=now).shut_until == now + birth.DAY
    assert not say(visitor, BIRTH, now=now + birth.DAY - MINUTE).is_right
    assert say(visitor, BIRTH, now=now + birth.DAY).is_right


def test_without_a_date_on_file_every_date_is_wrong_in_the_same_way(
    house: House, visitor: Visitor
) -> None:
    with_one = say(visitor)
    house.patient.birth_on = None
    house.patient.save()
    assert say(come(house)) == with_one == birth.Told(False, None)
