"""Resources and their hours."""

import datetime as dt

import pytest
from django.test import Client

from clinic.admin.places import overlapping_days
from clinic.models import (
    Appointment,
    AuditEntry,
    Resource,
    WorkingHours,
)
from tests.clinic.admin.asking import book_ahead, errors
from tests.factories import (
    House,
)
from tests.protocols.making import make_kind

pytestmark = pytest.mark.django_db


def hours_form(*rows: dict[str, object], initial: int = 0) -> dict[str, object]:
    form: dict[str, object] = {"hours-TOTAL_FORMS": len(rows), "hours-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        form |= {f"hours-{number}-{name}": value for name, value in row.items()}
    return form


def resource_form(**fields: object) -> dict[str, object]:
    kind = make_kind("practitioner").pk
    return {
        "name": "Dr Neuve",
        "kind": kind,
        "qualification": "physician",
        "position": 1,
        "is_active": "on",
    } | fields


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [("9", "24:00", (540, 1440)), ("9h30", "12.15", (570, 735)), ("09:00", "9:05", (540, 545))],
)
def test_hours_written_in_any_way_are_kept(manager: Client, house: House, start, end, expected):
    row = {"weekday": 0, "from_minute": start, "to_minute": end}
    answer = manager.post("/settings/clinic/resource/add/", resource_form() | hours_form(row))
    assert answer.status_code == 302
    made = Resource.objects.get(name="Dr Neuve")
    assert made.clinic == house.clinic
    assert list(made.hours.values_list("from_minute", "to_minute")) == [expected]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"from_minute": "9:60", "to_minute": "12"}, "from_minute"),
        ({"from_minute": "25", "to_minute": "12"}, "from_minute"),
        ({"from_minute": "midi", "to_minute": "12"}, "from_minute"),
        ({"from_minute": "9", "to_minute": "24:01"}, "to_minute"),
        ({"from_minute": "12", "to_minute": "9"}, "to_minute"),
        ({"from_minute": "9", "to_minute": "9"}, "to_minute"),
        ({"from_minute": "9\x00", "to_minute": "12"}, "from_minute"),
        (
            {
                "from_minute": "9",
                "to_minute": "12",
                "valid_from": "02/03/2026",
                "valid_until": "02/03/2026",
            },
            "valid_until",
        ),
    ],
)
def test_hours_that_cannot_be_are_refused_at_the_field(manager: Client, row, field):
    form = resource_form() | hours_form({"weekday": 0} | row)
    answer = manager.post("/settings/clinic/resource/add/", form)
    assert answer.status_code == 200
    assert list(errors(answer)) == [field]
    assert not Resource.objects.filter(name="Dr Neuve").exists()


def test_hours_that_overlap_at_the_same_time_are_named():
    def hours(day: int, start: int, end: int, first=None, until=None) -> WorkingHours:
        return WorkingHours(
            weekday=day, from_minute=start, to_minute=end, valid_from=first, valid_until=until
        )

    change = dt.date(2026, 9, 1)
    apart = [hours(0, 540, 720, until=change), hours(0, 600, 800, first=change)]
    assert overlapping_days([*apart, hours(1, 540, 720), hours(1, 720, 800)]) == []
    assert len(overlapping_days([*apart, hours(1, 540, 720), hours(1, 700, 800)])) == 1


def test_resource_name_taken_at_this_clinic_is_refused(manager: Client, house: House):
    form = resource_form(name=house.practitioner.name) | hours_form()
    answer = manager.post("/settings/clinic/resource/add/", form)
    assert answer.status_code == 200
    assert Resource.objects.filter(name=house.practitioner.name).count() == 1


def test_fewer_hours_leave_what_is_booked_and_say_what_to_move(manager: Client, house: House):
    visit = book_ahead(house)
    rows = list(house.practitioner.hours.all())
    form = resource_form(name=house.practitioner.name) | hours_form(
        *({"id": row.pk, "resource": house.practitioner.pk, "DELETE": "on"} for row in rows),
        initial=len(rows),
    )
    path = f"/settings/clinic/resource/{house.practitioner.pk}/change/"
    answer = manager.post(path, form, follow=True)
    assert not house.practitioner.hours.exists()
    visit.refresh_from_db()
    assert visit.status == Appointment.Status.BOOKED
    assert any("/desk/move/" in str(message) for message in answer.context["messages"])
    entry = AuditEntry.objects.get(action="resource.update")
    assert entry.detail["rows"] == {"hours": {"deleted": len(rows)}}
