"""Minds web server and worker: starts them, notices a death, stops both, leaves no orphan."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SECONDS_TO_STOP = 15.0
SECONDS_BETWEEN_LOOKS = 0.2
LONGEST_WAIT_TO_RESTART = 30.0
LIVED_LONG_ENOUGH = 60.0  # a child that ran so long starts again at once
PR_SET_PDEATHSIG = 1

Say = Callable[[str], None]


@dataclass
class Child:
    """A process of ours, in its own group so that its own children go with it."""

    name: str
    command: Sequence[str]
    is_vital: bool  # when it dies, everything stops; else it is started again
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    wait: float = 0.0
    restart_at: float | None = None

    def start(self) -> None:
        self.started_at, self.restart_at = time.monotonic(), None
        self.process = subprocess.Popen(  # noqa: S603 the command is ours
            self.command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_the_parent if sys.platform == "linux" else None,  # noqa: PLW1509
        )

    @property
    def exit_code(self) -> int | None:
        return self.process.poll() if self.process else None

    def plan_restart(self) -> float:
        """Waits longer after each quick death, so that a broken worker does not fill the log."""
        lived = time.monotonic() - self.started_at
        next_wait = max(1.0, self.wait * 2)
        self.wait = 0.0 if lived > LIVED_LONG_ENOUGH else min(next_wait, LONGEST_WAIT_TO_RESTART)
        self.restart_at = time.monotonic() + self.wait
        return self.wait

    def tell(self, what: signal.Signals) -> None:
        """To the whole group, also when its leader is gone."""
        if self.process:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, what)

    def ask_to_stop(self) -> None:
        if self.process and self.exit_code is None:
            with suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGTERM)


@dataclass
class Supervisor:
    children: list[Child]
    say: Say
    stop_wanted: bool = field(default=False, init=False)

    def run(self) -> int:
        """Runs until a signal or the death of a vital child; the exit code tells which."""
        for each in STOP_SIGNALS:
            if each is signal.SIGHUP and signal.getsignal(each) is signal.SIG_IGN:
                continue  # started with nohup: meant to outlive its terminal
            signal.signal(each, self._want_to_stop)
        try:
            for child in self.children:
                child.start()
            return self._watch()
        finally:
            self._stop_all()

    def _want_to_stop(self, *_: object) -> None:
        self.stop_wanted = True

    def _watch(self) -> int:
        while not self.stop_wanted:
            for child in self.children:
                if self._is_lost(child):
                    return 1
            time.sleep(SECONDS_BETWEEN_LOOKS)
        return 0

    def _is_lost(self, child: Child) -> bool:
        if child.exit_code is None:
            return False
        if child.is_vital:
            self.say(f"The {child.name} stopped (exit code {child.exit_code}): stopping.")
            return True
        if child.restart_at is None:
            child.tell(signal.SIGKILL)  # what the dead leader may have left
            code, wait = child.exit_code, child.plan_restart()
            self.say(f"The {child.name} stopped (exit code {code}): restart in {wait:.0f} s.")
        elif time.monotonic() >= child.restart_at:
            child.start()
        return False

    def _stop_all(self) -> None:
        for child in self.children:
            child.ask_to_stop()
        deadline = time.monotonic() + SECONDS_TO_STOP
        for child in self.children:
            if child.process:
                with suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0.0, deadline - time.monotonic()))
            child.tell(signal.SIGKILL)


def _die_with_the_parent() -> None:
    """Linux: the child gets SIGTERM even when this process is killed without a word."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def port_is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
