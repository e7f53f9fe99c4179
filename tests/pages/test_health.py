"""A worker or a sender that fell silent is seen: by a monitor, and on the desk."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from clinic.models import WorkerBeat
from tests.desk_rows import HOUR, make_message, make_visit
from tests.factories import NOW, House

MINUTE = dt.timedelta(minutes=1)


def beat(name: str, minutes: float) -> None:
    WorkerBeat.objects.update_or_create(name=name, defaults={"at": NOW - minutes * MINUTE})


def both_alive() -> None:
    beat("worker", 1)
    beat("messages", 1)


def test_all_is_well(client: Client, house: House) -> None:
    both_alive()
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    dead_man = client.get("/healthz/worker")
    assert (dead_man.status_code, dead_man.json()["status"]) == (200, "ok")


@pytest.mark.parametrize("name", ["worker", "messages"])
@pytest.mark.parametrize(("minutes", "alive"), [(4.9, True), (5.1, False), (600, False)])
def test_one_that_does_not_beat_for_five_minutes_is_dead(
    client: Client, house: House, name: str, minutes: float, alive: bool
) -> None:
    both_alive()
    beat(name, minutes)
    answer = client.get("/healthz")
    assert answer.status_code == 200  # pages and bookings work without it
    assert answer.json()["status"] == ("ok" if alive else "degraded")
    assert answer.json()[name]["state"] == ("ok" if alive else "late")
    assert client.get("/healthz/worker").status_code == (200 if alive else 503)


@pytest.mark.parametrize("name", ["worker", "messages"])
def test_one_that_never_was_is_not_taken_for_alive(client: Client, house: House, name: str) -> None:
    beat("messages" if name == "worker" else "worker", 1)
    assert client.get("/healthz").json()[name]["state"] == "never seen"
    assert client.get("/healthz/worker").status_code == 503


@pytest.mark.parametrize(
    ("fields", "is_late"),
    [
        ({"status": "due", "due_at": NOW - 16 * MINUTE}, True),
        ({"status": "retry", "due_at": NOW - 16 * MINUTE}, True),
        ({"status": "due", "due_at": NOW - 14 * MINUTE}, False),
        ({"status": "retry", "due_at": NOW - HOUR, "next_try_at": NOW + HOUR}, False),
        ({"status": "failed", "due_at": NOW - HOUR}, False),
        ({"status": "claimed", "leased_until": NOW - 16 * MINUTE}, True),
        ({"status": "claimed", "leased_until": NOW + MINUTE}, False),
    ],
)
def test_messages_that_wait_too_long_raise_it_too(
    desk: Client, house: House, fields: dict[str, Any], is_late: bool
) -> None:
    both_alive()
    make_message(make_visit(house), **fields)
    answer = desk.get("/healthz/worker")
    assert answer.status_code == (503 if is_late else 200)
    assert answer.json()["messages"]["overdue"] == is_late
    assert ("Les messages partent en retard" in desk.get("/").text) is is_late


# --- On the desk ---------------------------------------------------------------------------------


def test_the_desk_says_since_when_and_what_to_do(desk: Client, house: House) -> None:
    both_alive()
    assert "bi-envelope-exclamation" not in desk.get("/").text
    beat("messages", 20)
    make_message(make_visit(house), status="due", due_at=NOW - 20 * MINUTE)
    text = " ".join(desk.get("/").text.split())
    assert "Les messages ne partent pas depuis 07:40." in text
    assert "1 attend depuis plus d’un quart d’heure." in text
    assert "Rien n’est perdu" in text


def test_since_another_day_names_it(desk: Client, house: House) -> None:
    both_alive()
    beat("messages", 24 * 60)
    text = " ".join(desk.get("/").text.split())
    assert "Les messages ne partent pas depuis dimanche 1er mars, 08:00." in text


def test_another_clinic_s_messages_do_not_worry_this_desk(desk: Client, house: House) -> None:
    both_alive()
    make_message(make_visit(House()), status="due", due_at=NOW - HOUR)
    assert "bi-envelope-exclamation" not in desk.get("/").text


def test_a_sender_that_never_was_is_missed_once_something_waits(desk: Client, house: House) -> None:
    beat("worker", 1)
    assert "bi-envelope-exclamation" not in desk.get("/").text
    make_message(make_visit(house), status="due", due_at=NOW - HOUR)
    assert "bi-envelope-exclamation" in desk.get("/").text


def test_a_beating_sender_does_not_hide_a_dead_worker(desk: Client, house: House) -> None:
    beat("worker", 6)
    beat("messages", 0)
    assert "bi-hourglass-split" in desk.get("/").text
