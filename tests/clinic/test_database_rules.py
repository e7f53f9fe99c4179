"""The rules of booking hold whatever door a write comes through: the database refuses it itself."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection, transaction

from clinic.models import Appointment, AuditEntry, Hold
from clinic.moments import to_minute
from tests.factories import NOW, House, at, make_appointment, make_patient

pytestmark = pytest.mark.django_db

NINE, TEN, ELEVEN = (to_minute(at(f"2026-03-02 {hour}:00")) for hour in ("09", "10", "11"))
HOLD_COLUMNS = "appointment_id, resource_id, starts, ends, active"


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def taken(house: House) -> Hold:
    """The practitioner's hour from nine to ten."""
    appointment = house.occupy(house.practitioner, "2026-03-02 09:00", "2026-03-02 10:00")
    return appointment.holds.get()


@pytest.fixture
def visit(house: House) -> Appointment:
    """Somebody else's visit at that hour, which holds nothing yet."""
    return make_appointment(house, make_patient(), "2026-03-02 09:00", "2026-03-02 10:00")


@contextmanager
def refused(by: str) -> Iterator[None]:
    with pytest.raises(IntegrityError, match=by), transaction.atomic():
        yield


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


# --- a resource in two places --------------------------------------------------------------------

Door = Callable[[Appointment, Hold, int, int], object]


def by_save(visit: Appointment, taken: Hold, starts: int, ends: int) -> object:
    return Hold(appointment=visit, resource=taken.resource, starts=starts, ends=ends).save()


def by_bulk_create(visit: Appointment, taken: Hold, starts: int, ends: int) -> object:
    hold = Hold(appointment=visit, resource=taken.resource, starts=starts, ends=ends)
    return Hold.objects.bulk_create([hold])


def by_sql(visit: Appointment, taken: Hold, starts: int, ends: int) -> object:
    values = (visit.pk, taken.resource_id, starts, ends, True)
    return sql(f"INSERT INTO clinic_hold ({HOLD_COLUMNS}) VALUES (%s, %s, %s, %s, %s)", *values)


def by_update(visit: Appointment, taken: Hold, starts: int, ends: int) -> object:
    """A free hold that is made active by a queryset."""
    hold = Hold.objects.create(
        appointment=visit, resource=taken.resource, starts=starts, ends=ends, active=False
    )
    return Hold.objects.filter(pk=hold.pk).update(active=True)


DOORS = [by_save, by_bulk_create, by_sql, by_update]
OVERLAPS = [(NINE, TEN), (NINE - 30, NINE + 1), (TEN - 1, TEN + 30), (NINE + 20, NINE + 40)]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("span", [*OVERLAPS, (NINE - 60, TEN + 60)])
def test_no_door_lets_a_resource_be_in_two_places(
    door: Door, span: tuple[int, int], visit: Appointment, taken: Hold
) -> None:
    with refused(by="clinic_hold_resource_in_one_place"):
        door(visit, taken, *span)
    assert Hold.objects.filter(active=True).count() == 1


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("span", [(TEN, ELEVEN), (NINE - 60, NINE)])
def test_visits_may_touch(
    door: Door, span: tuple[int, int], visit: Appointment, taken: Hold
) -> None:
    door(visit, taken, *span)
    assert Hold.objects.filter(active=True).count() == 2


def test_a_hold_that_fell_free_is_in_nobodys_way(visit: Appointment, taken: Hold) -> None:
    Appointment.objects.filter(pk=taken.appointment_id).update(**CANCELLED)
    by_save(visit, taken, NINE, TEN)
    assert Hold.objects.filter(active=True).count() == 1


# --- a patient in two places ---------------------------------------------------------------------

CANCELLED = {"status": "cancelled", "cancellation_reason": "patient"}


def test_a_patient_is_not_in_two_places(house: House) -> None:
    patient = make_patient()
    make_appointment(house, patient, "2026-03-02 09:00", "2026-03-02 10:00")
    with refused(by="clinic_appointment_patient_in_one_place"):
        make_appointment(house, patient, "2026-03-02 09:59", "2026-03-02 11:00")
    make_appointment(house, patient, "2026-03-02 10:00", "2026-03-02 11:00")


def test_a_cancelled_appointment_comes_back_only_where_it_is_still_free(
    house: House, taken: Hold
) -> None:
    """Un-cancelling takes the holds again, and they must pass as if they were new."""
    Appointment.objects.filter(pk=taken.appointment_id).update(**CANCELLED)
    assert not Hold.objects.get(pk=taken.pk).active
    house.occupy(house.practitioner, "2026-03-02 09:30", "2026-03-02 09:45")
    with refused(by="clinic_hold_resource_in_one_place"):
        Appointment.objects.filter(pk=taken.appointment_id).update(
            status="booked", cancellation_reason=""
        )
    assert Appointment.objects.get(pk=taken.appointment_id).status == "cancelled"


