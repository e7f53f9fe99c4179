"""The private store: photos and scanned consents, under random names that say nothing.

A file is on the disk under its final name before the row that names it is committed, and goes only
after the row's end is. So a row never lacks its file; a file may for a moment lack its row, and
`sweep` takes it away.
"""

import datetime as dt
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import storages

from patients.models import CareConsent, Photo

PHOTOS, CONSENTS = "photos", "consents"
SMALL = "-small"  # before the ending: the picture of a page of many
GRACE = dt.timedelta(hours=1)  # a file younger than this may be on its way into a row


def put(folder: str, content: bytes, *, ending: str = "jpg") -> str:
    """Write a new file; its name in the store. It is on the disk when this returns."""
    token = secrets.token_hex(16)
    name = f"{folder}/{token[:2]}/{token}.{ending}"
    keep(name, content)
    return name


def keep(name: str, content: bytes) -> None:
    store = storages["private"]
    if store.save(name, ContentFile(content)) != name:
        raise FileExistsError(name)
    path = Path(store.path(name))
    for place in (path, path.parent):
        descriptor = os.open(place, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)


def small_name(name: str) -> str:
    stem, _dot, ending = name.rpartition(".")
    return f"{stem}{SMALL}.{ending}"


def read(name: str) -> bytes | None:
    """None where the file is gone: told by `sweep`, no fault of the page that asks."""
    try:
        with storages["private"].open(name) as file:
            return bytes(file.read())
    except FileNotFoundError:
        return None


def drop(*names: str) -> None:
    for name in names:
        storages["private"].delete(name)


# --- Files without a row, rows without a file ----------------------------------------------------


def photo_names() -> set[str]:
    names = Photo.objects.filter(removed_at__isnull=True).values_list("file", flat=True)
    return {part for name in names for part in (name, small_name(name))}


def consent_names() -> set[str]:
    return set(CareConsent.objects.exclude(file="").values_list("file", flat=True))


OWNED: dict[str, Callable[[], set[str]]] = {PHOTOS: photo_names, CONSENTS: consent_names}


def sweep(*, now: dt.datetime) -> tuple[list[str], list[str]]:
    """Take away old files that no row names; which those were, and which named files are missing.

    The files are listed before the rows are read: one that is stored meanwhile is no orphan.
    """
    lost, missing = [], []
    for folder, owned in OWNED.items():
        there = set(files_in(folder))
        named = owned()
        missing += sorted(named - there - set(files_in(folder)))
        lost += [name for name in sorted(there - named) if is_old(name, now=now)]
    drop(*lost)
    return lost, missing


def files_in(folder: str) -> Iterator[str]:
    store = storages["private"]
    if not store.exists(folder):
        return
    folders, files = store.listdir(folder)
    yield from (f"{folder}/{file}" for file in files)
    for inner in folders:
        yield from files_in(f"{folder}/{inner}")


def is_old(name: str, *, now: dt.datetime) -> bool:
    try:
        return storages["private"].get_modified_time(name) < now - GRACE
    except FileNotFoundError:
        return False
