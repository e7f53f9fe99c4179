"""SQLite has one writer: whoever wants to write lines up before BEGIN IMMEDIATE."""

import fcntl
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from django.db import connection


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """Wait in the kernel's queue: SQLite's own busy handler sleeps and starves, for seconds."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield  # closing the file lets go, also when the process dies


def in_line() -> AbstractContextManager[None]:
    """Nothing to do on PostgreSQL, nor inside a transaction that stood in line already."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor != "sqlite" or "memory" in name or connection.in_atomic_block:
        return nullcontext()
    return file_lock(Path(f"{name}.line"))
