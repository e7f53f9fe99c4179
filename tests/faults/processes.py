"""Real operating-system processes that start at one shot, on the database of the test.

Forked after Django is set up, so fifty of them cost little. Each opens a connection of its own,
waits for the shot, works, and sends its answer back; one that was killed sends none.
"""

import gc
import os
import pickle
import random
import select
import signal
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from django.db import connection, connections, transaction

from clinic.booking.locks import in_line

PATIENCE = 60.0  # seconds until a child that says nothing counts as stuck

Work = Callable[[], Any]


@dataclass(frozen=True)
class Answer:
    """What a child said: a value, or the error that reached it. Neither when it was killed."""

    value: Any = None
    error: str = ""
    seconds: float = 0.0


class Meeting:
    """Where so many processes wait for each other, each once: made before they are forked.

    An overlap that a test needs is forced here, never hoped for.
    """

    def __init__(self, parties: int) -> None:
        self.barrier = get_context("fork").Barrier(parties, timeout=PATIENCE / 2)
        self.place: int | None = None  # which of them this process is, once it was here

    def __call__(self) -> None:
        if self.place is None:
            self.place = self.barrier.wait()


@dataclass
class Child:
    pid: int
    reading: int

    def answers(self) -> Iterator[Answer]:
        """All that it sends, until it ends."""
        with os.fdopen(self.reading, "rb") as pipe:
            while True:
                ready, _, _ = select.select([pipe], [], [], PATIENCE)
                if not ready:
                    os.kill(self.pid, signal.SIGKILL)
                    yield Answer(error=f"stuck for {PATIENCE:.0f} s")
                    break
                try:
                    yield pickle.load(pipe)
                except (EOFError, pickle.UnpicklingError):
                    break
        os.waitpid(self.pid, 0)

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


def together(
    works: Sequence[Work], *, rehearsed: bool = False, sabotage: Callable[[], None] | None = None
) -> list[Answer]:
    """Each work in its own process, all at once; the answers in their order.

    `rehearsed`: each does its work once before the shot and takes it back, so that what is measured
    is a server that has been running and not fifty that start. `sabotage` takes a protection away,
    in the children only.
    """
    bodies = [Body(work, work if rehearsed else None, sabotage) for work in works]
    with children(bodies) as started:
        return [next(child.answers(), Answer(error="no answer")) for child in started]


@dataclass(frozen=True)
class Body:
    """What a child does; a subclass may `tell` more than once."""

    work: Work
    rehearsal: Work | None = None
    sabotage: Callable[[], None] | None = None

    def prepare(self) -> None:
        if self.sabotage is not None:
            self.sabotage()
        connection.ensure_connection()
        if self.rehearsal is not None:
            # One after the other: fifty rehearsals in SQLite's own queue outlast its patience.
            with in_line(), transaction.atomic():
                self.rehearsal()
                transaction.set_rollback(True)

    def run(self, tell: Callable[[Answer], object]) -> None:
        tell(timed(self.work))


def timed(work: Work) -> Answer:
    start = time.monotonic()
    try:
        value = work()
    except Exception:  # noqa: BLE001 whatever reached the client is what we want to know
        return Answer(error=traceback.format_exc(), seconds=time.monotonic() - start)
    return Answer(value, seconds=time.monotonic() - start)


@contextmanager
def children(bodies: Sequence[Body]) -> Iterator[list[Child]]:
    """Children that have been let go together; who still lives at the end is killed."""
    connections.close_all()  # a connection must not be shared across a fork
    gc.freeze()  # else each child's first collection copies all of the parent's memory
    gate_in, gate_out = os.pipe()
    ready_in, ready_out = os.pipe()
    started = [_start(body, gate_in, gate_out, ready_out) for body in bodies]
    try:
        for _child in started:
            os.read(ready_in, 1)
        for end in (gate_out, gate_in, ready_in, ready_out):
            os.close(end)  # the shot: every child sees the gate's end
        yield started
    finally:
        gc.unfreeze()
        for child in started:
            child.kill()


def _start(body: Body, gate_in: int, gate_out: int, ready: int) -> Child:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return Child(pid, reading)
    try:
        os.close(gate_out)
        random.seed(os.getpid())
        with os.fdopen(writing, "wb") as pipe:
            _live(body, gate_in, ready, lambda answer: (pickle.dump(answer, pipe), pipe.flush()))
        connections.close_all()
    finally:
        os._exit(0)  # nothing of pytest's own must run in a child


def _live(body: Body, gate: int, ready: int, tell: Callable[[Answer], object]) -> None:
    prepared = timed(body.prepare)
    os.write(ready, b".")
    os.read(gate, 1)
    if prepared.error:
        tell(prepared)
    else:
        body.run(tell)


def errors(answers: Sequence[Answer]) -> list[str]:
    return [answer.error for answer in answers if answer.error]
