"""The patient's own page: the link, the birth date, and what is done with an appointment."""

import datetime as dt
import logging

import pytest
import time_machine
from django.conf import settings
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic import booking
from clinic.models import Appointment, AuditEntry, PatientLink, User
from clinic.portal import birth
from clinic.portal import visitor as visitors
from clinic.portal.words import SAID
from tests.factories import NOW, House, make_patient
from tests.pages.visiting import (
    BIRTH,
    SPOKEN,
    cancelled,
    link_of,
    make_link,
    put_cookie,
    row_of,
    shown_key,
    starts_on,
    visit,
)

DAY = dt.timedelta(days=1)
COOKIE = settings.PATIENT_COOKIE_NAME


@pytest.fixture
def appointments(house: House) -> list[Appointment]:
    """Three sessions, the first in a week."""
    house.patient.birth_on = BIRTH
    house.patient.save()
    return list(house.book_series(start_on=NOW.date() + 7 * DAY).appointments)


@pytest.fixture
def key(appointments: list[Appointment]) -> str:
    return link_of(appointments[0], expires_at=NOW + 30 * DAY)


@pytest.fixture
def phone(key: str, client: Client) -> Client:
    """A browser that came by the link."""
    return visit(client, key)


def address(what: str, appointment: Appointment) -> str:
    return reverse(f"my_{what}", args=[appointment.public_id])


def gone(response) -> bool:
    """The one page that says that a link does not open."""
    return response.status_code == 404 and "portal/gone.html" in [
        template.name for template in response.templates
    ]


# --- The link ------------------------------------------------------------------------------------


def test_a_link_leads_to_an_address_without_the_key(client: Client, key: str) -> None:
    response = client.get(reverse("patient_link", args=[key]))
    assert (response.status_code, response.url) == (302, "/my/")
    assert key not in client.get("/my/").text
    cookie = client.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert key not in cookie.value


def test_over_https_the_cookie_is_locked_to_the_host() -> None:
    """As the settings choose the name of the session's cookie."""
    https = settings.ENVIRONMENT.is_https
    assert settings.PATIENT_COOKIE_NAME.startswith("__Host-") is https


def test_unknown_expired_revoked_and_other_keys_get_the_same_page(
    house: House, client: Client, clock: time_machine.Traveller
) -> None:
    expired = make_link(house.patient, house.clinic, expires_at=NOW + dt.timedelta(minutes=1))
    revoked = make_link(house.patient, house.clinic)
    PatientLink.objects.filter(pk=row_of(revoked).pk).update(revoked_at=NOW)
    feed = make_link(house.patient, house.clinic, purpose="feed")
    clock.shift(dt.timedelta(minutes=1))
    pages = [
        client.get(reverse("patient_link", args=[key]))
        for key in (expired, revoked, feed, "unknown", "é", "x" * 300)
    ]
    assert all(gone(page) for page in pages)
    assert len({page.text for page in pages}) == 1
    assert COOKIE not in client.cookies


def test_without_a_link_the_page_does_not_exist_for_anybody(house: House, desk: Client) -> None:
    """Neither for a stranger nor for whoever is signed in."""
    assert gone(Client().get("/my/"))
    assert gone(desk.get("/my/"))


def test_a_patient_is_nobody_to_the_clinics_pages(phone: Client, house: House) -> None:
    response = phone.get(reverse("patient", args=[house.patient.public_id]))
    assert response.url.startswith("/login/")


def test_the_visit_lasts_half_an_hour_from_the_last_page(
    phone: Client, clock: time_machine.Traveller
) -> None:
    for _ in range(3):
        clock.shift(dt.timedelta(minutes=29))
        assert phone.get("/my/").status_code == 200
    clock.shift(dt.timedelta(minutes=31))
    assert gone(phone.get("/my/"))


def test_and_eight_hours_at_most(phone: Client, clock: time_machine.Traveller) -> None:
    for _ in range(17):
        clock.shift(dt.timedelta(minutes=28))
        assert phone.get("/my/").status_code == 200
    clock.shift(dt.timedelta(minutes=28))
    assert gone(phone.get("/my/"))


