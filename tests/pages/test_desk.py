"""The desk's page: today, the lists, and the action on each row."""

import datetime as dt

import pytest
import time_machine
from django.test import Client

from clinic import booking
from clinic.models import Appointment, Clinic, WorkerBeat
from tests.factories import (
    NOW,
    House,
    make_absence,
    make_appointment,
    make_patient,
    make_resource,
    make_user,
)

HTMX = {"HX-Request": "true"}


def visit(house: House, start: str, end: str, name: str = "Petit", **fields: str) -> Appointment:
    made = make_appointment(house, make_patient(name, "Léa"), start, end)
    if fields:
        Appointment.objects.filter(pk=made.pk).update(**fields)
    return made


def test_the_empty_desk_says_so_in_each_list(desk: Client, house: House) -> None:
    page = desk.get("/")
    lists = page.context["lists"]
    every = (lists.next_in, lists.to_call, lists.to_close, lists.to_move)
    assert [some.total for some in every] == [0, 0, 0, 0]
    assert page.text.count("is-empty") == 4


def test_each_row_has_its_action(desk: Client, house: House) -> None:
    coming = visit(house, "2026-03-02 10:00", "2026-03-02 10:30", name="Coming")
    over = visit(house, "2026-02-27 10:00", "2026-02-27 10:30", name="Over")
    missed = visit(house, "2026-02-27 11:00", "2026-02-27 11:30", name="Missed", status="noshow")
    moving = house.occupy(house.room, "2026-03-03 10:00", "2026-03-03 10:30")
    make_absence(house.clinic, "2026-03-03 00:00", "2026-03-04 00:00")
    text = desk.get("/").text
    assert f'id="arrived-{coming.public_id}"' in text
    assert f'id="fulfilled-{over.public_id}"' in text
    assert f'id="noshow-{over.public_id}"' in text
    assert f'href="/visits/new/?patient={missed.patient.public_id}"' in text
    assert f'href="/appointments/{moving.public_id}/move/"' in text


def test_more_than_a_few_are_counted_and_one_click_away(desk: Client, house: House) -> None:
    for hour in range(9, 14):
        visit(house, f"2026-02-27 {hour:02}:00", f"2026-02-27 {hour:02}:30", name=f"Over{hour}")
    page = desk.get("/")
    to_close = page.context["lists"].to_close
    assert (len(to_close.rows), to_close.total) == (2, 5)
    assert 'href="/desk/close/"' in page.text
    assert [entry.patient for entry in desk.get("/desk/close/").context["rows"]] == [
        f"OVER{hour} Léa" for hour in range(9, 14)
    ]


def test_a_whole_list_pages_at_fifty(desk: Client, house: House) -> None:
    for number in range(53):
        hour, minute = divmod(number * 10, 60)
        start = f"2026-02-27 {9 + hour:02}:{minute:02}"
        visit(house, start, f"{start[:-1]}5", name=f"Over{number:02}")
    first, second = desk.get("/desk/close/"), desk.get("/desk/close/?page=2")
    assert (len(first.context["rows"]), len(second.context["rows"])) == (50, 3)
    assert first.context["page"].paginator.count == 53
    assert desk.get("/desk/close/?page=x").context["page"].number == 1


@pytest.mark.parametrize("which", ["call", "close", "move"])
def test_each_list_has_a_page_and_an_unknown_one_has_not(
    desk: Client, house: House, which: str
) -> None:
    assert desk.get(f"/desk/{which}/").context["which"] == which
    assert desk.get("/desk/next/").status_code == 404


def test_a_mark_on_the_desk_comes_back_to_it(desk: Client, house: House) -> None:
    coming = visit(house, "2026-03-02 10:00", "2026-03-02 10:30")
    address = f"/appointments/{coming.public_id}/mark/"
    plain = desk.post(address, {"mark": "arrived", "next": "/"})
    assert (plain.status_code, plain.headers["Location"]) == (302, "/")
    coming.refresh_from_db()
    assert coming.status == "arrived"
    answer = desk.post(address, {"mark": "undo", "next": "/"}, headers=HTMX, follow=True)
    assert answer.templates[0].name == "desk/_answer.html"
    assert 'id="desk-lists"' in answer.text
    assert 'hx-swap-oob="true"' in answer.text
    coming.refresh_from_db()
    assert coming.status == "booked"


def patients_to_close(response) -> list[str]:
    return [entry.patient for entry in response.context["lists"].to_close.rows]


