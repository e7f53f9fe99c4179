"""What takes long to make, made once a run by whichever worker comes first, and copied by the rest.

Of this run alone: an earlier run's clinic is of an earlier day.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from clinic.environment import PROJECT

# One step of `serve`, or all of them, in a process of its own.
STEP = """
import django
django.setup()
from clinic.serving import preparation
preparation.{step}(print)
"""


def environment(data: Path) -> dict[str, str]:
    """Of the product on SQLite in that folder, whatever database the suite runs on."""
    kept = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    return kept | {"DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "clinic.settings"}


def take(step: str, data: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", STEP.format(step=step)],
        cwd=PROJECT,
        env=environment(data),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def of_the_run(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Workers have a folder each in the run's; a single process has the run's own."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@contextmanager
def once(folder: Path) -> Iterator[bool]:
    """Whether the folder is still to be filled; everybody else waits until it is."""
    folder.mkdir(exist_ok=True)
    done = folder.with_suffix(".done")
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield not done.exists()
        done.touch()


@pytest.fixture(scope="session")
def migrated_file(of_the_run: Path) -> Path:
    """An SQLite database with every table and no row."""
    folder = of_the_run / "migrated"
    with once(folder) as is_first:
        if is_first:
            take("migrate", folder)
    return folder / "clinic.sqlite3"


@pytest.fixture(scope="session")
def served_data(of_the_run: Path) -> Path:
    """A data folder with the static files that are served, and nothing else."""
    folder = of_the_run / "served"
    with once(folder) as is_first:
        if is_first:
            take("collect_static", folder)
    return folder


@pytest.fixture(scope="session")
def demo_data(of_the_run: Path, migrated_file: Path, served_data: Path) -> Path:
    """A data folder as the first start leaves it: with the demo clinic. To be copied."""
    folder = of_the_run / "demo"
    with once(folder) as is_first:
        if is_first:
            shutil.copytree(served_data, folder, dirs_exist_ok=True)
            shutil.copy(migrated_file, folder)
            take("prepare", folder)
    return folder
