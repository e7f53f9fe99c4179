"""Who is in a patient's care, and what opens the record to whoever is not."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from clinic import booking
from clinic.care import access
from clinic.models import Appointment, AuditEntry, CareAccess, Role, StaffMember, User
from patients.models import Patient
from tests.factories import NOW, House, at, make_clinic, make_patient, make_resource, make_user
from tests.patients.treating import make_record, make_session

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def house() -> House:
    return House()


def member(house: House, role: Role = Role.PRACTITIONER) -> StaffMember:
    return make_user(house.clinic, role).staff_members.get()


def treats(house: House, staff: StaffMember) -> Appointment:
    """The house's practitioner is this person; their first visit is on the day of NOW."""
    house.practitioner.user = staff.user
    house.practitioner.save()
    return house.book_series().appointments[0]


@pytest.mark.parametrize(
    ("role", "granted", "may"),
    [
        (Role.PRACTITIONER, False, True),
        (Role.PRACTITIONER, True, True),
        (Role.ASSISTANT, False, False),
        (Role.ASSISTANT, True, True),
        (Role.RECEPTION, True, False),
        (Role.MANAGER, True, False),
    ],
)
def test_records_are_for_those_who_treat_and_for_assistants_by_grant(
    house: House, role: Role, granted: bool, may: bool
) -> None:
    house.clinic.assistants_see_records = granted
    house.clinic.save()
    assert access.may_see_records(member(house, role)) is may


@pytest.mark.parametrize(
    ("days", "in_care"), [(-90, True), (0, True), (729, True), (729 + 1, True), (800, False)]
)
def test_a_practitioner_cares_from_the_booking_to_two_years_after_the_last_visit(
    house: House, days: int, in_care: bool
) -> None:
    staff = member(house)
    last = treats(house, staff)
    last = Appointment.objects.latest("starts_at")
    now = last.starts_at + days * DAY
    assert access.is_in_care(staff, house.patient, now=now) is in_care


def test_a_visit_that_was_cancelled_gives_no_care(house: House) -> None:
    staff = member(house)
    treats(house, staff)
    Appointment.objects.update(status="cancelled", cancellation_reason="patient")
    assert not access.is_in_care(staff, house.patient, now=NOW)


# --- A visit with oneself ------------------------------------------------------------------------


def booked_by(user: User) -> None:
    Appointment.objects.update(booked_by=user)


@pytest.mark.parametrize(
    ("status", "in_care"),
    [("booked", False), ("noshow", False), ("arrived", True), ("fulfilled", True)],
)
def test_a_visit_that_one_booked_oneself_counts_once_the_patient_came(
    house: House, status: str, in_care: bool
) -> None:
    staff = member(house)
    treats(house, staff)
    booked_by(staff.user)
    Appointment.objects.update(status=status)
    assert access.is_in_care(staff, house.patient, now=NOW) is in_care
    rows = Appointment.objects.filter(access.in_care_of(staff, now=NOW))
    assert rows.exists() is in_care


def test_an_assistant_opens_no_record_by_booking_a_visit(house: House) -> None:
    staff = member(house, Role.ASSISTANT)
    house.book_series(through=1)
    assert access.is_in_care(staff, house.patient, now=NOW)
    booked_by(staff.user)
    assert not access.is_in_care(staff, house.patient, now=NOW)


def test_moving_a_visit_of_ones_own_keeps_the_care(house: House) -> None:
    """The desk booked it; the practitioner moves it, and is its booker now."""
    staff = member(house)
    first = treats(house, staff)
    Appointment.objects.exclude(pk=first.pk).update(
        status="cancelled", cancellation_reason="patient"
    )
    moved = booking.move(
        appointment=first, starts_at=at("2026-03-03 09:00"), by=staff.user, now=NOW
    )
    assert isinstance(moved, booking.Moved)
    assert moved.appointment.booked_by == staff.user
    assert access.is_in_care(staff, house.patient, now=NOW)


def test_moving_a_colleagues_visit_to_oneself_opens_nothing(house: House) -> None:
    treats(house, member(house))
    staff = member(house)
    own = make_resource(house.clinic, user=staff.user)
    (visit,) = Appointment.objects.order_by("starts_at")[:1]
    moved = booking.move(
        appointment=visit, starts_at=at("2026-03-03 09:00"), only=[own], by=staff.user, now=NOW
    )
    assert isinstance(moved, booking.Moved)
    assert moved.appointment.practitioner == own
    assert not access.is_in_care(staff, house.patient, now=NOW)


