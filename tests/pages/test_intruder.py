"""What somebody tries who means harm: signed in with little, or not signed in at all."""

import datetime as dt
import re

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from clinic.models import AuditEntry, Role, User
from tests.factories import PASSWORD, House, make_user
from tests.pages.series_pages import asked
from tests.worker import work_off

NEW_PASSWORD = "quite another passphrase"


@pytest.fixture
def manager(house: House) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(make_user(house.clinic, Role.MANAGER))
    return client


# --- Signing in ----------------------------------------------------------------------------------


def is_let_in(email: str, password: str) -> bool:
    client = Client()
    client.post("/login/", {"login": email, "password": password})
    return client.get("/patients/").status_code == 200


@pytest.mark.parametrize("made_up", [0, 1000])
def test_wrong_tries_stay_counted_however_many_accounts_are_made_up(
    house: House, made_up: int
) -> None:
    make_user(house.clinic, email="anne@example.test")
    for _ in range(5):
        assert not is_let_in("anne@example.test", "wrong")
    for number in range(made_up):
        cache.set(f"made-up-{number}", [], 900)  # sorts behind the counts, which would go first
    assert not is_let_in("anne@example.test", PASSWORD)


@pytest.mark.parametrize(("minutes", "opens"), [(59, True), (61, False)])
def test_a_link_for_a_new_password_holds_for_an_hour(
    house: House, clock: time_machine.Traveller, minutes: int, opens: bool
) -> None:
    client = Client()
    client.post("/password/reset/", {"email": house.user.email})
    work_off()
    (link,) = re.findall(r"http://testserver(/password/reset/\S+)", mail.outbox[0].body)
    clock.shift(dt.timedelta(minutes=minutes))
    page = client.get(link, follow=True)
    assert ('name="password1"' in page.text) is opens


# --- The settings --------------------------------------------------------------------------------


def account_form(user: User, **fields: object) -> dict[str, object]:
    member = user.staff_members.earliest("pk")
    return {
        "email": user.email,
        "is_active": "on",
        "new_password": "",
        "staff_members-TOTAL_FORMS": 1,
        "staff_members-INITIAL_FORMS": 1,
        "staff_members-0-id": member.pk,
        "staff_members-0-user": user.pk,
        "staff_members-0-clinic": member.clinic_id,
        "staff_members-0-role": Role.ASSISTANT,
    } | fields


def test_a_manager_does_not_enter_another_clinic_as_a_colleague(
    house: House, manager: Client
) -> None:
    """Somebody who works at both: here only the role can change."""
    both = make_user(house.clinic, Role.RECEPTION, email="both@example.test")
    House().clinic.staff_members.create(user=both, role=Role.MANAGER)
    path = f"/settings/clinic/user/{both.pk}/change/"
    page = manager.get(path)
    assert 'name="email"' not in page.text
    assert 'name="new_password"' not in page.text
    mine = {"email": "mine@example.test", "new_password": NEW_PASSWORD, "is_active": ""}
    assert manager.post(path, account_form(both, **mine)).status_code == 302
    both.refresh_from_db()
    assert (both.email, both.is_active) == ("both@example.test", True)
    assert both.check_password(PASSWORD)
    assert both.staff_members.get(clinic=house.clinic).role == Role.ASSISTANT


def test_the_control_a_colleague_of_this_clinic_alone_gets_a_new_password(
    house: House, manager: Client
) -> None:
    path = f"/settings/clinic/user/{house.user.pk}/change/"
    manager.post(path, account_form(house.user, new_password=NEW_PASSWORD))
    house.user.refresh_from_db()
    assert house.user.check_password(NEW_PASSWORD)


def test_passwords_are_not_guessed_by_filtering(house: House, manager: Client) -> None:
    begins = house.user.password[:3]
    address = "/settings/clinic/user/?password__startswith="
    assert manager.get(address + begins).status_code == 400
    assert manager.get(f"/settings/clinic/user/?email={house.user.email}").status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        *["resource/?name=%00", "user/?email=%00", "auditentry/?action=%00", "user/?a%00=1"],
        "appointment/?starts_at__year=99999999999",
    ],
)
def test_a_filter_that_no_database_understands_is_refused(manager: Client, address: str) -> None:
    assert manager.get(f"/settings/clinic/{address}").status_code == 400


@pytest.mark.parametrize("ticked", ["\0", "x"])
def test_ticked_rows_that_are_none_are_refused(manager: Client, ticked: str) -> None:
    form = {"action": "delete_selected", "_selected_action": ticked, "post": "yes"}
    assert manager.post("/settings/clinic/absence/", form).status_code == 400


@pytest.mark.parametrize(
    "field",
    [
        "app_label=clinic&model_name=hold&field_name=appointment",
        "app_label=patients&model_name=treatmentsession&field_name=series",
    ],
)
def test_patients_are_not_listed_by_a_page_that_nothing_uses(
    house: House, manager: Client, field: str
) -> None:
    house.book_series()
    response = manager.get(f"/settings/autocomplete/?{field}&term=")
    assert response.status_code == 404
    assert house.patient.family_name.upper() not in response.text


# --- Patients ------------------------------------------------------------------------------------


def test_a_record_shown_because_it_changed_meanwhile_is_written_down(
    house: House, desk: Client
) -> None:
    """A form made up with an old version is answered with what the record says now."""
    form = {"family_name": "X", "version": "0", "gender": "female", "language": "fr"}
    response = desk.post(reverse("patient_edit", args=[house.patient.public_id]), form)
    assert house.patient.family_name in response.text
    (entry,) = AuditEntry.objects.filter(patient=house.patient)
    assert (entry.action, entry.by) == ("patient.read", house.user)


def test_the_title_of_a_series_says_nothing_of_the_care(house: House, desk: Client) -> None:
    """It stays in the history of the browser, beside the patient's name."""
    series = house.book_series().series
    page = desk.get(f"/series/{series.public_id}/").text
    title = page[: page.index("</title>")].rpartition("<title>")[2]
    assert house.patient.name in title
    assert series.protocol.name not in title


@pytest.mark.parametrize(
    "picks",
    [
        ["1@2027-06-02T09:30"],
        ["2@2035-06-04T09:30~nobody"],
        [f"{n}@{2026 + n % 9}-06-0{1 + n % 9}T09:30" for n in range(1, 100)],
    ],
)
def test_days_picked_beyond_what_was_looked_at_are_left_out(
    house: House, desk: Client, picks: list[str]
) -> None:
    response = desk.get("/series/new/", asked(house, pick=picks))
    assert response.status_code == 200
    assert not any(session.is_picked for session in response.context["page"].proposal.sessions)


def test_a_line_break_in_an_address_writes_no_line_of_a_calendar(
    house: House, desk: Client
) -> None:
    house.clinic.neutral_label = house.clinic.street = "Rue\rBEGIN:VALARM\r\nACTION:x"
    house.clinic.save()
    series = house.book_series().series
    lines = re.split(r"[\r\n]+", desk.get(f"/series/{series.public_id}.ics").text)
    assert lines.count("ACTION:x") == 0
    assert lines.count("BEGIN:VALARM") == 3  # our own reminders
