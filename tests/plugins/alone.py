"""Tests marked `alone` run with no other test beside them, whatever xdist does.

They tell how long somebody waits; beside the other half of the suite they would measure that, and
slow it down.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import pytest
from django.conf import settings


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    with a_turn(is_alone=item.get_closest_marker("alone") is not None):
        return (yield)


@contextmanager
def a_turn(*, is_alone: bool) -> Iterator[None]:
    """Beside others, or alone. Who wants to be alone keeps the door shut until the rest is out."""
    with held("door") as door, held("room") as room:
        fcntl.flock(door, fcntl.LOCK_EX)
        fcntl.flock(room, fcntl.LOCK_EX if is_alone else fcntl.LOCK_SH)
        fcntl.flock(door, fcntl.LOCK_UN)
        yield


@contextmanager
def held(name: str) -> Iterator[IO[str]]:
    """Given back by name: a process that a test forked may have the file open still."""
    with (settings.DATA_DIR / f"{name}.lock").open("a") as file:
        try:
            yield file
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)
