"""Booking a single visit, and a session of a running series that has no place."""

import datetime as dt

import pytest
from django.test import Client

from clinic import booking
from clinic.models import Appointment
from tests.factories import NOW, House, make_visit_type
from tests.pages.test_appointments import address, errors, series, snapshot


def test_a_single_visit_begins_with_whom(desk: Client, house: House) -> None:
    page = desk.get("/visits/new/", {"q": "dupont"})
    assert [patient.name for patient in page.context["found"]] == ["DUPONT Marie"]
    assert f"?patient={house.patient.public_id}" in page.text


def test_a_single_visit_is_booked_once_however_often_it_is_sent(desk: Client, house: House) -> None:
    make_visit_type()
    path = f"/visits/new/?patient={house.patient.public_id}&on=2026-03-03"
    page = desk.get(path)
    assert page.context["choice"].on == dt.date(2026, 3, 3)
    (group,) = page.context["choice"].groups
    sent = {
        "starts_at": group.places[2].starts_at.isoformat(),
        "only": house.practitioner.public_id,
        "key": page.context["key"],
    }
    once, twice = desk.post(path, sent), desk.post(path, sent)
    made = Appointment.objects.get()
    assert once.headers["Location"] == twice.headers["Location"] == address(made)
    assert (made.starts_at, made.practitioner) == (group.places[2].starts_at, house.practitioner)


def test_a_time_that_was_just_taken_keeps_the_form(desk: Client, house: House) -> None:
    make_visit_type()
    house.occupy(house.room, "2026-03-03 09:00", "2026-03-03 10:00")
    before = snapshot()
    path = f"/visits/new/?patient={house.patient.public_id}&on=2026-03-03"
    response = desk.post(path, {"starts_at": "2026-03-03T09:00", "key": "k"})
    assert (response.status_code, list(errors(response))) == (409, ["starts_at"])
    assert response.context["choice"].on == dt.date(2026, 3, 3)
    assert snapshot() == before


def test_a_single_visit_without_a_kind_says_so(desk: Client, house: House) -> None:
    response = desk.get("/visits/new/", {"patient": house.patient.public_id})
    assert (response.status_code, response.context["visit_type"]) == (200, None)


@pytest.mark.parametrize(
    "query",
    [{"on": "2026-02-30"}, {"visit_type": "x"}, {"practitioner": "\0"}, {"on": "9999-12-31"}],
)
def test_an_odd_address_of_a_visit_is_no_error(
    desk: Client, house: House, query: dict[str, str]
) -> None:
    make_visit_type()
    path = "/visits/new/"
    assert desk.get(path, {"patient": house.patient.public_id} | query).status_code == 200
    assert desk.get(path, {"patient": "\0nobody"}).status_code == 404
    assert desk.get(path, {"q": "\0🦄" + "x" * 10_000}).status_code == 200


def test_a_session_is_booked_again(desk: Client, house: House) -> None:
    first, *_rest = series(house)
    booking.cancel(appointment=first, reason="patient", by=house.user, now=NOW)
    path = f"/sessions/{first.session.series.public_id}/1/book/"
    page = desk.get(path)
    place = page.context["choice"].groups[0].places[0]
    response = desk.post(path, {"starts_at": place.starts_at.isoformat(), "key": "k"})
    made = Appointment.objects.get(session=first.session, status="booked")
    assert response.headers["Location"] == address(made)
    assert desk.post(path, {"starts_at": "2026-03-04T10:00", "key": "k2"}).status_code == 409


def test_a_session_that_has_a_place_is_refused(desk: Client, house: House) -> None:
    first, *_rest = series(house)
    before = snapshot()
    path = f"/sessions/{first.session.series.public_id}/1/book/"
    assert desk.post(path, {"starts_at": "2026-03-03T10:00"}).status_code == 409
    assert desk.get(f"/sessions/{first.session.series.public_id}/9/book/").status_code == 404
    assert desk.get("/sessions/nothing/1/book/").status_code == 404
    assert snapshot() == before
