"""Users, their roles, and the clinics they open."""

import re

import pytest
from django.test import Client

from clinic.models import (
    AuditEntry,
    Clinic,
    Role,
    StaffMember,
    User,
)
from tests.clinic.admin.asking import errors
from tests.factories import (
    PASSWORD,
    House,
    make_clinic,
    make_user,
)

pytestmark = pytest.mark.django_db


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
        "quote_from_euros": 300,
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
        "quote_from_euros": 300,
    } | fields
    answer = manager.post("/settings/clinic/clinic/add/", form)
    assert answer.status_code == 200
    assert next(iter(errors(answer))) == (field or "__all__")


def test_the_columns_of_the_roles_speak_french(manager: Client, house: House):
    page = manager.get(f"/settings/clinic/user/{house.user.pk}/change/")
    columns = re.findall(r'<th class="column-(\w+)[^"]*">\s*(\w+)', page.text)
    assert dict(columns)["clinic"] == "Clinique"
