"""The agenda's page and its JSON, through the client."""

import datetime as dt
import json

import pytest
from django.test import Client

from clinic.models import Appointment, Clinic
from tests.factories import (
    House,
    at,
    make_absence,
    make_appointment,
    make_clinic,
    make_patient,
    make_resource,
    make_user,
)

HTMX = {"HX-Request": "true"}
EVENTS = "/agenda/events/"


def titles(response) -> list[str]:
    found = response.json()["events"]
    return [event["title"] for event in found if event.get("display") != "background"]


def visit(house: House, start: str = "2026-03-02 10:00", name: str = "Petit") -> Appointment:
    end = (at(start) + dt.timedelta(minutes=30)).strftime("%Y-%m-%d %H:%M")
    return make_appointment(house, make_patient(name, "Léa"), start, end)


def test_the_page_carries_what_the_json_says(desk: Client, house: House) -> None:
    house.book_series()
    visit(house)
    page = desk.get("/agenda/")
    assert page.context["data"] == desk.get(EVENTS).json()
    assert json.dumps("DUPONT Marie") in page.text
    assert f'data-etag="{page.context["etag"].replace(chr(34), "&quot;")}"' in page.text
    assert [entry.patient for entry in page.context["agenda"].visits] == [
        "DUPONT Marie",
        "PETIT Léa",
    ]


def test_the_page_says_the_same_as_a_table(desk: Client, house: House) -> None:
    appointment = visit(house)
    text = desk.get("/agenda/").text
    assert f'href="/appointments/{appointment.public_id}/"' in text
    assert "PETIT Léa" in text
    assert "<strong>10:00</strong>" in text


def test_htmx_is_answered_with_the_list_alone(desk: Client, house: House) -> None:
    visit(house)
    response = desk.get("/agenda/?on=2026-03-02", headers=HTMX)
    assert response.templates[0].name == "agenda/_list.html"
    assert "<html" not in response.text
    assert response.text.strip() in desk.get("/agenda/?on=2026-03-02").text


def test_unchanged_is_304_and_changed_is_not(desk: Client, house: House) -> None:
    first = desk.get(EVENTS)
    etag = first.headers["ETag"]
    assert first.headers["Cache-Control"] == "no-store, private"
    again = desk.get(EVENTS, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    visit(house)
    changed = desk.get(EVENTS, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert titles(changed) == ["PETIT Léa"]
    make_absence(house.clinic, "2026-03-02 09:00", "2026-03-02 10:00", house.room)
    kept = desk.get(EVENTS, headers={"If-None-Match": changed.headers["ETag"]})
    assert kept.status_code == 304  # the room has no column here
    rooms = desk.get(EVENTS, {"by": "room"})
    assert rooms.headers["ETag"] != changed.headers["ETag"]


def test_another_clinics_appointments_are_absent(desk: Client, house: House) -> None:
    other = make_clinic()
    mine = visit(house)
    theirs = visit(house, name="Ailleurs")
    Appointment.objects.create(
        clinic=other,
        patient=theirs.patient,
        visit_type=theirs.visit_type,
        starts_at=at("2026-03-02 14:00"),
        ends_at=at("2026-03-02 15:00"),
        booked_at=theirs.booked_at,
        booked_by=house.user,
        changed_at=theirs.booked_at,
        changed_by=house.user,
    )
    foreign = make_resource(other, "practitioner", name="Dr Lointain")
    assert titles(desk.get(EVENTS)) == [mine.patient.name, "AILLEURS Léa"]
    for path in ("/agenda/", EVENTS, "/agenda/?by=room", "/"):
        assert foreign.public_id not in desk.get(path).text
        assert "15:00" not in json.dumps(
            [e for e in desk.get(EVENTS).json()["events"] if e.get("display") != "background"]
        )
    filtered = desk.get("/agenda/", {"practitioner": foreign.public_id})
    assert filtered.context["ask"].practitioner == ""


def test_somebody_of_no_clinic_is_refused(client: Client, house: House) -> None:
    client.force_login(make_user())
    assert client.get("/agenda/").status_code == 403
    assert client.get(EVENTS).status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        {"on": "2026-02-30"},
        {"on": "9999-12-31"},
        {"on": "0001-01-01"},
        {"on": "\0"},
        {"on": "9" * 10_000},
        {"view": "year", "by": "device", "state": "🦄", "room": "x" * 500},
        {"q": "\0"},
        {"q": "🦄" * 10_000},
        {"q": "'; DROP TABLE clinic_hold; --"},
        {"practitioner": "العلوي"},
    ],
)
def test_an_odd_address_is_no_error(desk: Client, house: House, query: dict[str, str]) -> None:
    visit(house)
    for path in ("/agenda/", EVENTS, "/"):
        response = desk.get(path, query)
        assert response.status_code == 200
    page = desk.get("/agenda/", query)
    assert page.context["ask"].on == dt.date(2026, 3, 2)
    assert (page.context["ask"].view, page.context["ask"].by) == ("day", "practitioner")


def test_a_day_that_does_not_exist_says_so(desk: Client, house: House) -> None:
    assert desk.get("/agenda/?on=2026-02-30").context["form"].errors["on"]


@pytest.mark.parametrize("on", ["2000-01-01", "2199-12-31"])
@pytest.mark.parametrize("view", ["day", "week"])
def test_the_first_and_the_last_day_can_be_looked_at(
    desk: Client, house: House, on: str, view: str
) -> None:
    assert desk.get("/agenda/", {"on": on, "view": view}).status_code == 200


def test_names_are_escaped(desk: Client, house: House) -> None:
    visit(house, name="<script>alert(1)</script>")
    for path in ("/agenda/", "/", "/agenda/?view=week"):
        text = desk.get(path).text.lower()
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text


def test_filters_stay_in_the_address(desk: Client, house: House) -> None:
    visit(house)
    page = desk.get("/agenda/", {"q": "petit", "room": house.room.public_id, "view": "week"})
    assert f"room={house.room.public_id}" in page.text
    assert page.context["ask"].is_filtered
    assert "on=2026-03-09" in page.text  # the week after, with the filters
    assert 'value="petit"' in page.text


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("path", "queries"), [("/agenda/", 11), (EVENTS, 10)])
def test_costs_the_same_for_many(
    desk: Client, house: House, django_assert_num_queries, count: int, path: str, queries: int
) -> None:
    for number in range(count):
        make_resource(house.clinic, "practitioner", name=f"Dr {number}")
        make_resource(house.clinic, "room", name=f"Salle {number + 2}")
        house.patient = make_patient("Petit", f"Léa {number}")
        house.book_series()
    desk.get(path)
    with django_assert_num_queries(queries):
        desk.get(path)


def test_a_reader_in_another_zone_sees_the_clinics_hours(desk: Client, house: House) -> None:
    Clinic.objects.update(timezone="America/Guadeloupe")
    visit(house, "2026-03-02 15:00")
    (event,) = [e for e in desk.get(EVENTS).json()["events"] if e.get("display") != "background"]
    assert event["start"] == "2026-03-02T10:00"  # 15:00 in Paris
