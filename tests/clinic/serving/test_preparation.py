"""Preparing the data: each step does its work once, and a problem is one sentence."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.auth import get_user_model
from pytest_django.fixtures import Settings

from clinic.serving import preparation


def test_makes_the_data_folder(tmp_path: Path) -> None:
    preparation.check_data_folder(tmp_path / "new" / "data")
    assert list((tmp_path / "new" / "data").iterdir()) == []


@pytest.mark.django_db
def test_an_up_to_date_database_is_left_alone() -> None:
    said: list[str] = []
    preparation.migrate(said.append)
    assert said == []


@pytest.mark.django_db
def test_the_lock_is_given_back() -> None:
    for _ in range(2):
        with preparation.one_at_a_time():
            pass


@pytest.mark.django_db
def test_no_demonstration_in_production(settings: Settings) -> None:
    settings.ENVIRONMENT = SimpleNamespace(production=True)
    said: list[str] = []
    preparation.seed_demo(said.append)
    assert said == []
    assert not get_user_model().objects.exists()


@pytest.fixture
def assets(tmp_path: Path, settings: Settings) -> Path:
    folder = tmp_path / "assets"
    folder.mkdir()
    (folder / "app.css").write_text("p { color: red }")
    settings.STATICFILES_DIRS = [folder]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.DATA_DIR = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"
    return folder


def test_static_files_are_collected_when_a_source_changed(assets: Path) -> None:
    said: list[str] = []
    preparation.collect_static(said.append)
    preparation.collect_static(said.append)
    assert len(said) == 1
    collected = assets.parent / "static" / "app.css"
    assert collected.read_text() == "p { color: red }"
    (assets / "app.css").write_text("p { color: blue }")
    os.utime(assets / "app.css", (2e9, 2e9))
    preparation.collect_static(said.append)
    assert len(said) == 2
    assert collected.read_text() == "p { color: blue }"