def test_a_closed_row_stays_where_it_is_for_a_moment(
    desk: Client, house: House, clock: time_machine.Traveller
) -> None:
    first, *_rest = [
        visit(house, f"2026-02-27 {hour:02}:00", f"2026-02-27 {hour:02}:30", name=f"Over{hour}")
        for hour in range(9, 14)
    ]
    address = f"/appointments/{first.public_id}/mark/"
    page = desk.post(address, {"mark": "noshow", "next": "/"}, headers=HTMX, follow=True)
    assert patients_to_close(page) == [f"OVER{hour} Léa" for hour in (9, 10, 11)]
    assert page.context["lists"].to_close.total == 4
    assert f'id="undo-{first.public_id}"' in page.text
    assert f'id="fulfilled-{first.public_id}"' not in page.text
    clock.shift(31)
    assert patients_to_close(desk.get("/")) == [f"OVER{hour} Léa" for hour in (10, 11)]


def test_closed_in_one_go_they_leave_together(
    desk: Client, house: House, clock: time_machine.Traveller
) -> None:
    over = [
        visit(house, f"2026-02-27 {hour:02}:00", f"2026-02-27 {hour:02}:30", name=f"Over{hour}")
        for hour in range(9, 14)
    ]
    for made in over[:2]:
        clock.shift(25)
        desk.post(f"/appointments/{made.public_id}/mark/", {"mark": "fulfilled"})
    clock.shift(25)
    assert patients_to_close(desk.get("/")) == [f"OVER{hour} Léa" for hour in range(9, 13)]
    clock.shift(6)
    assert patients_to_close(desk.get("/")) == [f"OVER{hour} Léa" for hour in range(11, 13)]


def test_what_a_colleague_closes_goes_at_once(desk: Client, house: House) -> None:
    over = visit(house, "2026-02-27 09:00", "2026-02-27 09:30")
    colleague = make_user(house.clinic)
    booking.mark(appointment=over, status="fulfilled", by=colleague, now=NOW)
    assert patients_to_close(desk.get("/")) == []


def test_the_page_of_all_counts_what_is_left(desk: Client, house: House) -> None:
    for hour in (9, 10):
        made = visit(house, f"2026-02-27 {hour:02}:00", f"2026-02-27 {hour:02}:30")
    desk.post(f"/appointments/{made.public_id}/mark/", {"mark": "fulfilled"})
    page = desk.get("/desk/close/")
    assert (len(page.context["rows"]), page.context["total"]) == (2, 1)


def test_the_message_takes_the_mark_back_and_then_no_more(desk: Client, house: House) -> None:
    over = visit(house, "2026-02-27 09:00", "2026-02-27 09:30")
    address = f"/appointments/{over.public_id}/mark/"
    told = desk.post(address, {"mark": "fulfilled", "next": "/patients/"}, follow=True)
    assert f'action="{address}"' in told.text
    back = desk.post(address, {"mark": "undo", "next": "/patients/"}, follow=True)
    assert f'action="{address}"' not in back.text
    over.refresh_from_db()
    assert over.status == "booked"


def test_htmx_gets_the_same_lists_as_the_page_holds(desk: Client, house: House) -> None:
    visit(house, "2026-03-02 10:00", "2026-03-02 10:30")
    fragment = desk.get("/", headers=HTMX)
    assert "<html" not in fragment.text
    lists = fragment.context["lists"]
    assert lists.next_in.rows == desk.get("/").context["lists"].next_in.rows


@pytest.mark.parametrize(("minutes", "warned"), [(1, False), (6, True), (None, True)])
def test_a_late_worker_is_said_quietly(
    desk: Client, house: House, minutes: int | None, warned: bool
) -> None:
    if minutes is not None:
        WorkerBeat.objects.create(name="worker", at=NOW - dt.timedelta(minutes=minutes))
    assert ("bi-hourglass-split" in desk.get("/").text) is warned


@pytest.mark.parametrize("count", [1, 3])
def test_costs_the_same_for_many(
    desk: Client, house: House, django_assert_num_queries, count: int
) -> None:
    for number in range(count):
        make_resource(house.clinic, "practitioner", name=f"Dr {number}")
        make_resource(house.clinic, "room", name=f"Salle {number + 2}")
        house.patient = make_patient("Petit", f"Léa {number}")
        house.book_series()
        visit(house, f"2026-02-27 1{number}:00", f"2026-02-27 1{number}:30")
        visit(house, f"2026-02-26 1{number}:00", f"2026-02-26 1{number}:30", status="noshow")
        house.occupy(house.room, f"2026-03-03 1{number}:00", f"2026-03-03 1{number}:30")
    make_absence(house.clinic, "2026-03-03 00:00", "2026-03-04 00:00")
    desk.get("/")
    with django_assert_num_queries(37):
        desk.get("/")


def test_the_desk_is_told_when_the_days_text_messages_are_used_up(
    desk: Client, house: House
) -> None:
    notice = "Les SMS du jour sont épuisés."
    assert notice not in desk.get("/").text
    Clinic.objects.update(texts_a_day=0)
    assert notice in desk.get("/").text
    Clinic.objects.update(sends_texts=False)
    assert notice not in desk.get("/").text
