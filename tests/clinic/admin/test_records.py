"""Who may look at what, and what nobody may change or delete here."""

import pytest
from django.contrib import admin
from django.test import Client

from clinic.models import (
    AuditEntry,
    Role,
)
from tests.clinic.admin.conftest import signed_in
from tests.factories import (
    House,
    make_clinic,
    make_resource,
    make_user,
    make_visit_type,
)

pytestmark = pytest.mark.django_db


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
