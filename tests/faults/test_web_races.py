"""The same race through the real web server: what fifty browsers are told, and what is written."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client

from tests.factories import House, make_patient
from tests.faults import invariants
from tests.faults.conftest import Report
from tests.faults.processes import Work, errors, together

pytestmark = [pytest.mark.usefixtures("own_database"), pytest.mark.alone]

CLIENTS = 50
SECONDS_TO_START = 60
TOKEN = re.compile(r'name="(token|key|csrfmiddlewaretoken)"\s+value="([^"]+)"')


@dataclass(frozen=True)
class Browser:
    """One that is signed in at the desk."""

    port: int
    cookies: dict[str, str]

    def ask(self, method: str, address: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        server = HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "text/html",
        }
        server.request(method, address, urlencode(form or {}), headers)
        response = server.getresponse()
        text = response.read().decode()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        server.close()
        return response.status, text


@pytest.fixture
def port(served_data: Path, tmp_path: Path) -> Iterator[int]:
    """The product as it is served, on the database of this test."""
    shutil.copytree(served_data, tmp_path, dirs_exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    connections.close_all()
    server = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--no-worker"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "PORT": str(port), "DEMO": "0", **where(tmp_path)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


def where(folder: Path) -> dict[str, str]:
    """The environment that leads another process to this test's database."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return {"DATA_DIR": str(folder), "DATABASE_URL": f"sqlite:///{name}"}
    server, _slash, _name = os.environ["DATABASE_URL"].rpartition("/")
    return {"DATA_DIR": str(folder), "DATABASE_URL": f"{server}/{name}"}


def wait_for(port: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        try:
            Browser(port, {}).ask("GET", "/login/")
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the server did not answer")


def signed_in(house: House) -> dict[str, str]:
    client = Client()
    client.force_login(house.user)
    return {name: morsel.value for name, morsel in client.cookies.items()}


def posting(browser: Browser, address: str, form: dict[str, str]) -> Work:
    return lambda: browser.ask("POST", address, form)


def test_fifty_browsers_that_saw_the_same_free_hour(port: int, report: Report) -> None:
    house = House(sessions=1)
    cookies, works, seen = signed_in(house), [], set()
    for _ in range(CLIENTS):
        browser = Browser(port, dict(cookies))
        query = {"patient": make_patient().public_id, "protocol": house.protocol.pk}
        address = f"/series/new/?{urlencode(query)}"
        status, page = browser.ask("GET", address)
        assert status == 200
        form = dict(TOKEN.findall(page))
        seen.add(form["token"])
        works.append(posting(browser, address, form))
    answers = together(works)
    assert errors(answers) == []
    statuses = [status for status, _page in (answer.value for answer in answers)]
    assert sorted(statuses) == [302] + [409] * (CLIENTS - 1)
    for status, page in (answer.value for answer in answers):
        if status == 409:  # with what is free now, ready to be booked
            assert dict(TOKEN.findall(page))["token"] not in seen
    assert invariants.broken() == {}
    assert invariants.count("clinic_appointment") == 1
    report(answers, clients=CLIENTS, booked=1, refused_with_a_new_proposal=CLIENTS - 1)