@pytest.mark.parametrize("change", [{"revoked_at": NOW}, {"expires_at": NOW + dt.timedelta(1)}])
def test_a_link_that_ends_ends_the_visit_at_once(
    phone: Client, key: str, change: dict, clock: time_machine.Traveller
) -> None:
    assert phone.get("/my/").status_code == 200
    PatientLink.objects.filter(pk=row_of(key).pk).update(**change)
    visit_goes_on = "expires_at" in change
    assert (phone.get("/my/").status_code == 200) is visit_goes_on
    clock.shift(DAY)
    assert gone(phone.get("/my/"))


@pytest.mark.parametrize("salt", ["other", "clinic.booking.proposal"])
def test_a_cookie_that_somebody_made_up_opens_nothing(phone: Client, key: str, salt: str) -> None:
    told = signing.loads(phone.cookies[COOKIE].value, salt=visitors.SALT)
    put_cookie(phone, told, salt=salt)
    assert gone(phone.get("/my/"))
    phone.cookies[COOKIE] = "nonsense"
    assert gone(phone.get("/my/"))


def test_the_control_the_same_cookie_with_its_own_salt_opens(phone: Client) -> None:
    put_cookie(phone, signing.loads(phone.cookies[COOKIE].value, salt=visitors.SALT))
    assert phone.get("/my/").status_code == 200


def test_closing_the_page_forgets_it(phone: Client) -> None:
    assert phone.post("/my/close/").status_code == 200
    assert gone(phone.get("/my/"))


def test_on_a_shared_phone_the_other_patients_form_is_no_longer_sent(
    house: House, key: str
) -> None:
    shared = Client(enforce_csrf_checks=True)
    visit(shared, key)
    shared.get("/my/")
    token = shared.cookies["csrftoken"].value
    visit(shared, key)
    assert shared.cookies["csrftoken"].value == token  # the same patient goes on
    visit(shared, make_link(make_patient("Autre"), house.clinic))
    stale = shared.post("/my/contact/", {"csrfmiddlewaretoken": token})
    assert stale.status_code == 403


# --- Before the birth date, and after ------------------------------------------------------------


def about_health(house: House) -> list[str]:
    """Words that stand on the page once the birth date was said."""
    return [house.protocol.name, house.patient.name, house.practitioner.name, "Séance"]


def health_pages(house: House) -> list[str]:
    series, protocol = house.patient.series.get().public_id, house.protocol.pk
    return [
        *(reverse(name, args=[protocol]) for name in ("my_questions", "my_agreement")),
        reverse("my_series_pdf", args=[series]),
        reverse("my_slip", args=[series, 1]),
        reverse("my_quote", args=["a" * 14]),
        reverse("my_quote_pdf", args=["a" * 14]),
        reverse("my_contact"),
    ]


def test_before_the_birth_date_nothing_about_health_is_shown(
    house: House, phone: Client, appointments: list[Appointment]
) -> None:
    pages = ["/my/", "/my/worry/", "/my/calendar/", "/my/birth/", "/my/appointments.ics"]
    pages += [address(what, appointments[1]) for what in ("move", "cancel")]
    for page in pages:
        text = phone.get(page).text
        assert [word for word in about_health(house) if word in text] == [], page


def test_the_control_afterwards_those_words_are_there(
    house: House, key: str, client: Client
) -> None:
    text = visit(client, key, knows_birth=True).get("/my/").text
    given = house.patient.given_name
    shown = [house.protocol.name, house.practitioner.name, "Séance", f"Bonjour {given}"]
    assert [word for word in shown if word not in text] == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_pages_about_health_ask_for_the_birth_date_first(
    house: House, phone: Client, method: str
) -> None:
    for page in health_pages(house):
        if method == "post" and ("pdf" in page or "slip" in page):
            continue  # taken away, and nothing is sent there
        response = getattr(phone, method)(page)
        assert response.status_code == 302, page
        assert response.url.startswith("/my/birth/"), page
    assert phone.post("/my/messages/").url == "/my/birth/"


