"""The product as it is served, on the database of a test, and browsers that ask it."""

import os
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

SECONDS_TO_START = 60


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
    log = (tmp_path / "serve.log").open("w")
    server = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--no-worker"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "PORT": str(port), "DEMO": "0", **where(tmp_path)},
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
    )
    try:
        wait_for(port)
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)
        log.close()


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