def test_a_cancelled_appointment_comes_back_with_its_holds(taken: Hold) -> None:
    back = Appointment.objects.filter(pk=taken.appointment_id)
    back.update(**CANCELLED)
    back.update(status="booked", cancellation_reason="")
    assert Hold.objects.get(pk=taken.pk).active


@pytest.mark.parametrize(
    ("status", "reason", "active"),
    [
        ("arrived", "", True),
        ("fulfilled", "", True),
        ("noshow", "", False),
        ("cancelled", "clinic", False),
        ("entered-in-error", "", False),
    ],
)
def test_holds_follow_the_status(taken: Hold, status: str, reason: str, active: bool) -> None:
    Appointment.objects.filter(pk=taken.appointment_id).update(
        status=status, cancellation_reason=reason
    )
    assert Hold.objects.get(pk=taken.pk).active is active


def test_a_session_has_one_live_attempt(house: House) -> None:
    first = house.book_series().appointments[0]
    with refused(by=r"one_attempt_at_a_time|clinic_appointment.session_id"):
        Appointment.objects.create(
            clinic=house.clinic,
            patient=make_patient(),
            session=first.session,
            starts_at=first.starts_at + dt.timedelta(days=1),
            ends_at=first.ends_at + dt.timedelta(days=1),
            booked_at=NOW,
            booked_by=house.user,
            changed_at=NOW,
            changed_by=house.user,
        )


# --- times that are none -------------------------------------------------------------------------


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("span", "rule"),
    [
        ((NINE, NINE), "clinic_hold_starts_before_it_ends"),  # an empty range overlaps nothing
        ((TEN, NINE), "clinic_hold_starts_before_it_ends|lower bound must be less"),
        ((ELEVEN, ELEVEN + 24 * 60 + 1), "clinic_hold_is_shorter_than_a_day"),
    ],
)
def test_a_hold_has_a_length(
    door: Door, span: tuple[int, int], rule: str, visit: Appointment, taken: Hold
) -> None:
    with pytest.raises((IntegrityError, DataError), match=rule), transaction.atomic():
        door(visit, taken, *span)


def test_a_hold_of_a_whole_day_is_let_through(visit: Appointment, taken: Hold) -> None:
    by_save(visit, taken, ELEVEN, ELEVEN + 24 * 60)


@pytest.mark.parametrize("minutes", [0, -30])
def test_an_appointment_has_a_length(house: House, minutes: int) -> None:
    end = at("2026-03-02 09:00") + dt.timedelta(minutes=minutes)
    rule = r"starts_before_it_ends|lower bound must be less"
    with pytest.raises((IntegrityError, DataError), match=rule), transaction.atomic():
        make_appointment(house, make_patient(), "2026-03-02 09:00", f"{end:%Y-%m-%d %H:%M}")


@pytest.mark.parametrize("column", ["resource_id", "appointment_id", "starts", "ends", "active"])
def test_nothing_of_a_hold_is_left_open(visit: Appointment, taken: Hold, column: str) -> None:
    """A NULL would compare with nothing and so overlap nothing."""
    row = {
        "appointment_id": visit.pk,
        "resource_id": taken.resource_id,
        "starts": TEN,
        "ends": ELEVEN,
        "active": True,
    } | {column: None}
    columns, marks = ", ".join(row), ", ".join(["%s"] * len(row))
    with refused(by=r"(?i)not[ -]null"):
        sql(f"INSERT INTO clinic_hold ({columns}) VALUES ({marks})", *row.values())


# --- what is fixed -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change", [{"starts": NINE - 15}, {"ends": TEN + 15}, {"starts": ELEVEN, "ends": ELEVEN + 15}]
)
def test_a_holds_times_are_fixed(taken: Hold, change: dict[str, int]) -> None:
    with refused(by="clinic_hold_is_fixed"):
        Hold.objects.filter(pk=taken.pk).update(**change)


def test_a_holds_resource_and_appointment_are_fixed(
    house: House, visit: Appointment, taken: Hold
) -> None:
    for change in ({"resource": house.room}, {"appointment": visit}):
        with refused(by="clinic_hold_is_fixed"):
            Hold.objects.filter(pk=taken.pk).update(**change)


def test_an_appointments_times_and_people_are_fixed(house: House, visit: Appointment) -> None:
    changes = [
        {"starts_at": at("2026-03-02 08:00")},
        {"ends_at": at("2026-03-02 12:00")},
        {"patient": make_patient()},
    ]
    for change in changes:
        with refused(by="clinic_appointment_times_are_fixed"):
            Appointment.objects.filter(pk=visit.pk).update(**change)
    visit.starts_at = at("2026-03-02 08:00")
    with refused(by="clinic_appointment_times_are_fixed"):
        visit.save()


