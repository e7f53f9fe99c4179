"""Journeys use the product as people do: the real server on the demo clinic, a real browser.

The demo clinic is made once and copied, so that each worker of the suite has its own to write in.
"""

import fcntl
import os
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

SECONDS_TO_START = 90
ACCOUNTS = {
    "reception": "reception@demo.test",
    "practitioner": "praticien@demo.test",
    "manager": "manager@demo.test",
}


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A data folder with the demo clinic in it, made by whichever worker comes first.

    Of this run alone: an earlier run's clinic is of an earlier day. Workers have a folder each in
    the run's; a single process has the run's own.
    """
    own = tmp_path_factory.getbasetemp()
    shared = (own if worker_id == "master" else own.parent) / "demo"
    shared.mkdir(exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "done").exists():
            for command in ("migrate", "load_catalogue", "seed_demo"):
                manage(command, shared)
            (shared / "done").touch()
    return shared


def manage(command: str, data: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", command, "--verbosity=0"],
        cwd=PROJECT,
        env=environment(data),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def environment(data: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL"}}
    return kept | {"DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "clinic.settings"}


@pytest.fixture(scope="session")
def clinic_data(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This worker's own copy of the demo clinic."""
    data = tmp_path_factory.mktemp("clinic")
    for name in ("clinic.sqlite3", "clinic.sqlite3-wal"):
        if (demo_data / name).exists():
            shutil.copy(demo_data / name, data / name)
    return data


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
