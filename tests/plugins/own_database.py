"""A database of its own for a test whose writes other processes see, or that changes tables."""

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection


@pytest.fixture
def own_database(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """A copy of the migrated test database: rows that are never deleted go with it.

    Fifty connections are half of what PostgreSQL has: a test with so many is marked `alone`.
    """
    original = connection.settings_dict["NAME"]
    connection.close()
    copy = copied_file(original, tmp_path) if is_sqlite() else copied_server_side(original)
    connection.settings_dict["NAME"] = copy
    yield
    connection.close()
    connection.settings_dict["NAME"] = original
    if not is_sqlite():
        on_the_server(f'DROP DATABASE "{copy}" WITH (FORCE)')


def is_sqlite() -> bool:
    return connection.vendor == "sqlite"


def copied_file(original: str, folder: Path) -> str:
    copy = str(folder / "races.sqlite3")
    with closing(sqlite3.connect(original)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy


def copied_server_side(original: str) -> str:
    copy = f"races_{uuid.uuid4().hex}"
    on_the_server(f'CREATE DATABASE "{copy}" TEMPLATE "{original}"')
    return copy


def on_the_server(statement: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)
