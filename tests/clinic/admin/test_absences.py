"""Absences and closures, on the clinic’s clock."""

import datetime as dt

import pytest
from django.test import Client

from clinic.models import (
    Absence,
    Appointment,
    AuditEntry,
)
from tests.clinic.admin.asking import book_ahead, errors
from tests.factories import (
    PARIS,
    House,
    make_absence,
    make_clinic,
    make_resource,
)

pytestmark = pytest.mark.django_db


def absence_form(on: dt.date, start: str, end: str, **fields: object) -> dict[str, object]:
    day = f"{on:%d/%m/%Y}"
    return {
        "starts_at_0": day,
        "starts_at_1": start,
        "ends_at_0": day,
        "ends_at_1": end,
        "label": "Congés",
    } | fields


def test_absence_is_typed_on_the_clinics_clock(manager: Client, house: House):
    form = absence_form(dt.date(2026, 7, 14), "09:00", "12:00", resource=house.practitioner.pk)
    assert manager.post("/settings/clinic/absence/add/", form).status_code == 302
    absence = Absence.objects.get()
    assert absence.starts_at == dt.datetime(2026, 7, 14, 7, tzinfo=dt.UTC)
    assert (absence.clinic, absence.resource) == (house.clinic, house.practitioner)
    assert AuditEntry.objects.get(action="absence.create").by == house.manager


def test_absence_over_a_booking_keeps_it_and_says_so(manager: Client, house: House):
    visit = book_ahead(house)
    form = absence_form(visit.starts_at.astimezone(PARIS).date(), "09:00", "12:00", resource="")
    answer = manager.post("/settings/clinic/absence/add/", form, follow=True)
    (_saved, told) = sorted(map(str, answer.context["messages"]), key=lambda text: "move/" in text)
    assert "1 " in told
    assert "/desk/move/" in told
    visit.refresh_from_db()
    assert visit.status == Appointment.Status.BOOKED


def test_absence_beside_a_booking_says_nothing(manager: Client, house: House):
    visit = book_ahead(house)
    on = visit.starts_at.astimezone(PARIS).date()
    form = absence_form(on, "10:30", "12:00", resource=house.practitioner.pk)
    answer = manager.post("/settings/clinic/absence/add/", form, follow=True)
    assert not any("/desk/move/" in str(message) for message in answer.context["messages"])


@pytest.mark.parametrize(
    ("on", "start", "end", "field"),
    [
        (dt.date(2026, 7, 14), "12:00", "09:00", "ends_at"),
        (dt.date(1900, 7, 14), "09:00", "12:00", "starts_at"),
        (dt.date(2026, 3, 29), "02:30", "12:00", "starts_at"),
        (dt.date(2026, 7, 14), "09:00", "25:00", "ends_at"),
    ],
)
def test_absence_that_cannot_be_is_refused_at_the_field(manager: Client, on, start, end, field):
    answer = manager.post("/settings/clinic/absence/add/", absence_form(on, start, end))
    assert answer.status_code == 200
    assert next(iter(errors(answer))) == field
    assert not Absence.objects.exists()


def test_absence_of_another_clinics_resource_is_refused(manager: Client):
    foreign = make_resource(make_clinic())
    form = absence_form(dt.date(2026, 7, 14), "09:00", "12:00", resource=foreign.pk)
    answer = manager.post("/settings/clinic/absence/add/", form)
    assert list(errors(answer)) == ["resource"]


def test_absence_taken_out_is_written_down(manager: Client, house: House):
    absence = make_absence(house.clinic, "2026-07-14 09:00", "2026-07-14 12:00")
    manager.post(f"/settings/clinic/absence/{absence.pk}/delete/", {"post": "yes"})
    assert not Absence.objects.exists()
    assert AuditEntry.objects.get(action="absence.delete").subject == f"absence:{absence.pk}"
