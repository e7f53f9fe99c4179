"""The record of a patient outside one's care opens with a reason, for a while, written down."""

import datetime as dt
from urllib.parse import quote

import pytest
import time_machine
from django.test import Client

from clinic.models import AuditEntry, CareAccess, Role
from patients.models import Patient
from tests.factories import NOW, House, make_patient, make_user


@pytest.fixture
def outsider(house: House) -> Patient:
    return make_patient("Ferrand", "Odile", birth_on=dt.date(1980, 5, 17))


@pytest.fixture
def locum(house: House) -> Client:
    """A practitioner in nobody's care yet."""
    client = Client()
    client.force_login(make_user(house.clinic, Role.PRACTITIONER))
    return client


def door(patient: Patient, onward: str = "") -> str:
    return f"/patients/{patient.public_id}/access/" + (f"?next={quote(onward)}" if onward else "")


def test_the_page_says_whose_record_it_is_and_asks_why(locum: Client, outsider: Patient) -> None:
    page = locum.get(door(outsider)).text
    assert "FERRAND Odile" in page
    assert "17/05/1980" in page
    assert 'name="reason"' in page
    assert CareAccess.objects.count() == 0


def test_a_reason_opens_the_record_for_twelve_hours_and_is_written_down(
    locum: Client, outsider: Patient
) -> None:
    onward = f"/patients/{outsider.public_id}/"
    response = locum.post(door(outsider), {"reason": "Avis demandé", "next": onward})
    assert (response.status_code, response.url) == (302, onward)
    given = CareAccess.objects.get()
    assert (given.patient, given.reason) == (outsider, "Avis demandé")
    assert (given.at, given.until) == (NOW, NOW + dt.timedelta(hours=12))
    entry = AuditEntry.objects.get(action="record.break_glass")
    assert (entry.patient, entry.subject, entry.by) == (outsider, f"access:{given.pk}", given.user)
    assert "Avis" not in str(entry.detail)


def test_once_open_the_door_leads_on_until_the_hours_are_over(
    locum: Client, outsider: Patient, clock: time_machine.Traveller
) -> None:
    onward = f"/patients/{outsider.public_id}/"
    locum.post(door(outsider), {"reason": "Avis demandé"})
    clock.shift(dt.timedelta(hours=11, minutes=59))
    assert locum.get(door(outsider, onward)).url == onward
    clock.shift(dt.timedelta(minutes=2))
    locum.force_login(CareAccess.objects.get().user)  # the session has ended by then too
    assert locum.get(door(outsider, onward)).status_code == 200
    assert CareAccess.objects.count() == 1


@pytest.mark.parametrize(
    "elsewhere",
    [
        *["https://example.org/", "//example.org/", "/\\example.org", "javascript:alert(1)"],
        *["http:///example.org", "desk", "/\r\nX: y", "\0", "///example.org", "https:example.org"],
    ],
)
def test_nobody_is_led_to_another_site(locum: Client, outsider: Patient, elsewhere: str) -> None:
    response = locum.post(door(outsider), {"reason": "Avis demandé", "next": elsewhere})
    assert response.url == f"/patients/{outsider.public_id}/"


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201, "a\0b", "\t\n"])
def test_a_reason_that_is_none_opens_nothing(locum: Client, outsider: Patient, reason: str) -> None:
    onward = f"/patients/{outsider.public_id}/edit/"
    page = locum.post(door(outsider), {"reason": reason, "next": onward})
    assert page.status_code == 200
    assert 'href="#id_reason"' in page.text
    assert f'name="next" value="{onward}"' in page.text
    assert CareAccess.objects.count() == 0
    assert not AuditEntry.objects.filter(action="record.break_glass").exists()


@pytest.mark.parametrize("reason", ["🙂", "\u202eאבג", "Nguyễn", "'; DROP TABLE x; --", "x" * 200])
def test_a_reason_in_any_script_is_kept_as_typed(
    locum: Client, outsider: Patient, reason: str
) -> None:
    locum.post(door(outsider), {"reason": reason})
    assert CareAccess.objects.get().reason == reason


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.MANAGER, Role.ASSISTANT])
def test_those_who_do_not_treat_are_refused_whatever_they_say(
    house: House, outsider: Patient, role: Role
) -> None:
    client = Client()
    client.force_login(make_user(house.clinic, role))
    for response in (client.get(door(outsider)), client.post(door(outsider), {"reason": "x"})):
        assert response.status_code == 403
        assert "FERRAND" not in response.text
    assert CareAccess.objects.count() == 0


def test_an_assistant_of_a_clinic_that_grants_it_may_say_why(
    house: House, outsider: Patient
) -> None:
    house.clinic.assistants_see_records = True
    house.clinic.save()
    client = Client()
    client.force_login(make_user(house.clinic, Role.ASSISTANT))
    assert client.post(door(outsider), {"reason": "Remplacement"}).status_code == 302
    assert CareAccess.objects.get().reason == "Remplacement"
