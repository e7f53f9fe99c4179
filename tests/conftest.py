"""What every test shares: the database file, the static files, and what runs only once."""

import shutil
import tempfile
from pathlib import Path

import pytest
from django.conf import settings
from django.test import TransactionTestCase

pytest_plugins = [
    *["tests.plugins.alone", "tests.plugins.browser", "tests.plugins.figures"],
    *["tests.plugins.own_database", "tests.plugins.prepared"],
]

TESTS = Path(__file__).parent
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server", "admin_client"}
REAL_PROCESSES = TESTS / "faults"


def pytest_configure(config: pytest.Config) -> None:
    # The hashed names need a collected folder; a test reads the files where they are made.
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES["staticfiles"]["BACKEND"] = plain
    settings.SMS_INBOUND_SECRET = "of-the-tests-alone-0123"
    # Photos of a test never come near those of the house.
    folder = settings.STORAGES["private"]["OPTIONS"]["location"] = Path(tempfile.mkdtemp())
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    # Scrypt is slow by design; the suite signs in hundreds of times.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks before `-m` chooses."""
    for item in items:
        if TESTS / "journeys" in item.path.parents:
            item.add_marker(pytest.mark.browser)
        if not asks_for_the_database(item):
            item.add_marker(pytest.mark.pure)
    items[:] = pure_in_the_middle(items)


def pure_in_the_middle(items: list[pytest.Item]) -> list[pytest.Item]:
    """Where the second of two workers begins: it needs no database while the first one makes it."""
    pure = [item for item in items if item.get_closest_marker("pure")]
    pure.sort(key=lambda item: item.get_closest_marker("browser") is not None)
    others = [item for item in items if not item.get_closest_marker("pure")]
    half = len(items) // 2
    return [*others[:half], *pure, *others[half:]]


def asks_for_the_database(item: pytest.Item) -> bool:
    case = getattr(item, "cls", None)
    return (
        item.get_closest_marker("django_db") is not None
        or bool(DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())))
        or (case is not None and issubclass(case, TransactionTestCase))
        or REAL_PROCESSES in item.path.parents
    )


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """SQLite's file is a copy, and goes with its folder."""
    return is_sqlite()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite on a file, as in the product; each xdist worker has its own folder."""
    if not is_sqlite():
        request.getfixturevalue("django_db_modify_db_settings_parallel_suffix")
        return
    name = tmp_path_factory.mktemp("database") / "test.sqlite3"
    shutil.copy(request.getfixturevalue("migrated_file"), name)
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(name)


def is_sqlite() -> bool:
    return settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
