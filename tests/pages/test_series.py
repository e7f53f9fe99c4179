"""Booking a series, its page, planning the rest, stopping it."""

import datetime as dt

import pytest
from django.test import Client

from clinic import booking
from clinic.models import Appointment, AuditEntry, Hold
from patients.models import Series
from tests.factories import (
    NOW,
    House,
    make_clinic,
    make_user,
)
from tests.pages.series_pages import (
    ENGLISH,
    address,
    asked,
    errors,
    post_of,
    starts,
)

# --- Booking -----------------------------------------------------------------------------------


def test_what_is_shown_is_what_is_booked(desk: Client, house: House) -> None:
    page = desk.get("/series/new/", asked(house))
    response = desk.post(address(page), post_of(page))
    series = Series.objects.get()
    assert response.headers["Location"] == f"/series/{series.public_id}/"
    local = [a.starts_at.astimezone(house.clinic.zone) for a in Appointment.objects.all()]
    assert [f"{start:%Y-%m-%d %H:%M}" for start in local] == starts(page)


def test_a_double_click_makes_one_series(desk: Client, house: House) -> None:
    page = desk.get("/series/new/", asked(house))
    sent = post_of(page)
    places = {desk.post(address(page), sent).headers["Location"] for _click in range(3)}
    assert len(places) == 1
    assert Series.objects.count() == 1
    assert Appointment.objects.count() == 3


def test_a_time_just_taken_brings_a_new_proposal_and_books_nothing(
    desk: Client, house: House
) -> None:
    page = desk.get("/series/new/", asked(house))
    house.occupy(house.room, "2026-03-23 09:00", "2026-03-23 09:30")
    response = desk.post(address(page), post_of(page), headers=ENGLISH)
    assert response.status_code == 409
    assert not Series.objects.exists()
    assert Hold.objects.count() == 1
    assert "This time has just been taken. Here is the nearest that keeps the series." in (
        response.text
    )
    assert starts(response) == ["2026-03-02 09:00", "2026-03-23 09:30", "2026-04-13 09:00"]
    assert [row.was is not None for row in response.context["page"].rows] == [False, True, False]
    assert post_of(response)["key"] != post_of(page)["key"]
    assert desk.post(address(response), post_of(response)).status_code == 302


@pytest.mark.parametrize("odd", ["", "x" * 10_000, "\0", "a:b:c", "🙂"])
def test_a_token_that_is_not_ours_books_nothing(desk: Client, house: House, odd: str) -> None:
    page = desk.get("/series/new/", asked(house))
    response = desk.post(address(page), post_of(page) | {"token": odd, "key": odd, "shown": odd})
    assert response.status_code == 409
    assert not Series.objects.exists()


def test_a_proposal_of_another_clinic_is_not_booked_here(desk: Client, house: House) -> None:
    page = desk.get("/series/new/", asked(house))
    other = make_clinic()
    client = Client()
    client.force_login(make_user(other))
    response = client.post(address(page), post_of(page))
    assert response.status_code == 409
    assert not Series.objects.exists()


# --- The page of a series ----------------------------------------------------------------------


def test_a_series_shows_its_sessions_and_what_can_be_done(desk: Client, house: House) -> None:
    series = house.book_series().series
    response = desk.get(f"/series/{series.public_id}/", headers=ENGLISH)
    rows = response.context["page"].rows
    assert [row.gap_days for row in rows] == [None, 21, 21]
    assert [row.keeps_gap for row in rows] == [True, True, True]
    assert [row.may_move for row in rows] == [True, True, True]
    for said in ("DUPONT Marie", "Monday 13 April 2026", "Dr Roux", "0 of 3 done", "<svg"):
        assert said in response.text
    assert response.context["page"].first_to_plan is None


@pytest.mark.parametrize("sessions", [1, 3])
def test_a_series_page_costs_the_same_for_many(
    desk: Client, house: House, sessions: int, django_assert_num_queries
) -> None:
    series = house.book_series(through=sessions).series
    with django_assert_num_queries(13):
        response = desk.get(f"/series/{series.public_id}/")
    assert len(response.context["page"].rows) == sessions


