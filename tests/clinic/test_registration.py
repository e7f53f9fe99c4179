"""A patient's record and its audit row stand or fall together."""

import pytest
from django.db import IntegrityError

from clinic import registration
from clinic.models import AuditEntry, StaffMember
from patients.models import Patient
from tests.factories import NOW, make_clinic, make_patient, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> StaffMember:
    return make_user(make_clinic()).staff_members.get()


def test_create_writes_the_record_and_who_made_it(by: StaffMember) -> None:
    patient = registration.create(fields={"family_name": "Dupont"}, by=by, now=NOW)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.by, entry.clinic, entry.patient) == (
        "patient.create", by.user, by.clinic, patient,
    )  # fmt: skip


def test_a_record_that_cannot_be_written_leaves_no_audit(by: StaffMember) -> None:
    with pytest.raises(IntegrityError):
        registration.create(fields={"family_name": ""}, by=by, now=NOW)
    assert not AuditEntry.objects.exists()
    assert not Patient.objects.exists()


def test_update_names_the_fields_and_never_their_contents(by: StaffMember) -> None:
    patient = make_patient("Dupont")
    registration.update(
        patient=patient, fields={"family_name": "Durand", "city": ""}, version=1, by=by, now=NOW
    )
    assert AuditEntry.objects.get().detail == {"fields": ["family_name"]}
    assert Patient.objects.get().version == 2


def test_update_of_an_older_version_changes_nothing(by: StaffMember) -> None:
    patient = make_patient("Dupont")
    registration.update(patient=patient, fields={"city": "Lyon"}, version=1, by=by, now=NOW)
    late = registration.update(patient=patient, fields={"city": "Nice"}, version=1, by=by, now=NOW)
    assert isinstance(late, registration.Stale)
    assert late.patient.city == Patient.objects.get().city == "Lyon"


def test_update_makes_the_new_name_findable(by: StaffMember) -> None:
    patient = make_patient("Dupont")
    registration.update(
        patient=patient, fields={"family_name": "Durand"}, version=1, by=by, now=NOW
    )
    assert " durand " in Patient.objects.get().search_text