def test_an_appointment_and_its_holds_are_never_deleted(taken: Hold) -> None:
    for table, key in (("clinic_hold", taken.pk), ("clinic_appointment", taken.appointment_id)):
        with refused(by=f"{table}_never_deleted"):
            sql(f"DELETE FROM {table} WHERE id = %s", key)
    with refused(by="clinic_hold_never_deleted"):
        taken.delete()
    with refused(by="clinic_hold_never_deleted"):
        Hold.objects.all()._raw_delete(Hold.objects.db)


def test_the_audit_trail_is_only_ever_longer() -> None:
    entry = AuditEntry.objects.create(at=NOW, action="patient.read")
    for statement in (
        "UPDATE clinic_auditentry SET action = 'nothing' WHERE id = %s",
        "UPDATE clinic_auditentry SET at = at WHERE id = %s",
        "DELETE FROM clinic_auditentry WHERE id = %s",
    ):
        with refused(by="clinic_auditentry_append_only"):
            sql(statement, entry.pk)
    with refused(by="clinic_auditentry_append_only"):
        AuditEntry.objects.all()._raw_delete(AuditEntry.objects.db)


@pytest.fixture
def like_a_shell() -> Iterator[None]:
    """A connection that does not listen to the deletes of OR REPLACE, as any other tool's."""
    sql("PRAGMA recursive_triggers=OFF")
    yield
    sql("PRAGMA recursive_triggers=ON")


def written_over(visit: Appointment, taken: Hold) -> Iterator[str]:
    """The same keys again: SQLite would delete the row in the way."""
    hold = f"{taken.pk}, {visit.pk}, {taken.resource_id}, {TEN}, {ELEVEN}, 1"
    entry = AuditEntry.objects.create(at=NOW, action="patient.read")
    yield f"INSERT OR REPLACE INTO clinic_hold (id, {HOLD_COLUMNS}) VALUES ({hold})"
    yield (
        "INSERT OR REPLACE INTO clinic_auditentry (id, at, action, subject, detail) "
        f"VALUES ({entry.pk}, '2026-03-02', 'forged', '', '{{}}')"
    )
    yield appointment_again(visit, {"id"})
    yield appointment_again(visit, {"public_id"})


def taken_over(visit: Appointment, taken: Hold) -> Iterator[str]:
    """Ways to make a row vanish that only our own connections see."""
    yield appointment_again(visit, {"uid", "sequence"})
    yield f"UPDATE OR REPLACE clinic_hold SET id = {taken.pk} WHERE id <> {taken.pk}"
    yield (
        f"UPDATE OR REPLACE clinic_appointment SET public_id = '{visit.public_id}' "
        f"WHERE id <> {visit.pk}"
    )


def appointment_again(visit: Appointment, same: set[str]) -> str:
    other = {"id": "id + 1000", "public_id": "'other'", "sequence": "sequence + 1"}
    columns = [field.column for field in Appointment._meta.local_fields]
    values = [c if c in same else other.get(c, c) for c in columns]
    return (
        f"INSERT OR REPLACE INTO clinic_appointment ({', '.join(columns)}) "
        f"SELECT {', '.join(values)} FROM clinic_appointment WHERE id = {visit.pk}"
    )


@pytest.mark.sqlite
def test_or_replace_takes_no_row_away(visit: Appointment, taken: Hold) -> None:
    by_save(visit, taken, ELEVEN, ELEVEN + 15)
    assert_refused([*written_over(visit, taken), *taken_over(visit, taken)])


@pytest.mark.sqlite
@pytest.mark.usefixtures("like_a_shell")
def test_or_replace_takes_no_row_away_by_its_key_even_in_a_shell(
    visit: Appointment, taken: Hold
) -> None:
    assert_refused(written_over(visit, taken))


def assert_refused(statements: Iterable[str]) -> None:
    for statement in statements:
        before = everything()
        with pytest.raises(IntegrityError), transaction.atomic():
            sql(statement)
        assert everything() == before, statement


def everything() -> list[list[Any]]:
    return [
        list(model.objects.order_by("pk").values_list())
        for model in (Appointment, Hold, AuditEntry)
    ]


def test_an_upsert_is_an_update_like_any_other(visit: Appointment, taken: Hold) -> None:
    with refused(by="clinic_hold_is_fixed|clinic_hold_never_deleted"):
        sql(
            f"INSERT INTO clinic_hold (id, {HOLD_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s) "
            "ON CONFLICT (id) DO UPDATE SET starts = excluded.starts, ends = excluded.ends",
            *(taken.pk, visit.pk, taken.resource_id, TEN, ELEVEN, True),
        )
