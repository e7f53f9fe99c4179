"""What is booked before the day that a hold names must move."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from clinic.pages.desk import to_move
from patients import screening
from patients.models import Patient, Series
from tests.factories import NOW, House, make_patient
from tests.screening import CANARIES, TODAY, eight


def hold(house: House, patient: Patient, until: dt.date = dt.date(2026, 3, 10)) -> None:
    screening.hold(
        patient=patient, until=until, reason=CANARIES[2], by=house.user, now=eight(TODAY)
    )


def test_what_is_booked_before_the_day_is_to_be_moved(
    desk: Client, house: House, booked: Series
) -> None:
    first = house.book_series(patient=make_patient("Libre")).appointments[0]
    hold(house, house.patient, dt.date(2026, 3, 24))
    found = to_move(house.clinic, now=NOW)
    dates = [(visit.on, visit.not_before, visit.missing) for visit in found]
    assert dates == [
        (dt.date(2026, 3, 2), dt.date(2026, 3, 24), ()),
        (dt.date(2026, 3, 23), dt.date(2026, 3, 24), ()),
    ]
    assert first.public_id not in {visit.public_id for visit in found}
    text = desk.get(reverse("desk")).text
    assert "move-title" in text
    assert CANARIES[2] not in text
    assert desk.get(reverse("desk_list", args=["move"])).context["page"].paginator.count == 2


def test_nothing_is_to_be_moved_from_the_day_on(house: House, booked: Series) -> None:
    hold(house, house.patient, dt.date(2026, 3, 2) + dt.timedelta(days=1))
    assert [visit.on for visit in to_move(house.clinic, now=NOW)] == [TODAY]
    assert to_move(house.clinic, now=NOW + dt.timedelta(days=1)) == []


@pytest.mark.parametrize("many", [1, 3])
def test_holds_are_asked_for_as_often_for_one_as_for_three(
    house: House, many: int, django_assert_num_queries
) -> None:
    for _ in range(many):
        patient = make_patient()
        house.book_series(patient=patient, through=1)
        hold(house, patient)
    with django_assert_num_queries(13):
        assert len(to_move(house.clinic, now=NOW)) == many
