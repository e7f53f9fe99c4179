"""The desk's list of whom to ring, and what may be done on its rows."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from clinic.models import AuditEntry, Message, PatientCall
from clinic.views import told
from patients import contacts
from patients.models import UnusableAddress
from tests.desk_rows import HOUR, make_message, make_visit
from tests.factories import NOW, House, make_appointment, make_patient, make_user


def test_the_desk_counts_and_shows_the_first(desk: Client, house: House) -> None:
    for hour in range(10, 13):
        make_message(make_visit(house, f"2026-03-04 {hour}:00"), status="failed", reason="refused")
    make_visit(house, "2026-03-05 10:00", email="", phone="")
    page = desk.get("/")
    lists = page.context["lists"]
    assert (len(lists.to_tell.rows), lists.to_tell.total, lists.out_of_reach) == (2, 3, 1)
    assert 'href="/desk/tell/"' in page.text
    assert 'href="/desk/reach/"' in page.text


def test_nothing_to_say_takes_no_room(desk: Client, house: House) -> None:
    make_message(make_visit(house))
    assert 'id="tell-title"' not in desk.get("/").text


@pytest.mark.parametrize("which", ["tell", "reach"])
def test_the_whole_list_pages_at_fifty(desk: Client, house: House, which: str) -> None:
    assert "is-empty" in desk.get(f"/desk/{which}/").text
    for number in range(53):
        hour, minute = divmod(number * 10, 60)
        start = f"2026-03-04 {8 + hour:02}:{minute:02}"
        if which == "reach":
            make_appointment_of_nobody(house, start)
        else:
            make_message(visit_of_ten_minutes(house, start), status="failed")
    first, second = desk.get(f"/desk/{which}/"), desk.get(f"/desk/{which}/?page=2")
    assert (len(first.context["rows"]), len(second.context["rows"])) == (50, 3)
    assert first.context["total"] == 53


def visit_of_ten_minutes(house: House, start: str, **contact: str) -> Any:
    patient = make_patient("Petit", "Léa", **contact)
    return make_appointment(house, patient, start, f"{start[:-1]}5")


def make_appointment_of_nobody(house: House, start: str) -> Any:
    return visit_of_ten_minutes(house, start, email="", phone="")


# --- Send again, or settle -----------------------------------------------------------------------


def test_send_again_from_the_row(desk: Client, house: House) -> None:
    message = make_message(make_visit(house), status="failed", reason="refused")
    assert f'action="/messages/{message.public_id}/again/"' in desk.get("/").text
    answer = desk.post(f"/messages/{message.public_id}/again/", {"next": "/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    made = Message.objects.get(round=1)
    assert (made.channel, made.status) == ("email", "due")
    assert desk.get("/").context["lists"].to_tell.total == 0


def test_again_by_what_is_left_when_the_address_was_refused(desk: Client, house: House) -> None:
    message = make_message(make_visit(house), status="failed", reason="refused")
    contacts.mark_unusable(
        patient=message.patient, channel="email", address=message.patient.email, answer="", now=NOW
    )
    desk.post(f"/messages/{message.public_id}/again/")
    assert Message.objects.get(round=1).channel == "sms"


def test_what_cannot_be_sent_says_why(desk: Client, house: House) -> None:
    message = make_message(make_visit(house, email="", phone=""), status="failed")
    answer = desk.post(f"/messages/{message.public_id}/again/", follow=True)
    assert "pas d’adresse utilisable" in answer.text
    assert Message.objects.count() == 1


def test_a_doubtful_one_is_settled_from_the_row(desk: Client, house: House) -> None:
    message = make_message(make_visit(house), status="doubtful", doubted_at=NOW)
    assert f'action="/messages/{message.public_id}/received/"' in desk.get("/").text
    desk.post(f"/messages/{message.public_id}/received/", {"next": "/"})
    message.refresh_from_db()
    assert (message.status, message.settled_at) == ("accepted", NOW)
    assert desk.get("/").context["lists"].to_tell.total == 0


def test_nobody_is_led_to_somebody_else_s_site(desk: Client, house: House) -> None:
    message = make_message(make_visit(house), status="doubtful")
    answer = desk.post(f"/messages/{message.public_id}/received/", {"next": "//evil.example/"})
    assert answer.headers["Location"] == f"/messages/{message.public_id}/"


# --- Calls ---------------------------------------------------------------------------------------


def call(client: Client, message: Message, **data: str) -> Any:
    address = f"/patients/{message.patient.public_id}/call/?message={message.public_id}&next=/"
    return client.post(address, {"outcome": "reached"} | data)


def test_a_call_is_written_down_and_takes_the_row_off(desk: Client, house: House) -> None:
    message = make_message(make_visit(house), status="failed")
    answer = call(desk, message, note="Vient bien")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    made = PatientCall.objects.get()
    assert (made.outcome, made.note, made.by, made.at) == ("reached", "Vient bien", house.user, NOW)
    assert (made.message, made.appointment) == (message, message.appointment)
    assert AuditEntry.objects.filter(action="patient.call", patient=message.patient).count() == 1
    assert desk.get("/").context["lists"].to_tell.total == 0


def test_a_wrong_number_gets_no_text_any_more(desk: Client, house: House) -> None:
    message = make_message(
        make_visit(house, phone="+33612345678", other_phone="+33698765432"), status="failed"
    )
    call(desk, message, outcome="wrong-number", number="+33612345678")
    bad = UnusableAddress.objects.get()
    assert (bad.channel, bad.address) == ("sms", "+33612345678")
    (way,) = contacts.reach(message.patient, "reminder")
    assert way.channel == "email"


def test_another_outcome_leaves_the_number_alone(desk: Client, house: House) -> None:
    call(desk, make_message(make_visit(house), status="failed"), outcome="no-answer")
    assert not UnusableAddress.objects.exists()


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"outcome": ""}, "outcome"),
        ({"outcome": "shouted"}, "outcome"),
        ({"note": "x" * 201}, "note"),
    ],
)
def test_a_call_that_says_nothing_is_refused_at_its_field(
    desk: Client, house: House, data: dict[str, str], field: str
) -> None:
    answer = call(desk, make_message(make_visit(house)), **{"note": "Vu"} | data)
    assert answer.status_code == 409
    assert field in answer.context["form"].errors
    assert not PatientCall.objects.exists()
    assert (data.get("note") or "Vu") in answer.text


def test_a_call_is_about_what_is_this_patient_s(desk: Client, house: House) -> None:
    message, other = make_message(make_visit(house)), make_visit(house, "2026-03-05 10:00")
    mine = f"/patients/{other.patient.public_id}/call/"
    assert desk.get(f"{mine}?message={message.public_id}").status_code == 404
    assert desk.get(f"{mine}?appointment={message.appointment.public_id}").status_code == 404  # type: ignore[union-attr]
    assert desk.get(f"{mine}?appointment={other.public_id}").status_code == 200
    assert desk.post(mine, {"outcome": "reached"}).status_code == 302
    assert PatientCall.objects.get().appointment is None


# --- The call list -------------------------------------------------------------------------------


def test_the_call_list_names_people_numbers_hours_and_why(desk: Client, house: House) -> None:
    make_message(make_visit(house, phone="+33612345678"), status="failed", reason="refused")
    make_visit(house, "2026-03-05 10:00", email="", phone="", other_phone="+33142345678")
    page = desk.get("/messages/calls/")
    assert page.context["page"].paginator.count == 2
    for word in ("06 12 34 56 78", "01 42 34 56 78", "Ni e-mail ni numéro de mobile", "5 mars"):
        assert word in page.text
    assert AuditEntry.objects.filter(action="messages.calls").count() == 2


def test_as_a_table_nothing_becomes_a_formula(desk: Client, house: House) -> None:
    visit = make_visit(house, "2026-03-05 10:00", email="", phone="")
    visit.patient.family_name = "=cmd|' /C calc'!A0"
    visit.patient.save()
    answer = desk.get("/messages/calls.csv")
    lines = b"".join(answer).decode().splitlines()
    assert answer.headers["Content-Disposition"] == 'attachment; filename="appels.csv"'
    assert lines[1].startswith("'=cmd|' /C calc'!A0;Léa;")
    assert lines[1].endswith("05/03/2026 10:00;Ni téléphone ni e-mail.")
    assert AuditEntry.objects.filter(action="messages.export", patient=visit.patient).count() == 1


def test_two_hundred_on_one_sheet(desk: Client, house: House) -> None:
    assert told.CALLS == 200
    for day in range(2, 6):
        for number in range(52):
            hour, minute = divmod(number * 10, 60)
            make_appointment_of_nobody(house, f"2026-03-0{day} {9 + hour:02}:{minute:02}")
    page = desk.get("/messages/calls/")
    assert (len(page.context["rows"]), page.context["page"].paginator.count) == (200, 208)


def test_the_desk_of_another_clinic_sees_nothing(desk: Client, house: House) -> None:
    make_message(make_visit(house), status="failed")
    other = House()
    client = Client()
    client.force_login(make_user(other.clinic))
    assert client.get("/messages/calls/").context["page"].paginator.count == 0
    assert client.get("/").context["lists"].to_tell.total == 0


def test_a_visit_in_the_past_is_nobody_s_business(desk: Client, house: House) -> None:
    visit = make_visit(house, "2026-03-01 10:00")
    make_message(
        visit, status="failed", due_at=NOW - 30 * HOUR, useful_until=NOW - dt.timedelta(hours=22)
    )
    assert desk.get("/").context["lists"].to_tell.total == 0
