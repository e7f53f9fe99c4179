"""The suite runs on the database that it says it runs on."""

import os
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

WANTED = {"sqlite": "sqlite", "postgres": "postgresql"}[os.environ.get("TEST_DB", "sqlite")]


@pytest.mark.django_db
def test_the_vendor_is_the_one_asked_for() -> None:
    assert connection.vendor == WANTED


@pytest.mark.django_db
@pytest.mark.sqlite
def test_sqlite_is_a_file_with_the_settings_of_the_product() -> None:
    assert Path(connection.settings_dict["NAME"]).is_file()
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.django_db
@pytest.mark.postgres
def test_postgres_can_keep_spans_apart() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_extension WHERE extname = 'btree_gist'")
        assert cursor.fetchone() == (1,)


def test_nothing_is_written_beside_the_developers_own_data() -> None:
    assert settings.DATA_DIR != settings.BASE_DIR / "var"
