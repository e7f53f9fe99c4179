"""What the clinic's own page says of hours, absences and closed days."""

import datetime as dt

import pytest

from clinic.models import WorkingHours
from clinic.pages.house import house
from tests.factories import NOW, House, make_absence, make_clinic, make_resource

pytestmark = pytest.mark.django_db

DAY = ("09:00–12:30", "14:00–18:00")
WEEK = (DAY,) * 5 + ((),) * 2


def test_shows_the_week_of_each_resource():
    here = House()
    shown = house(here.clinic, now=NOW)
    assert [(row.name, [season.days for season in weeks]) for row, weeks in shown.resources] == [
        ("Dr Roux", [WEEK]),
        ("Salle 1", [WEEK]),
    ]


def test_hours_of_another_period_are_another_week_and_past_ones_are_gone():
    here = House()
    here.room.hours.update(valid_until=NOW.date())
    new = {"resource": here.room, "from_minute": 480, "to_minute": 1440}
    WorkingHours.objects.create(weekday=6, valid_from=dt.date(2026, 9, 1), **new)
    (_room, weeks) = house(here.clinic, now=NOW).resources[1]
    assert [(week.valid_from, week.days[6], week.days[0]) for week in weeks] == [
        (dt.date(2026, 9, 1), ("08:00–24:00",), ())
    ]


def test_shows_what_is_ahead_of_this_clinic_only():
    here = House()
    make_absence(here.clinic, "2026-02-01 09:00", "2026-03-01 09:00")
    ahead = make_absence(here.clinic, "2026-03-01 09:00", "2026-03-09 09:00", here.practitioner)
    make_absence(make_clinic(), "2026-03-05 09:00", "2026-03-09 09:00")
    shown = house(here.clinic, now=NOW)
    assert [away.absence for away in shown.absences] == [ahead]
    assert shown.holidays[0] == (dt.date(2026, 4, 6), "Lundi de Pâques")
    assert len(shown.holidays) == 11


@pytest.mark.parametrize("resources", [1, 3])
def test_the_page_asks_as_often_for_many(client, django_assert_num_queries, resources):
    here = House()
    for number in range(resources):
        room = make_resource(here.clinic, "room")
        make_absence(here.clinic, "2026-03-01 09:00", f"2036-03-0{number + 1} 09:00", room)
    client.force_login(here.user)
    with django_assert_num_queries(6):  # session, user, role; resources, hours, absences
        page = client.get("/house/").content.decode()
    assert page.count("09:00–12:30") == (2 + resources) * 5
