"""Journeys use the product as people do: the real server on the demo clinic, a real browser.

The demo clinic is made once and copied, so that each worker of the suite has its own to write in.
"""

import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from clinic.demo.accounts import PASSWORD
from clinic.environment import PROJECT
from tests.plugins.prepared import environment

SECONDS_TO_START = 90
ACCOUNTS = {
    "reception": "reception@demo.test",
    "practitioner": "praticien@demo.test",
    "manager": "manager@demo.test",
}


@pytest.fixture(scope="session")
def clinic_data(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This worker's own copy of the demo clinic."""
    data = tmp_path_factory.mktemp("clinic")
    return shutil.copytree(demo_data, data, dirs_exist_ok=True)


@pytest.fixture(scope="session")
def clinic_address(clinic_data: Path) -> Iterator[str]:
    """The address of the product, running on that copy."""
    data, port = clinic_data, free_port()
    command = [sys.executable, "manage.py", "serve", "--port", str(port), "--workers", "1"]
    with (data / "serve.log").open("w") as log:
        process = subprocess.Popen(
            [*command, "--no-worker"], cwd=PROJECT, env=environment(data), stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address, process, data / "serve.log")
        yield address
    finally:
        process.terminate()
        process.wait(20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=2)
        except urllib.error.HTTPError:
            return  # it answers; what it says is not asked here
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"the product did not start:\n{log.read_text()}")


@pytest.fixture
def sign_in(page: Page, clinic_address: str):
    """`sign_in("reception")`: a page on which that person is signed in, in French."""

    def sign_in(who: str) -> Page:
        page.goto(f"{clinic_address}/login/")
        page.fill("input[name=login]", ACCOUNTS[who])
        page.fill("input[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{clinic_address}/")
        return page

    return sign_in
