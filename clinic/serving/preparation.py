"""Brings the data up to date before the first request: each step does nothing when all is done."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from clinic import visit_types
from clinic.serving import catalogues

Say = Callable[[str], None]
ONLY_OURS = 0o077  # patients and letters with links are not for other accounts of the machine
PREPARATION_LOCK = 7_301_977  # one machine prepares the shared database, the others wait


class NotReady(Exception):
    """Why the product cannot start, in one line for a person."""


def prepare(say: Say) -> None:
    check_data_folder(settings.DATA_DIR)
    check_gateway(settings.SMS_URL)
    compile_messages(say)
    os.umask(ONLY_OURS)  # what follows makes the database, and web server and worker inherit it
    with one_at_a_time():
        migrate(say)
        load_catalogue()
        seed_demo(say)
        call_command("ensure_schedules", verbosity=0)
    collect_static(say)


def check_data_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as reason:
        raise NotReady(
            f"Cannot write to the data folder {folder} ({reason.strerror}): "
            "make it writable, or choose another with DATA_DIR."
        ) from reason


def check_gateway(url: str) -> None:
    if not url:
        return
    from clinic.messages import gateways  # late: apprise takes a while to come

    try:
        gateways.check(url)
    except gateways.WrongUrl as reason:
        raise NotReady(f"{reason}: see docs/running.md.") from reason


@contextmanager
def one_at_a_time() -> Iterator[None]:
    try:
        connection.ensure_connection()
    except OperationalError as reason:
        first_line = str(reason).strip().splitlines()[0]
        raise NotReady(f"Cannot reach the database: {first_line}") from reason
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [PREPARATION_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [PREPARATION_LOCK])


def compile_messages(say: Say) -> None:
    for folder in settings.LOCALE_PATHS:
        for source in catalogues.stale(Path(folder)):
            say(f"compiling the texts of {source.parent.parent.name}")
            catalogues.compile_catalogue(source)


def migrate(say: Say) -> None:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return
    say(f"bringing the database up to date ({len(plan)} changes)")
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


def load_catalogue() -> None:
    call_command("load_catalogue", verbosity=0)
    visit_types.load()


def seed_demo(say: Say) -> None:
    """Only into an empty database, and never where real patients will be."""
    environment = settings.ENVIRONMENT
    if environment.production or not environment.demo:
        return
    if not get_user_model().objects.exists():
        say("filling the empty database with a demonstration clinic")
        call_command("seed_demo", verbosity=0)


def collect_static(say: Say) -> None:
    stamp = settings.DATA_DIR / "static.stamp"
    wanted = fingerprint_of_static()
    if stamp.exists() and stamp.read_text() == wanted and Path(settings.STATIC_ROOT).is_dir():
        return
    say("collecting and compressing the static files")
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(wanted)


def fingerprint_of_static() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list(None):
            about = Path(storage.path(path)).stat()
            digest.update(f"{path} {about.st_mtime_ns} {about.st_size}\n".encode())
    return digest.hexdigest()