def test_the_right_date_leads_back_to_where_it_was_asked(house: House, phone: Client) -> None:
    page = reverse("my_contact")
    asked = phone.get(page).url
    form = phone.get(asked).text
    assert f'name="next" value="{page}"' in form
    answered = phone.post("/my/birth/", {"birth_on": SPOKEN, "next": page})
    assert answered.url == page
    assert phone.get(page).status_code == 200


def test_nobody_is_led_to_somebody_elses_site(phone: Client) -> None:
    answered = phone.post("/my/birth/", {"birth_on": SPOKEN, "next": "https://evil.example/"})
    assert answered.url == "/my/"


@pytest.mark.parametrize("typed", ["31/01/1980", "31.01.1980", "1980-01-31", "31 01 1980"])
def test_a_birth_date_is_read_as_people_write_it(phone: Client, typed: str) -> None:
    assert phone.post("/my/birth/", {"birth_on": typed}).status_code == 302


@pytest.mark.parametrize("typed", ["", "hier", "31/02/1980", "01/01/1990", "\0", "9" * 400])
def test_a_wrong_birth_date_stays_in_the_field_with_a_word(phone: Client, typed: str) -> None:
    response = phone.post("/my/birth/", {"birth_on": typed})
    assert response.status_code == 409
    assert response.context["form"].errors["birth_on"]
    assert phone.get("/my/contact/").status_code == 302


def test_after_five_wrong_dates_the_page_says_to_wait_or_to_call(phone: Client) -> None:
    for _ in range(5):
        response = phone.post("/my/birth/", {"birth_on": "01/01/1990"})
    (said,) = response.context["form"].errors["birth_on"]
    assert said.startswith("Trop d’essais")
    assert phone.post("/my/birth/", {"birth_on": SPOKEN}).status_code == 409


def test_a_patient_without_a_date_reads_what_everybody_reads(house: House, phone: Client) -> None:
    wrong = phone.post("/my/birth/", {"birth_on": "01/01/1990"}).context["form"].errors
    house.patient.birth_on = None
    house.patient.save()
    assert phone.post("/my/birth/", {"birth_on": SPOKEN}).context["form"].errors == wrong


# --- What is done with an appointment ------------------------------------------------------------


def test_confirming_is_noted_with_the_link_it_came_by(
    phone: Client, key: str, appointments: list[Appointment]
) -> None:
    response = phone.post(address("confirm", appointments[0]), follow=True)
    assert str(SAID["confirmed"]) in response.text
    appointments[0].refresh_from_db()
    assert appointments[0].confirmed_at == NOW
    (entry,) = AuditEntry.objects.filter(action="appointment.confirm")
    assert str(entry.by) == "le patient, en ligne"
    assert entry.detail["link"] == row_of(key).pk
    assert not entry.by.is_active
    assert not entry.by.has_usable_password()


def test_an_appointment_is_moved_and_the_page_goes_on(
    phone: Client, key: str, appointments: list[Appointment]
) -> None:
    first = appointments[0]
    page = phone.get(address("move", first))
    start = starts_on(page.text)[0]
    form = {"starts_at": start, "key": shown_key(page.text)}
    response = phone.post(address("move", first), form, follow=True)
    assert response.redirect_chain == [("/my/?done=moved", 302)]
    first.refresh_from_db()
    assert (first.status, first.cancellation_reason) == ("cancelled", "moved")
    assert first.replaced_by.starts_at == dt.datetime.fromisoformat(start)
    assert gone(Client().get(reverse("patient_link", args=[key])))  # from before the move
    assert phone.get("/my/").status_code == 200


def test_the_second_press_is_answered_as_the_first(
    phone: Client, appointments: list[Appointment]
) -> None:
    """It carries the cookie that the first one ended."""
    first = appointments[0]
    page = phone.get(address("move", first))
    form = {"starts_at": starts_on(page.text)[0], "key": shown_key(page.text)}
    cookie = phone.cookies[COOKIE].value
    chains = []
    for _ in range(3):
        phone.cookies[COOKIE] = cookie
        chains.append(phone.post(address("move", first), form, follow=True).redirect_chain)
    assert chains == [[("/my/?done=moved", 302)]] * 3
    assert Appointment.objects.filter(replaces__isnull=False).count() == 1


