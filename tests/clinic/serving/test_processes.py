"""The supervisor, with real processes that only sleep or die."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from clinic.serving.processes import Child, Supervisor, port_is_free

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
DIE = [sys.executable, "-c", "raise SystemExit(3)"]
DEAF = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)",
]


@pytest.fixture(autouse=True)
def own_signals() -> Iterator[None]:
    kept = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for each, handler in kept.items():
        signal.signal(each, handler)


@pytest.fixture
def said() -> list[str]:
    return []


def is_running(child: Child) -> bool:
    assert child.process is not None
    return child.process.poll() is None


def test_a_vital_death_stops_the_others(said: list[str]) -> None:
    web = Child("web server", DIE, is_vital=True)
    worker = Child("worker", SLEEP, is_vital=False)
    assert Supervisor([worker, web], said.append).run() == 1
    assert said == ["The web server stopped (exit code 3): stopping."]
    assert not is_running(worker)


def test_a_dead_worker_is_started_again(said: list[str]) -> None:
    web = Child("web server", [*SLEEP[:2], "import time; time.sleep(2)"], is_vital=True)
    worker = Child("worker", DIE, is_vital=False)
    Supervisor([web, worker], said.append).run()
    waits = [line.split(": ")[1] for line in said[:2]]
    assert waits == ["restart in 1 s.", "restart in 2 s."]


@pytest.mark.parametrize("wish", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_all(said: list[str], wish: signal.Signals) -> None:
    children = [Child("web server", SLEEP, is_vital=True), Child("worker", SLEEP, is_vital=False)]
    sender = subprocess.Popen(
        [sys.executable, "-c", f"import os, time; time.sleep(0.5); os.kill({os.getpid()}, {wish})"]
    )
    assert Supervisor(children, said.append).run() == 0
    sender.wait()
    assert [is_running(child) for child in children] == [False, False]


def test_a_deaf_child_does_not_outlive_us(said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clinic.serving.processes.SECONDS_TO_STOP", 0.5)
    deaf = Child("worker", DEAF, is_vital=False)
    web = Child("web server", [*SLEEP[:2], "import time; time.sleep(0.7)"], is_vital=True)
    Supervisor([deaf, web], said.append).run()
    assert deaf.process is not None
    assert deaf.process.wait(5) == -signal.SIGKILL


def test_waits_grow_after_quick_deaths_only() -> None:
    child = Child("worker", DIE, is_vital=False, started_at=time.monotonic())
    assert [child.plan_restart() for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    child.started_at = time.monotonic() - 61
    assert child.plan_restart() == 0


def test_a_taken_port_is_seen() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        assert not port_is_free("127.0.0.1", other.getsockname()[1])
        port = other.getsockname()[1]
    assert port_is_free("127.0.0.1", port)