def test_a_session_that_lost_its_appointment_waits_with_its_window(
    desk: Client, house: House
) -> None:
    booked = house.book_series()
    gone = booked.appointments[1]
    booking.cancel(appointment=gone, reason="patient", note="", by=house.user, now=NOW)
    response = desk.get(f"/series/{booked.series.public_id}/", headers=ENGLISH)
    row = response.context["page"].rows[1]
    assert (row.stands, row.may_book, row.attempt) == (False, True, gone)
    assert "between 16 March and 30 March 2026" in response.text
    assert "<del>23 March, 09:00</del>" in response.text


def test_reading_a_series_is_written_down(desk: Client, house: House) -> None:
    series = house.book_series().series
    desk.get(f"/series/{series.public_id}/")
    entry = AuditEntry.objects.get(action="series.read")
    assert (entry.patient, entry.by) == (house.patient, house.user)


def test_the_rest_is_planned_from_the_last_date(desk: Client, house: House) -> None:
    series = house.book_series(through=1).series
    path = f"/series/{series.public_id}/plan/"
    assert path in desk.get(f"/series/{series.public_id}/").text
    page = desk.get(path)
    assert starts(page) == ["2026-03-23 09:00", "2026-04-13 09:00"]
    desk.post(address(page), post_of(page))
    assert Series.objects.count() == 1
    assert series.sessions.count() == Appointment.objects.count() == 3
    assert desk.get(path).headers["Location"] == f"/series/{series.public_id}/"


def test_the_rest_begins_where_it_begins_whatever_the_address_says(
    desk: Client, house: House
) -> None:
    series = house.book_series(through=1).series
    page = desk.get(f"/series/{series.public_id}/plan/", {"first": 3, "patient": "x"})
    assert [row.number for row in page.context["page"].rows] == [2, 3]


def test_a_series_begun_elsewhere_keeps_counting_from_there(desk: Client, house: House) -> None:
    series = house.book_series(from_number=2, through=2, previous_on=dt.date(2026, 2, 16)).series
    page = desk.get(f"/series/{series.public_id}/plan/")
    assert starts(page) == ["2026-03-30 09:00"]
    shown = desk.get(f"/series/{series.public_id}/").context["page"].rows
    assert [(row.session.number, row.gap_days) for row in shown] == [(2, 21)]


# --- Stopping ----------------------------------------------------------------------------------


def test_stopping_says_what_will_be_lost_and_cancels_it(desk: Client, house: House) -> None:
    series = house.book_series().series
    path = f"/series/{series.public_id}/stop/"
    page = desk.get(path, headers=ENGLISH)
    assert "Stop and cancel 3 appointments" in page.text
    assert "Monday 13 April 2026, 09:00" in page.text
    assert Appointment.objects.filter(status="booked").count() == 3
    response = desk.post(path, {"reason": "patient", "note": "déménage"})
    assert response.headers["Location"] == f"/series/{series.public_id}/"
    series.refresh_from_db()
    assert (series.status, series.closing_reason) == ("revoked", "déménage")
    assert set(Appointment.objects.values_list("status", "cancellation_reason")) == {
        ("cancelled", "patient")
    }
    assert "stop/" not in desk.get(f"/series/{series.public_id}/").text


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "reason"),
        ({"reason": "moved"}, "reason"),
        ({"reason": "\0"}, "reason"),
        ({"reason": "patient", "note": "x" * 201}, "note"),
        ({"reason": "patient", "note": "a\0b"}, "note"),
    ],
)
def test_stopping_needs_a_reason(
    desk: Client, house: House, sent: dict[str, str], field: str
) -> None:
    series = house.book_series().series
    response = desk.post(f"/series/{series.public_id}/stop/", sent)
    assert list(errors(response)) == [field]
    assert Appointment.objects.filter(status="booked").count() == 3


def test_stopping_twice_says_that_it_has_ended(desk: Client, house: House) -> None:
    path = f"/series/{house.book_series().series.public_id}/stop/"
    desk.post(path, {"reason": "patient"})
    assert desk.post(path, {"reason": "patient"}).status_code == 200
    assert AuditEntry.objects.filter(action="series.stop").count() == 1
