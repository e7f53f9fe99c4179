"""Mail robots follow every link, twenty times, with scripts; patients press twice. Real processes.

A robot may change nothing: the checksum over every table of the database stays what it was.
"""

import datetime as dt
import hashlib
import re
from pathlib import Path

import playwright.sync_api
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic import booking
from clinic.models import Appointment
from tests.factories import House
from tests.faults import invariants
from tests.faults.conftest import Report
from tests.faults.processes import Work, errors, together
from tests.faults.serving import Browser
from tests.pages.visiting import BIRTH, link_of, make_link

pytestmark = pytest.mark.usefixtures("own_database")

TIMES = 20
CLIENTS = 20
FORM = re.compile(r'name="(csrfmiddlewaretoken|key|only|starts_at)" value="([^"]*)"')
LINK = re.compile(r'href="(/[^"#]*)')


@pytest.fixture
def house() -> House:
    house = House()
    house.patient.birth_on = BIRTH
    house.patient.save()
    return house


def booked(house: House) -> list[Appointment]:
    """A series that lies ahead of the clock on the wall, which the server reads."""
    now = timezone.now()
    ask = house.ask(start_on=now.date() + dt.timedelta(days=10))
    token = booking.propose(ask, now=now).token
    done = booking.book(token=token, key="", by=house.user, clinic=house.clinic, now=now)
    assert isinstance(done, booking.Booked), done
    return list(done.appointments)


def keys_of(appointments: list[Appointment]) -> list[str]:
    return [link_of(appointment) for appointment in appointments]


def addresses(house: House, keys: list[str]) -> list[str]:
    """Everything that may stand in a message."""
    feed = make_link(house.patient, house.clinic, purpose="feed")
    told = [reverse(name, args=[key]) for key in keys for name in ("patient_link", "patient_stop")]
    return [*told, reverse("feed", args=[feed])]


def checksum() -> str:
    """Of every row of every table."""
    total = hashlib.sha256()
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = sorted(repr(row) for row in cursor.fetchall())
            total.update(f"{table} {len(rows)} {rows}".encode())
    return total.hexdigest()


def hosted(port: int) -> str:
    return f"http://127.0.0.1:{port}"


# --- The robot -----------------------------------------------------------------------------------


def test_a_robot_without_scripts_changes_nothing(
    house: House, port: int, tmp_path: Path, report: Report
) -> None:
    keys = keys_of(booked(house))
    told, before = addresses(house, keys), checksum()
    asked = 0
    for address in told:
        for method in ("GET", "HEAD") * TIMES:
            asked += 1 + follow(Browser(port, {}), method, address)
    assert checksum() == before
    assert all(Client().get(reverse("patient_link", args=[key])).status_code == 302 for key in keys)
    log = (tmp_path / "serve.log").read_text()
    assert [key for key in keys if key in log] == []
    report(requests=asked, tables_changed=0)


def follow(robot: Browser, method: str, address: str) -> int:
    """What it finds behind the link, and behind that once."""
    status, text = robot.ask(method, address)
    if status == 302:
        _status, text = robot.ask(method, "/my/")
    links = sorted(set(LINK.findall(text)))
    for link in links:
        robot.ask(method, link)
    return len(links)


def test_a_robot_that_runs_scripts_changes_nothing(
    house: House, port: int, browser: playwright.sync_api.Browser, tmp_path: Path, report: Report
) -> None:
    keys = keys_of(booked(house))
    told, before, referrers = addresses(house, keys), checksum(), set()
    for address in told:
        context = browser.new_context()
        page = context.new_page()
        page.on("request", lambda request: referrers.add(request.headers.get("referer", "")))
        for _ in range(TIMES):
            visit_with_scripts(page, f"{hosted(port)}{address}")
            page.request.head(f"{hosted(port)}{address}")
        context.close()
    assert checksum() == before
    assert [told for told in referrers if any(key in told for key in keys)] == []
    log = (tmp_path / "serve.log").read_text()
    assert [key for key in keys if key in log] == []
    report(links=len(told), times=TIMES, tables_changed=0)


def visit_with_scripts(page: playwright.sync_api.Page, address: str) -> None:
    try:
        page.goto(address, wait_until="load")
    except playwright.sync_api.Error as error:  # a calendar is a download
        if "Download is starting" not in str(error):
            raise


def test_the_control_a_page_that_writes_when_it_is_read_is_seen(house: House, port: int) -> None:
    """The clinic's page of a patient writes down who looked."""
    desk = Client()
    desk.force_login(house.user)
    cookies = {name: morsel.value for name, morsel in desk.cookies.items()}
    before = checksum()
    status, _page = Browser(port, cookies).ask(
        "GET", reverse("patient", args=[house.patient.public_id])
    )
    assert status == 200
    assert checksum() != before


# --- Pressed twice, and at once ------------------------------------------------------------------


def moving(port: int, cookies: dict[str, str], address: str, form: dict[str, str]) -> Work:
    return lambda: Browser(port, dict(cookies)).ask("POST", address, form)


def opened(port: int, key: str, address: str) -> tuple[dict[str, str], dict[str, str], list[str]]:
    """The cookies of a phone, the form of its page, and the hours it is offered."""
    phone = Browser(port, {})
    assert phone.ask("GET", reverse("patient_link", args=[key]))[0] == 302
    _status, page = phone.ask("GET", address)
    starts = re.findall(r'name="starts_at" value="([^"]+)"', page)
    return phone.cookies, dict(FORM.findall(page)), starts


def test_twenty_posts_of_one_move_are_one_move(house: House, port: int, report: Report) -> None:
    first = booked(house)[0]
    address = reverse("my_move", args=[first.public_id])
    cookies, form, starts = opened(port, link_of(first), address)
    form["starts_at"] = starts[0]
    answers = together([moving(port, cookies, address, form) for _ in range(CLIENTS)])
    assert errors(answers) == []
    assert {status for status, _page in (answer.value for answer in answers)} == {302}
    assert invariants.broken() == {}
    assert Appointment.objects.filter(replaces__isnull=False).count() == 1
    report(answers, posts=CLIENTS, moves=1)


def test_twenty_tabs_that_choose_differently_are_one_move_too(
    house: House, port: int, report: Report
) -> None:
    """The control: without one key for all of them, nineteen are told that it changed."""
    first = booked(house)[0]
    address = reverse("my_move", args=[first.public_id])
    cookies, form, starts = opened(port, link_of(first), address)
    forms = [
        form | {"starts_at": starts[n % len(starts)], "key": f"tab{n}"} for n in range(CLIENTS)
    ]
    answers = together([moving(port, cookies, address, each) for each in forms])
    assert errors(answers) == []
    statuses = sorted(status for status, _page in (answer.value for answer in answers))
    assert statuses == [302] + [409] * (CLIENTS - 1)
    assert invariants.broken() == {}
    assert Appointment.objects.filter(replaces__isnull=False).count() == 1
    report(answers, posts=CLIENTS, moves=1, refused=CLIENTS - 1)