def test_a_cookie_from_before_a_move_opens_nothing_else(
    phone: Client, appointments: list[Appointment]
) -> None:
    first = appointments[0]
    page = phone.get(address("move", first))
    cookie = phone.cookies[COOKIE].value
    form = {"starts_at": starts_on(page.text)[0], "key": shown_key(page.text)}
    phone.post(address("move", first), form)
    phone.cookies[COOKIE] = cookie
    assert gone(phone.get("/my/"))
    assert gone(phone.get(address("move", first)))
    assert gone(phone.post(address("cancel", appointments[1])))


def test_nor_when_the_clinic_moved_it(
    house: House, phone: Client, appointments: list[Appointment]
) -> None:
    first = appointments[0]
    place = booking.openings(booking.visit_of(first), on=first.on, now=NOW)[-1]
    booking.move(appointment=first, starts_at=place.starts_at, by=house.user, now=NOW)
    assert gone(phone.post(address("cancel", first)))


def test_a_place_that_breaks_a_neighbours_window_is_refused_whatever_is_sent(
    phone: Client, appointments: list[Appointment]
) -> None:
    second = appointments[1]
    for start in (appointments[0].starts_at + DAY, appointments[2].starts_at + DAY):
        response = phone.post(address("move", second), {"starts_at": start.isoformat()})
        assert response.status_code == 409
    assert Appointment.objects.count() == 3


def test_whoever_comes_second_is_shown_the_nearest_places(
    house: House, phone: Client, appointments: list[Appointment]
) -> None:
    first = appointments[0]
    start = starts_on(phone.get(address("move", first)).text)[-1]
    taken = dt.datetime.fromisoformat(start)
    ends = taken + dt.timedelta(minutes=30)
    house.occupy(house.room, f"{taken:%Y-%m-%d %H:%M}", f"{ends:%Y-%m-%d %H:%M}")
    response = phone.post(address("move", first), {"starts_at": start})
    assert response.status_code == 409
    assert "Ce créneau vient d’être pris" in response.text
    offered = starts_on(response.text)
    assert offered
    assert start not in offered


def test_within_a_day_an_appointment_is_moved_by_phone_and_cancelled_online(
    phone: Client, appointments: list[Appointment], key: str, clock: time_machine.Traveller
) -> None:
    first = appointments[0]
    clock.move_to(first.starts_at - dt.timedelta(hours=23))
    visit(phone, key)
    page = phone.get(address("move", first))
    assert "appelez-nous" in page.text
    assert starts_on(page.text) == []
    refused = phone.post(address("move", first), {"starts_at": (NOW + 9 * DAY).isoformat()})
    assert refused.status_code == 409
    assert phone.post(address("cancel", first)).url == "/my/?done=cancelled"


def test_once_begun_it_is_neither_moved_nor_cancelled(
    phone: Client, appointments: list[Appointment], key: str, clock: time_machine.Traveller
) -> None:
    first = appointments[0]
    clock.move_to(first.starts_at)
    visit(phone, key)
    assert phone.post(address("cancel", first)).status_code == 409
    first.refresh_from_db()
    assert first.status == "booked"


def test_cancelling_frees_the_place_and_says_who(
    phone: Client, appointments: list[Appointment]
) -> None:
    first, cookie = appointments[0], phone.cookies[COOKIE].value
    for _ in range(2):  # pressed twice
        phone.cookies[COOKIE] = cookie
        response = phone.post(address("cancel", first), follow=True)
        assert str(SAID["cancelled"]) in response.text
    first.refresh_from_db()
    assert (first.status, first.cancellation_reason) == ("cancelled", "patient")
    assert str(first.changed_by) == "le patient, en ligne"
    assert not first.holds.filter(active=True).exists()
    assert AuditEntry.objects.filter(action="appointment.cancel").count() == 1


