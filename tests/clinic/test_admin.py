"""What managers change, what they cannot, and what is written down about it."""

import datetime as dt

import pytest
from django.contrib import admin
from django.test import Client
from django.utils import timezone

from clinic.admin.places import overlapping_days
from clinic.models import (
    Absence,
    Appointment,
    AuditEntry,
    Clinic,
    Hold,
    Resource,
    Role,
    StaffMember,
    User,
    WorkingHours,
)
from clinic.moments import to_minute
from tests.factories import (
    PARIS,
    PASSWORD,
    House,
    make_absence,
    make_clinic,
    make_patient,
    make_resource,
    make_user,
    make_visit_type,
)
from tests.protocols.making import make_kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    house = House()
    house.manager = make_user(house.clinic, Role.MANAGER)
    return house


@pytest.fixture
def manager(house: House) -> Client:
    return signed_in(house.manager)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


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


def errors(response) -> dict[str, list[str]]:
    """The field errors of the first row of hours, or of the form."""
    context = response.context
    rows = [form.errors for group in context["inline_admin_formsets"] for form in group.formset]
    return context["adminform"].form.errors or next((row for row in rows if row), {})


def user_form(user: User, *members: dict[str, object], **fields: object) -> dict[str, object]:
    form = {"email": user.email, "is_active": "on", "new_password": ""} | fields
    initial = sum("id" in row for row in members)
    form |= {"staff_members-TOTAL_FORMS": len(members), "staff_members-INITIAL_FORMS": initial}
    for number, row in enumerate(members):
        form |= {f"staff_members-{number}-{name}": value for name, value in row.items()}
    return {name: value for name, value in form.items() if value is not None}


def member_row(member: StaffMember, **fields: object) -> dict[str, object]:
    return {
        "id": member.pk,
        "user": member.user_id,
        "clinic": member.clinic_id,
        "role": member.role,
    } | fields


# --- Who may, and what --------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.ASSISTANT, Role.PRACTITIONER])
def test_admin_for_others_than_managers_is_refused(house: House, role: str):
    client = signed_in(make_user(house.clinic, role))
    assert client.get("/settings/").status_code == 403
    assert client.get("/settings/clinic/user/").status_code == 403


def test_admin_offers_our_own_models_only():
    labels = {model._meta.app_label for model in admin.site._registry}
    assert labels == {"clinic", "patients", "protocols"}


@pytest.mark.parametrize("page", ["user", "clinic", "resource", "absence", "visittype"])
def test_pages_open_in_both_languages(manager: Client, page: str):
    for language in ("fr", "en"):
        path = f"/settings/clinic/{page}/"
        assert manager.get(path, headers={"accept-language": language}).status_code == 200
        added = manager.get(f"{path}add/", headers={"accept-language": language})
        assert added.status_code == 200
        assert b"<style" not in added.content


def test_deletion_of_what_has_a_history_is_refused(manager: Client, house: House):
    rows = {
        "clinic/clinic": house.clinic.pk,
        "clinic/resource": house.practitioner.pk,
        "clinic/user": house.user.pk,
        "clinic/visittype": make_visit_type().pk,
    }
    for path, pk in rows.items():
        answer = manager.post(f"/settings/{path}/{pk}/delete/", {"post": "yes"})
        assert answer.status_code == 403, path


def test_records_are_shown_and_never_changed(manager: Client, house: House):
    booked = house.book_series()
    rows = {
        "clinic/appointment": booked.appointments[0].pk,
        "patients/series": booked.series.pk,
        "clinic/auditentry": AuditEntry.objects.latest("pk").pk,
    }
    for path, pk in rows.items():
        assert manager.get(f"/settings/{path}/").status_code == 200
        assert manager.get(f"/settings/{path}/{pk}/change/").status_code == 200
        assert manager.post(f"/settings/{path}/{pk}/change/", {}).status_code == 403
        assert manager.post(f"/settings/{path}/add/", {}).status_code == 403
        assert manager.post(f"/settings/{path}/{pk}/delete/", {"post": "yes"}).status_code == 403


def test_looking_at_a_patients_appointment_is_written_down(manager: Client, house: House):
    appointment = house.book_series().appointments[0]
    manager.get(f"/settings/clinic/appointment/{appointment.pk}/change/")
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.by, entry.patient) == (
        "appointment.read",
        house.manager,
        house.patient,
    )


def test_another_clinics_resource_is_not_there(manager: Client):
    foreign = make_resource(make_clinic())
    shown = manager.get(f"/settings/clinic/resource/{foreign.pk}/change/")
    assert shown.status_code == 302  # back to the index: nothing of that name
    assert foreign.name.encode() not in manager.get("/settings/clinic/resource/").content


# --- Hours --------------------------------------------------------------------------------------


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


# --- Absences -----------------------------------------------------------------------------------


