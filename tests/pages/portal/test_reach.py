"""How a patient is reached, the way out of messages, and their calendar."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from clinic import booking
from clinic.models import Appointment, AuditEntry, PatientLink
from clinic.outbox import links
from patients import contacts
from patients.models import Channel, MessageConsent, Purpose
from tests.factories import NOW, House
from tests.pages.visiting import BIRTH, link_of, make_link, make_message, row_of, visit

EMAIL, SMS = Channel.EMAIL, Channel.SMS


@pytest.fixture
def appointments(house: House) -> list[Appointment]:
    house.patient.birth_on, house.patient.email = BIRTH, "marie@example.test"
    house.patient.save()
    return list(house.book_series().appointments)


@pytest.fixture
def phone(house: House, appointments: list[Appointment], client: Client) -> Client:
    return visit(client, make_link(house.patient, house.clinic), knows_birth=True)


def contact(house: House, **fields: object) -> dict[str, object]:
    house.patient.refresh_from_db()
    told = {
        "phone": "06 12 34 56 78",
        "email": "autre@example.test",
        "preferred_channel": "sms",
        "language": "en",
        "version": house.patient.version,
    }
    return told | fields


def allowed(house: House) -> set[tuple[str, str]]:
    said = contacts.consents_of([house.patient.pk])[house.patient.pk]
    return {(p.value, c.value) for p in Purpose for c in Channel if said.allows(p, c)}


# --- Contacts and consents -----------------------------------------------------------------------


def test_contact_details_are_changed_and_written_down(house: House, phone: Client) -> None:
    assert phone.post("/my/contact/", contact(house)).url == "/my/?done=contact"
    house.patient.refresh_from_db()
    assert str(house.patient.phone) == "+33612345678"
    assert (house.patient.email, house.patient.preferred_channel) == ("autre@example.test", "sms")
    (entry,) = AuditEntry.objects.filter(action="patient.update")
    assert str(entry.by) == "le patient, en ligne"
    assert sorted(entry.detail["fields"]) == ["email", "language", "phone", "preferred_channel"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"phone": "+88213123456"}, "mail_only"),
        ({"phone": "+88213123456", "email": ""}, "no_texts"),
        ({"phone": "01 99 00 01 23"}, "mail_only"),  # a telephone without texts
        ({"phone": ""}, "contact"),
    ],
)
def test_a_number_that_gets_no_text_is_said_so(
    house: House, phone: Client, fields: dict, said: str
) -> None:
    house.clinic.sends_texts = True
    house.clinic.save()
    told = contact(house, preferred_channel="", language="fr", **fields)
    done = phone.post("/my/contact/", told)
    assert done.url == f"/my/?done={said}"
    assert ("SMS à ce numéro" in phone.get(done.url).text) == (said != "contact")


def test_an_address_that_is_said_again_is_tried_again(house: House, phone: Client) -> None:
    for channel, bad in (("email", "marie@example.test"), ("email", "alt@example.test")):
        contacts.mark_unusable(
            patient=house.patient, channel=channel, address=bad, answer="550", now=NOW
        )
    phone.post("/my/contact/", contact(house, email="marie@example.test"))
    left = house.patient.unusable_addresses.values_list("address", flat=True)
    assert list(left) == ["alt@example.test"]
    assert AuditEntry.objects.filter(action="messages.say_again").count() == 1


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"phone": "12"}, "phone"),
        ({"email": "nobody"}, "email"),
        ({"email": "\0@x"}, "email"),
        ({"phone": "", "email": ""}, "__all__"),
        ({"preferred_channel": "pigeon"}, "preferred_channel"),
        ({"language": "xx"}, "language"),
        ({"version": ""}, "version"),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_changes_nothing(
    house: House, phone: Client, fields: dict, wrong: str
) -> None:
    response = phone.post("/my/contact/", contact(house, **fields))
    assert response.status_code == 409
    assert list(response.context["form"].errors) == [wrong]
    house.patient.refresh_from_db()
    assert house.patient.email == "marie@example.test"


def test_a_file_that_the_desk_changed_meanwhile_is_not_overwritten(
    house: House, phone: Client
) -> None:
    form = contact(house)
    house.patient.version += 1
    house.patient.city = "Lyon"
    house.patient.save()
    response = phone.post("/my/contact/", form)
    assert response.status_code == 409
    assert 'value="autre@example.test"' in response.text
    assert phone.post("/my/contact/", contact(house)).status_code == 302


def test_nothing_else_of_the_file_can_be_changed(house: House, phone: Client) -> None:
    more = {"family_name": "Autre", "birth_on": "01/01/1990", "desk_note": "x", "street": "x"}
    phone.post("/my/contact/", contact(house, **more))
    before = (house.patient.family_name, BIRTH, "", "")
    house.patient.refresh_from_db()
    told = house.patient
    assert (told.family_name, told.birth_on, told.desk_note, told.street) == before


def test_each_purpose_is_chosen_by_channel_and_only_changes_are_written(
    house: House, phone: Client
) -> None:
    assert allowed(house) == {(p, c) for p in ("reminder", "aftercare") for c in ("email", "sms")}
    chosen = {"reminder-email": "on", "recall-email": "on"}
    for _ in range(2):
        assert phone.post("/my/messages/", chosen).url == "/my/?done=messages"
    assert allowed(house) == {("reminder", "email"), ("recall", "email")}
    rows = MessageConsent.objects.values_list("how", "by", "is_given")
    assert sorted(rows) == [("page", None, False)] * 3 + [("page", None, True)]
    assert AuditEntry.objects.filter(action="messages.choose").count() == 1


def test_a_page_from_before_does_not_take_back_what_was_said_since(
    house: House, phone: Client, appointments: list[Appointment]
) -> None:
    """Opened, then everything is ended by the link of a letter, then saved without a touch."""
    page = phone.get("/my/contact/")
    form = page.context["choices"]
    stale = {"shown": form["shown"].value()}
    stale |= {cell.name: "on" for cell in form.cells if cell.is_allowed}
    Client().post(stop_of(link_of(appointments[0])), {"what": "everything"})
    assert phone.post("/my/messages/", stale).status_code == 302
    assert allowed(house) == set()
    # The control: a box that they do tick counts.
    phone.post("/my/messages/", stale | {"recall-email": "on"})
    assert allowed(house) == {("recall", "email")}


def test_who_refuses_everything_hears_how_to_find_the_page(house: House, phone: Client) -> None:
    assert phone.post("/my/messages/", {}).url == "/my/?done=silence"
    assert "demandez-le-nous" in phone.get("/my/?done=silence").text
    assert phone.post("/my/messages/", {"reminder-email": "on"}).url == "/my/?done=messages"


# --- The way out ---------------------------------------------------------------------------------


def stop_of(key: str) -> str:
    return reverse("patient_stop", args=[key])


def test_opening_the_way_out_stops_nothing(house: House, appointments: list[Appointment]) -> None:
    page = Client().get(stop_of(link_of(appointments[0])))
    assert '<form method="post"' in page.text
    assert len(allowed(house)) == 4


@pytest.mark.parametrize(("channel", "left"), [("email", "sms"), ("sms", "email")])
def test_stopping_ends_the_channel_of_the_message_and_no_other(
    house: House, appointments: list[Appointment], channel: str, left: str
) -> None:
    key = link_of(appointments[0], message=make_message(appointments[0], channel))
    for _ in range(2):
        assert Client().post(stop_of(key)).status_code == 200
    assert allowed(house) == {("reminder", left), ("aftercare", left)}
    assert MessageConsent.objects.filter(how="unsubscribed").count() == 2
    (entry,) = AuditEntry.objects.filter(action="messages.stop")
    assert entry.detail == {"link": row_of(key).pk, "refused": 2}


def test_who_wants_no_more_recalls_keeps_their_reminders(
    house: House, appointments: list[Appointment]
) -> None:
    for channel in ("email", "sms"):
        contacts.agree(
            patient=house.patient, purpose="recall", channel=channel, is_given=True, how="desk",
            by=house.user, now=NOW,
        )  # fmt: skip
    before = allowed(house)
    key = link_of(appointments[0], message=make_message(appointments[0], kind="recall"))
    assert "rappeler vos rendez-vous déjà pris" in Client().get(stop_of(key)).text
    assert Client().post(stop_of(key)).status_code == 200
    assert before - allowed(house) == {("recall", "email"), ("recall", "sms")}


def test_who_ends_letters_hears_that_texts_go_on_and_may_end_those_too(
    house: House, appointments: list[Appointment]
) -> None:
    house.patient.phone = "+33639981234"
    house.patient.save()
    key = link_of(appointments[0])
    assert "par SMS" in Client().get(stop_of(key)).text
    stopped = Client().post(stop_of(key), {"what": "channel"}).text
    assert 'value="everything"' in stopped
    assert allowed(house) == {("reminder", "sms"), ("aftercare", "sms")}
    assert 'value="everything"' not in Client().post(stop_of(key), {"what": "everything"}).text
    assert allowed(house) == set()


def test_a_mail_program_stops_with_one_click_and_no_cookie(
    house: House, appointments: list[Appointment]
) -> None:
    """RFC 8058: a POST of its own, without the token of any page."""
    robot = Client(enforce_csrf_checks=True)
    response = robot.post(
        stop_of(link_of(appointments[0])),
        {"List-Unsubscribe": "One-Click"},
        headers={"origin": "null"},
    )
    assert response.status_code == 200
    assert ("reminder", "email") not in allowed(house)


def test_an_old_link_still_stops_messages(
    house: House, appointments: list[Appointment], clock: time_machine.Traveller
) -> None:
    key = link_of(appointments[0], expires_at=NOW + dt.timedelta(minutes=1))
    links.revoke([row_of(key)], now=NOW)
    clock.shift(dt.timedelta(days=90))
    assert Client().post(stop_of(key)).status_code == 200
    assert ("reminder", "email") not in allowed(house)


def test_an_unknown_key_stops_nothing(house: House, appointments: list[Appointment]) -> None:
    feed = make_link(house.patient, house.clinic, purpose="feed")
    for key in ("unknown", "\0", feed):
        assert Client().post(stop_of(key)).status_code == 404
    assert not MessageConsent.objects.exists()


# --- The calendar --------------------------------------------------------------------------------


def events(content: bytes) -> list[tuple[str, int, str]]:
    feed = Calendar.from_ical(content)
    return [(str(e["uid"]), int(e["sequence"]), str(e["status"])) for e in feed.walk("VEVENT")]


def made(phone: Client) -> str:
    """The path of a new address, as it is shown once."""
    page = phone.post("/my/calendar/", {"act": "make"}).context["address"]
    return str(page)[str(page).index("/cal/") :]


def test_the_file_has_every_appointment_and_says_nothing_of_the_care(
    house: House, phone: Client, appointments: list[Appointment]
) -> None:
    response = phone.get("/my/appointments.ics")
    assert len(events(response.content)) == 3
    assert "attachment" in response["Content-Disposition"]
    text = response.text
    for word in (house.protocol.name, house.patient.family_name, house.practitioner.name):
        assert word not in text


def test_the_feed_keeps_calendars_true(
    house: House, phone: Client, appointments: list[Appointment]
) -> None:
    path, reader = made(phone), Client()
    first, second, _third = appointments
    content = reader.get(path)
    assert content["Content-Type"].startswith("text/calendar")
    assert b"METHOD:PUBLISH" in content.content
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT6H" in content.content
    before = {uid: (sequence, status) for uid, sequence, status in events(content.content)}
    place = booking.openings(booking.visit_of(first), on=first.on, now=NOW)[-1]
    booking.move(appointment=first, starts_at=place.starts_at, by=house.user, now=NOW)
    booking.cancel(appointment=second, reason="patient", by=house.user, now=NOW)
    after = {uid: (sequence, status) for uid, sequence, status in events(reader.get(path).content)}
    assert set(after) == set(before)
    assert after[str(first.uid)] == (1, "CONFIRMED")
    assert after[str(second.uid)] == (1, "CANCELLED")
    for word in (house.protocol.name, house.patient.family_name, house.practitioner.name):
        assert word not in reader.get(path).text


def test_a_new_address_ends_the_old_one_and_closing_ends_both(phone: Client) -> None:
    first, second = made(phone), made(phone)
    assert [Client().get(path).status_code for path in (first, second)] == [404, 200]
    assert PatientLink.objects.filter(purpose="feed", revoked_at=None).count() == 1
    assert phone.post("/my/calendar/", {"act": "end"}).url == "/my/?done=calendar"
    assert [Client().get(path).status_code for path in (first, second)] == [404, 404]


def test_the_address_is_shown_once_and_to_nobody_else(phone: Client) -> None:
    path = made(phone)
    key = path.removeprefix("/cal/").removesuffix(".ics")
    for page in ("/my/", "/my/calendar/"):
        assert key not in phone.get(page).text
    assert Client().get(f"/cal/{key[:-1]}.ics").status_code == 404


def test_a_pages_key_reads_no_calendar(house: House, appointments: list[Appointment]) -> None:
    key = make_link(house.patient, house.clinic)
    assert Client().get(reverse("feed", args=[key])).status_code == 404