def test_without_the_rule_a_visit_with_oneself_would_open_the_record(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    staff = member(house)
    treats(house, staff)
    booked_by(staff.user)
    monkeypatch.setattr(access, "CAME", tuple(Appointment.Status))
    assert access.is_in_care(staff, house.patient, now=NOW)


def test_whoever_wrote_a_record_stays_in_care(house: House) -> None:
    staff = member(house)
    make_record(make_session(house.patient, house.protocol, staff.user), staff.user)
    assert access.is_in_care(staff, house.patient, now=NOW + 9_000 * DAY)


def test_a_colleagues_patient_is_in_nobody_elses_care(house: House) -> None:
    treats(house, member(house))
    assert not access.is_in_care(member(house), house.patient, now=NOW)


@pytest.mark.parametrize(("days", "in_care"), [(-31, False), (-29, True), (29, True), (31, False)])
def test_an_assistant_cares_around_the_visits_at_their_clinic(
    house: House, days: int, in_care: bool
) -> None:
    first = house.book_series(through=1).appointments[0]
    Appointment.objects.exclude(pk=first.pk).update(
        status="cancelled", cancellation_reason="patient"
    )
    now = first.starts_at + days * DAY
    assert access.is_in_care(member(house, Role.ASSISTANT), house.patient, now=now) is in_care
    elsewhere = make_user(make_clinic(), Role.ASSISTANT).staff_members.get()
    assert not access.is_in_care(elsewhere, house.patient, now=now)


def request_of(staff: StaffMember) -> object:
    request = RequestFactory().get("/")
    request.staff = staff
    return request


def test_a_reading_in_care_leaves_its_row_and_asks_for_no_reason(house: House) -> None:
    staff = member(house)
    treats(house, staff)
    access.open_record(request_of(staff), house.patient, now=NOW, what="record.read")
    entry = AuditEntry.objects.get(action="record.read")
    assert (entry.by, entry.patient, entry.detail) == (
        staff.user,
        house.patient,
        {"outside_care": None},
    )


def test_a_reading_outside_the_care_is_refused_until_a_reason_is_given_and_names_it(
    house: House,
) -> None:
    staff = member(house)
    with pytest.raises(access.OutsideCare):
        access.open_record(request_of(staff), house.patient, now=NOW, what="record.read")
    assert not AuditEntry.objects.filter(action="record.read").exists()
    given = access.give_reason(staff=staff, patient=house.patient, reason="Avis", now=NOW)
    access.open_record(request_of(staff), house.patient, now=NOW, what="record.read")
    entry = AuditEntry.objects.get(action="record.read")
    assert entry.detail == {"outside_care": given.pk}


@pytest.mark.parametrize(
    ("minutes", "holds"), [(0, True), (12 * 60 - 1, True), (12 * 60, False), (13 * 60, False)]
)
def test_a_reason_holds_for_twelve_hours(house: House, minutes: int, holds: bool) -> None:
    staff = member(house)
    access.give_reason(staff=staff, patient=house.patient, reason="Avis", now=NOW)
    then = NOW + dt.timedelta(minutes=minutes)
    assert access.may_open(staff, house.patient, now=then) is holds


def test_a_reason_opens_one_record_to_one_person(house: House) -> None:
    staff, other = member(house), make_patient("Autre")
    access.give_reason(staff=staff, patient=house.patient, reason="Avis", now=NOW)
    assert not access.may_open(staff, other, now=NOW)
    assert not access.may_open(member(house), house.patient, now=NOW)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE clinic_careaccess SET reason = 'x'",
        "UPDATE clinic_careaccess SET until = at",
        "DELETE FROM clinic_careaccess",
    ],
)
def test_a_reason_that_was_given_is_fixed_in_the_database(house: House, change: str) -> None:
    access.give_reason(staff=member(house), patient=house.patient, reason="Avis", now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_no_row_without_a_reason(house: House) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        access.give_reason(staff=member(house), patient=house.patient, reason="", now=NOW)
    assert (CareAccess.objects.count(), AuditEntry.objects.count()) == (0, 0)


# --- The managers' list --------------------------------------------------------------------------


def opened_by(house: House, patient: Patient, reason: str) -> None:
    access.give_reason(staff=member(house), patient=patient, reason=reason, now=NOW)


def test_managers_read_the_reasons_of_their_clinic_and_change_none() -> None:
    here, there = House(), House()
    opened_by(here, here.patient, "Remplacement")
    opened_by(there, there.patient, "Ailleurs")
    client = Client()
    client.force_login(make_user(here.clinic, Role.MANAGER))
    listed = client.get("/settings/clinic/careaccess/").text
    assert "Remplacement" in listed
    assert "Ailleurs" not in listed
    row = CareAccess.objects.get(reason="Remplacement")
    for address in ("add/", f"{row.pk}/delete/"):
        assert client.get(f"/settings/clinic/careaccess/{address}").status_code == 403
    client.post(f"/settings/clinic/careaccess/{row.pk}/change/", {"reason": "x"})
    row.refresh_from_db()
    assert row.reason == "Remplacement"


def test_the_managers_list_asks_as_often_for_three_as_for_one(house: House) -> None:
    client, asked = Client(), []
    client.force_login(make_user(house.clinic, Role.MANAGER))
    for _ in range(3):
        opened_by(house, make_patient(), "Avis")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/settings/clinic/careaccess/").text.count("Avis") == len(asked) + 1
        asked.append(len(queries))
    assert asked[0] == asked[1] == asked[2]