@pytest.mark.parametrize("what", ["move", "cancel", "confirm"])
def test_somebody_elses_appointment_does_not_exist(house: House, phone: Client, what: str) -> None:
    other = house.book_series(patient=make_patient("Autre")).appointments[0]
    assert phone.post(address(what, other), {"starts_at": "x"}).status_code == 404
    other.refresh_from_db()
    assert (other.status, other.confirmed_at) == ("booked", None)


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"starts_at": "x"},
        {"starts_at": "2026-13-45T99:99"},
        {"starts_at": "\0"},
        {"starts_at": "2026-03-10T10:00", "only": "nobody"},
        {"starts_at": "2026-03-10T10:00", "key": "k" * 500},
    ],
)
def test_bad_input_is_told_and_moves_nothing(
    phone: Client, appointments: list[Appointment], form: dict
) -> None:
    assert phone.post(address("move", appointments[0]), form).status_code == 409
    assert phone.get(f"{address('move', appointments[0])}?on=x%00").status_code == 200


# --- Reading writes nothing; figures -------------------------------------------------------------


def reading(phone: Client, house: House, key: str) -> list[str]:
    pages = ["/my/", "/my/?done=moved", "/my/worry/", "/my/calendar/", "/my/appointments.ics"]
    pages += [reverse("patient_link", args=[key]), reverse("patient_stop", args=[key])]
    pages += [page for page in health_pages(house) if "aaa" not in page and "slip" not in page]
    found = house.patient.appointments.all()
    return pages + [address(what, one) for one in found for what in ("move", "cancel")]


@pytest.mark.parametrize("method", ["get", "head"])
def test_reading_sends_no_statement_that_writes(
    house: House, key: str, client: Client, method: str
) -> None:
    phone = visit(client, key, knows_birth=True)
    for page in reading(phone, house, key):
        with CaptureQueriesContext(connection) as asked:
            getattr(phone, method)(page)
        verbs = {query["sql"].split()[0].upper() for query in asked}
        assert verbs <= {"SELECT", "WITH"}, (page, verbs)
    assert "sessionid" not in phone.cookies
    assert not User.objects.filter(email__contains="portal").exists()


@pytest.mark.parametrize("knows_birth", [False, True])
def test_one_appointment_or_three_cost_the_same_queries(
    house: House, key: str, client: Client, appointments: list[Appointment], knows_birth: bool
) -> None:
    phone = visit(client, key, knows_birth=knows_birth)
    with CaptureQueriesContext(connection) as three:
        phone.get("/my/")
    for appointment in appointments[1:]:
        cancelled(appointment)
    with CaptureQueriesContext(connection) as one:
        phone.get("/my/")
    assert len(one) == len(three)


def test_links_and_cookies_stay_out_of_the_log(
    house: House, key: str, phone: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """As the handler of the product writes it: `tests.clinic.test_logs` has the rest."""
    with caplog.at_level(logging.DEBUG):
        phone.get("/my/")
        phone.post("/my/birth/", {"birth_on": "01/01/1990"})
    assert key not in caplog.text
    assert phone.cookies[COOKIE].value not in caplog.text


def test_the_language_is_the_patients_unless_another_is_chosen(house: House, phone: Client) -> None:
    assert "Vos rendez-vous" in phone.get("/my/", headers={"accept-language": "en"}).text
    house.patient.language = "en"
    house.patient.save()
    assert "Your appointments" in phone.get("/my/", headers={"accept-language": "fr"}).text
    phone.post("/language/", {"language": "fr", "next": "/my/"})
    assert "Vos rendez-vous" in phone.get("/my/").text


def test_times_are_those_of_the_clinic(
    house: House, phone: Client, appointments: list[Appointment]
) -> None:
    local = appointments[0].starts_at.astimezone(house.clinic.zone)
    assert f"{local:%H:%M}–" in phone.get("/my/").text


def test_wrong_tries_of_a_stranger_do_not_shut_the_page_itself(phone: Client) -> None:
    for _ in range(birth.TRIES):
        phone.post("/my/birth/", {"birth_on": "01/01/1990"})
    assert phone.get("/my/").status_code == 200


def test_a_dead_day_far_away_is_no_fault(phone: Client, appointments: list[Appointment]) -> None:
    assert phone.get(f"{address('move', appointments[0])}?on=2199-12-31").status_code == 200
