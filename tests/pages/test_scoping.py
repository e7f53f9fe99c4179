"""What belongs to another clinic is not found, not shown and not usable, whatever is swapped."""

import json
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from clinic import booking
from clinic.models import Appointment, Hold, Resource, Role
from tests.factories import NOW, House, make_patient, make_user, make_visit_type
from tests.pages.routes import CANARY


@pytest.fixture
def here(db: None) -> Iterator[House]:
    with time_machine.travel(NOW, tick=False):
        yield House()


@pytest.fixture
def there(here: House) -> House:
    """Another clinic, whose people and rooms have telling names."""
    house = House()
    for resource in Resource.objects.filter(clinic=house.clinic):
        Resource.objects.filter(pk=resource.pk).update(name=f"{CANARY} {resource.pk}")
    house.book_series(patient=make_patient(CANARY))
    return house


@pytest.fixture
def client(here: House) -> Client:
    client = Client()
    client.force_login(make_user(here.clinic, Role.MANAGER))
    return client


def shows_the_canary(client: Client, address: str) -> bool:
    response = client.get(address)
    assert response.status_code == 200, address
    return CANARY.lower() in response.content.decode().lower()


AGENDAS = ["desk", "agenda", "agenda_events", "house"]


@pytest.mark.parametrize("name", AGENDAS)
def test_another_clinics_day_is_not_shown(client: Client, there: House, name: str) -> None:
    assert not shows_the_canary(client, f"{reverse(name)}?on=2026-03-02")
    assert not shows_the_canary(client, f"{reverse(name)}?on=2026-03-02&view=week")


@pytest.mark.parametrize("name", ["agenda", "agenda_events"])
def test_the_control_their_own_people_see_it(there: House, name: str) -> None:
    client = Client()
    client.force_login(there.user)
    assert shows_the_canary(client, f"{reverse(name)}?on=2026-03-02&view=week")


@pytest.mark.parametrize("parameter", ["practitioner", "room"])
def test_another_clinics_resource_is_no_filter_of_ours(
    client: Client, there: House, parameter: str
) -> None:
    resource = there.practitioner if parameter == "practitioner" else there.room
    query = f"?on=2026-03-02&view=week&{parameter}={resource.public_id}"
    assert not shows_the_canary(client, reverse("agenda_events") + query)


def test_another_clinics_appointment_is_not_moved_cancelled_or_marked(
    client: Client, there: House
) -> None:
    appointment = Appointment.objects.filter(clinic=there.clinic).earliest("starts_at")
    before = list(Appointment.objects.order_by("pk").values())
    forms = {
        "appointment_move": {"starts_at": "2026-03-03T09:00"},
        "appointment_cancel": {"reason": "patient"},
        "appointment_mark": {"mark": "arrived"},
    }
    for name, form in forms.items():
        response = client.post(reverse(name, args=[appointment.public_id]), form)
        assert response.status_code == 404, name
        assert CANARY.lower() not in response.content.decode().lower(), name
    assert list(Appointment.objects.order_by("pk").values()) == before


def test_ours_is_not_moved_to_another_clinics_people(
    client: Client, here: House, there: House
) -> None:
    """Their practitioner's id in the field of a form of ours."""
    mine = here.book_series().appointments[0]
    address = reverse("appointment_move", args=[mine.public_id])
    form = {"starts_at": "2026-03-02T15:00", "only": there.practitioner.public_id}
    client.post(address, form, headers={"Accept": "application/json"})
    assert there.practitioner.holds.count() == 3  # those of their own series
    assert not Hold.objects.filter(
        appointment__clinic=here.clinic, resource__clinic=there.clinic
    ).exists()


def test_a_visit_is_not_booked_with_another_clinics_people(
    client: Client, here: House, there: House
) -> None:
    form = {
        "patient": here.patient.public_id,
        "visit_type": make_visit_type().pk,
        "starts_at": "2026-03-02T15:00",
        "only": there.practitioner.public_id,
        "key": "a",
    }
    client.post(f"{reverse('visit_new')}?patient={here.patient.public_id}", form)
    assert not Hold.objects.filter(
        appointment__clinic=here.clinic, resource__clinic=there.clinic
    ).exists()


def test_a_proposal_signed_at_another_clinic_is_not_booked_here(here: House, there: House) -> None:
    token = there.propose(patient=make_patient()).token
    answer = booking.book(token=token, key="", by=here.user, clinic=here.clinic, now=NOW)
    assert isinstance(answer, booking.Refused)
    assert not Appointment.objects.filter(clinic=here.clinic).exists()


def test_a_forged_proposal_is_not_booked(here: House) -> None:
    token = here.propose().token
    body, _colon, signature = token.rpartition(":")
    for forged in (token[:-1], token + "x", f"x{token}", f"{body}:{signature[::-1]}", "", "\0"):
        answer = booking.book(token=forged, key="", by=here.user, clinic=here.clinic, now=NOW)
        assert [problem.code for problem in answer.problems] == ["stale"], forged
    assert not Appointment.objects.exists()


def test_one_does_not_choose_a_clinic_where_one_does_not_work(
    client: Client, here: House, there: House
) -> None:
    response = client.post(reverse("clinic_choose"), {"clinic": there.clinic.public_id})
    assert response.status_code == 404
    session = client.session
    session["clinic"] = there.clinic.public_id  # as if it had been planted
    session.save()
    assert not shows_the_canary(client, f"{reverse('agenda')}?on=2026-03-02&view=week")


def test_a_form_writes_only_the_fields_it_shows(client: Client, here: House) -> None:
    """Mass assignment: everything that a patient has is sent along."""
    patient = here.patient
    kept = {"public_id", "created_at", "id", "pk", "search_text", "sort_text"}
    before = {name: getattr(patient, name) for name in kept}
    form = dict.fromkeys(kept, "999") | {"family_name": "Autre", "version": "1", "gender": "female"}
    client.post(
        reverse("patient_edit", args=[patient.public_id]), form | {"language": "fr", "seen": ""}
    )
    patient.refresh_from_db()
    assert patient.family_name == "Autre"
    changed = {name for name, value in before.items() if getattr(patient, name) != value}
    assert changed <= {"search_text", "sort_text"}
    assert "999" not in json.dumps([patient.search_text, patient.sort_text])