def book_ahead(house: House, weeks: int = 2) -> Appointment:
    """A visit on a weekday some weeks from now, 10:00 to 10:30 in Paris."""
    today = timezone.now().astimezone(PARIS).date()
    on = today + dt.timedelta(weeks=weeks, days=-today.weekday())
    start = dt.datetime.combine(on, dt.time(10), PARIS)
    end = start + dt.timedelta(minutes=30)
    visit = Appointment.objects.create(
        clinic=house.clinic,
        patient=make_patient("Absente"),
        visit_type=make_visit_type(),
        starts_at=start,
        ends_at=end,
        booked_at=timezone.now(),
        booked_by=house.user,
        changed_at=timezone.now(),
        changed_by=house.user,
    )
    Hold.objects.create(
        appointment=visit,
        resource=house.practitioner,
        starts=to_minute(start),
        ends=to_minute(end),
    )
    return visit


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


# --- People -------------------------------------------------------------------------------------


def test_new_user_with_a_role_can_sign_in(manager: Client, house: House):
    row = {"clinic": house.clinic.pk, "role": Role.RECEPTION, "user": "", "id": ""}
    form = {
        "email": "Nouvelle@Example.Test",
        "is_active": "on",
        "new_password": PASSWORD,
        "staff_members-TOTAL_FORMS": 1,
        "staff_members-INITIAL_FORMS": 0,
    } | {f"staff_members-0-{name}": value for name, value in row.items()}
    assert manager.post("/settings/clinic/user/add/", form).status_code == 302
    made = User.objects.get(email="nouvelle@example.test")
    assert made.check_password(PASSWORD)
    assert made.staff_members.get().role == Role.RECEPTION
    entry = AuditEntry.objects.get(action="user.create")
    assert PASSWORD not in str(entry.detail)


@pytest.mark.parametrize("password", ["", "12345678", "short"])
def test_new_user_without_a_good_password_is_refused(manager: Client, password: str):
    form = user_form(User(email="une@example.test"), new_password=password)
    answer = manager.post("/settings/clinic/user/add/", form)
    assert list(errors(answer)) == ["new_password"]


def test_address_of_somebody_else_in_any_case_is_refused(manager: Client, house: House):
    form = user_form(User(email=house.user.email.upper()), new_password=PASSWORD)
    assert list(errors(manager.post("/settings/clinic/user/add/", form))) == ["email"]


def test_password_left_empty_stays(manager: Client, house: House):
    member = house.user.staff_members.get()
    path = f"/settings/clinic/user/{house.user.pk}/change/"
    form = user_form(house.user, member_row(member), first_name="Anne")
    assert manager.post(path, form).status_code == 302
    house.user.refresh_from_db()
    assert house.user.first_name == "Anne"
    assert house.user.check_password(PASSWORD)


def test_manager_cannot_take_himself_out_of_use(manager: Client, house: House):
    member = house.manager.staff_members.get()
    form = user_form(house.manager, member_row(member), is_active=None)
    answer = manager.post(f"/settings/clinic/user/{house.manager.pk}/change/", form)
    assert list(errors(answer)) == ["is_active"]
    house.manager.refresh_from_db()
    assert house.manager.is_active


@pytest.mark.parametrize("change", [{"role": Role.RECEPTION}, {"DELETE": "on"}])
def test_manager_cannot_drop_his_last_manager_role(manager: Client, house: House, change):
    member = house.manager.staff_members.get()
    form = user_form(house.manager, member_row(member, **change))
    answer = manager.post(f"/settings/clinic/user/{house.manager.pk}/change/", form)
    assert answer.status_code == 200
    member.refresh_from_db()
    assert member.role == Role.MANAGER


def test_another_managers_role_may_be_changed(manager: Client, house: House):
    other = make_user(house.clinic, Role.MANAGER)
    member = other.staff_members.get()
    form = user_form(other, member_row(member, role=Role.RECEPTION))
    path = f"/settings/clinic/user/{other.pk}/change/"
    assert manager.post(path, form).status_code == 302
    member.refresh_from_db()
    assert member.role == Role.RECEPTION


def test_roles_at_a_clinic_one_does_not_manage_cannot_be_given(manager: Client, house: House):
    row = {"clinic": make_clinic().pk, "role": Role.MANAGER, "user": house.manager.pk, "id": ""}
    own = house.manager.staff_members.get()
    form = user_form(house.manager, member_row(own), row)
    answer = manager.post(f"/settings/clinic/user/{house.manager.pk}/change/", form)
    assert answer.status_code == 200
    assert house.manager.staff_members.count() == 1


def test_who_opens_a_clinic_manages_it(manager: Client, house: House):
    form = {
        "name": "Annexe",
        "neutral_label": "Cabinet",
        "timezone": "Europe/Paris",
        "holiday_region": "FR",
        "grid_minutes": 15,
    }
    assert manager.post("/settings/clinic/clinic/add/", form).status_code == 302
    member = Clinic.objects.get(name="Annexe").staff_members.get()
    assert (member.user, member.role) == (house.manager, Role.MANAGER)


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"grid_minutes": 7}, None), ({"timezone": "Paris"}, "timezone"), ({"name": ""}, "name")],
)
def test_clinic_that_cannot_be_is_refused(manager: Client, fields, field):
    form = {
        "name": "Annexe",
        "neutral_label": "Cabinet",
        "timezone": "Europe/Paris",
        "grid_minutes": 15,
    } | fields
    answer = manager.post("/settings/clinic/clinic/add/", form)
    assert answer.status_code == 200
    assert next(iter(errors(answer))) == (field or "__all__")
