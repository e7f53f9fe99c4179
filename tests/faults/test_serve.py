"""`manage.py serve` as a person runs it: it answers, refuses in one line, and leaves no process."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import psutil
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS_TO_START = 180
SECONDS_TO_REPORT = 20

pytestmark = pytest.mark.sqlite  # it makes a database of its own


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def serve(folder: Path, port: int) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "DATA_DIR": str(folder),
        "PORT": str(port),
        "WEB_WORKERS": "1",
        "DATABASE_URL": "",
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", "serve"],
        cwd=ROOT,
        env=environment,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


@pytest.fixture
def product(demo_data: Path, tmp_path: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """Started again: all is there already."""
    with running(shutil.copytree(demo_data, tmp_path / "data"), port) as process:
        yield process


@pytest.fixture
def new_product(tmp_path: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """Started for the first time, on a folder that is not there yet."""
    with running(tmp_path / "data", port) as process:
        yield process


@contextmanager
def running(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    process = serve(folder, port)
    yield process
    process.kill()
    process.communicate()


def wait_until_it_answers(port: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        try:
            urlopen(f"http://127.0.0.1:{port}/", timeout=10).close()
        except HTTPError as answer:
            answer.close()
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("it did not answer")


def test_it_answers_and_leaves_no_orphan(product: subprocess.Popen[str], port: int) -> None:
    wait_until_it_answers(port)
    family = psutil.Process(product.pid).children(recursive=True)
    assert len(family) >= 3  # web server, its worker, the job cluster
    product.send_signal(signal.SIGTERM)
    output, _ = product.communicate(timeout=30)
    assert product.returncode == 0, output
    assert output.rstrip().endswith("· stopped.")
    _, left = psutil.wait_procs(family, timeout=20)
    assert left == []


def test_the_worker_reports_before_its_schedules_are_looked_at(
    product: subprocess.Popen[str], port: int
) -> None:
    """That look comes after half a minute; until then the desk would say that nothing works."""
    wait_until_it_answers(port)
    begun = time.monotonic()
    while worker_at(port) != "ok":
        assert time.monotonic() - begun < SECONDS_TO_REPORT
        time.sleep(0.2)


def worker_at(port: int) -> str:
    with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
        return str(json.load(answer)["worker"]["state"])


def test_a_kill_takes_the_children_along(product: subprocess.Popen[str], port: int) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux tells a child that its parent was killed")
    wait_until_it_answers(port)
    family = psutil.Process(product.pid).children(recursive=True)
    product.kill()
    product.wait()
    _, left = psutil.wait_procs(family, timeout=20)
    assert left == []


def test_other_accounts_of_the_machine_read_nothing(
    new_product: subprocess.Popen[str], tmp_path: Path, port: int
) -> None:
    wait_until_it_answers(port)
    folder = tmp_path / "data"
    made = [path for path in folder.iterdir() if path.is_file()]
    assert folder / "clinic.sqlite3" in made
    assert [path.name for path in (folder, *made) if path.stat().st_mode & 0o077] == []


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        output, _ = serve(tmp_path, taken).communicate(timeout=30)
    assert output == (
        f"CommandError: Port {taken} on 127.0.0.1 is taken: "
        "stop what uses it, or choose another with PORT.\n"
    )


def test_a_data_folder_that_cannot_be_is_one_clear_line(tmp_path: Path, port: int) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    output, _ = serve(in_the_way, port).communicate(timeout=30)
    assert output == (
        f"CommandError: Cannot write to the data folder {in_the_way} (File exists): "
        "make it writable, or choose another with DATA_DIR.\n"
    )
