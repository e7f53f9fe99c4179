"""Files and rows never part: no file without its row for long, no row without its file unseen."""

import datetime as dt
import os
import stat
from pathlib import Path

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import storages
from django.db import transaction

from clinic import jobs
from patients import photos, pictures, store
from patients.models import Photo
from tests.factories import NOW, House, make_patient, make_photo, make_picture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings) -> Path:
    settings.STORAGES["private"]["OPTIONS"]["location"] = tmp_path
    settings.STORAGES = dict(settings.STORAGES)  # tells the storages to look again
    return tmp_path


def age(name: str, hours: float) -> None:
    """As old as that at NOW."""
    then = (NOW - dt.timedelta(hours=hours)).timestamp()
    os.utime(storages["private"].path(name), (then, then))


def test_a_file_is_its_owners_alone_under_a_name_that_says_nothing(folder: Path) -> None:
    name = store.put(store.PHOTOS, b"x")
    token = Path(name).stem
    assert name == f"photos/{token[:2]}/{token}.jpg"
    assert len(token) == 32
    assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert {stat.S_IMODE(place.stat().st_mode) for place in (folder / name).parents[:2]} == {0o700}


def test_a_name_in_use_is_never_written_over() -> None:
    name = store.put(store.PHOTOS, b"first")
    with pytest.raises(FileExistsError):
        store.keep(name, b"second")
    assert store.read(name) == b"first"


@pytest.mark.parametrize("name", ["../out.jpg", "/etc/passwd", "photos/../../out.jpg"])
def test_no_name_leads_out_of_the_store(name: str) -> None:
    with pytest.raises(SuspiciousFileOperation):
        store.keep(name, b"x")


def test_the_sweeper_takes_old_files_without_a_row_and_nothing_else() -> None:
    house = House()
    kept = make_photo(house.patient, house.user)
    lost, fresh = store.put(store.PHOTOS, b"x"), store.put(store.PHOTOS, b"x")
    scan = store.put(store.CONSENTS, b"x")
    for name in (kept.file, store.small_name(kept.file), lost, scan):
        age(name, 1.1)
    age(fresh, 0.9)
    assert store.sweep(now=NOW) == ([lost, scan], [])
    assert store.read(lost) is None
    assert store.read(scan) is None
    assert store.read(fresh) == b"x"
    assert store.read(kept.file) is not None
    assert store.sweep(now=NOW) == ([], [])


def test_the_sweeper_says_which_rows_lack_their_file(caplog: pytest.LogCaptureFixture) -> None:
    house = House()
    photo = make_photo(house.patient, house.user)
    store.drop(photo.file)
    assert store.sweep(now=NOW) == ([], [photo.file])
    assert jobs.sweep_private_files() == {"taken away": 0, "missing": 1}
    assert photo.file in caplog.text


def test_an_empty_store_is_no_fault() -> None:
    assert store.sweep(now=NOW) == ([], [])


# --- Photos in and out ---------------------------------------------------------------------------


def test_a_write_that_is_taken_back_leaves_a_file_that_the_sweeper_takes() -> None:
    house = House()
    stored = photos.put(pictures.clean(make_picture()))
    shot = photos.Shot("chin", "before", NOW.date())
    with transaction.atomic():
        photos.add(patient=house.patient, shot=shot, stored=stored, by=house.user, now=NOW)
        transaction.set_rollback(True)
    assert Photo.objects.count() == 0
    for name in (stored.name, store.small_name(stored.name)):
        age(name, 2)
    assert store.sweep(now=NOW)[0] == sorted([stored.name, store.small_name(stored.name)])


def test_a_removed_photo_is_gone_from_the_disk_and_its_row_says_why(
    django_capture_on_commit_callbacks,
) -> None:
    house = House()
    photo = make_photo(house.patient, house.user)
    with django_capture_on_commit_callbacks(execute=True):
        assert photos.remove(photo=photo, reason="Floue", by=house.user, now=NOW)
    photo.refresh_from_db()
    assert (photo.removed_at, photo.removal_reason) == (NOW, "Floue")
    assert store.read(photo.file) is store.read(store.small_name(photo.file)) is None
    assert not photos.remove(photo=photo, reason="Encore", by=house.user, now=NOW)
    assert store.sweep(now=NOW) == ([], [])


def test_a_removal_that_is_taken_back_keeps_the_file(django_capture_on_commit_callbacks) -> None:
    house = House()
    photo = make_photo(house.patient, house.user)
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        photos.remove(photo=photo, reason="Floue", by=house.user, now=NOW)
        transaction.set_rollback(True)
    assert store.read(photo.file) is not None


def test_the_sweeper_ends_a_removal_that_was_cut_short() -> None:
    house = House()
    photo = make_photo(house.patient, house.user)
    Photo.objects.update(removed_at=NOW, removed_by=house.user, removal_reason="Floue")
    age(photo.file, 9)
    age(store.small_name(photo.file), 9)
    assert len(store.sweep(now=NOW)[0]) == 2
    assert store.read(photo.file) is None


def test_a_photo_of_another_patients_session_is_refused() -> None:
    house = House()
    session = house.book_series().series.sessions.first()
    with pytest.raises(ValueError, match="another patient"):
        make_photo(make_patient("Autre"), house.user, session=session)


def test_the_same_picture_is_not_kept_twice_for_one_zone_and_moment() -> None:
    house = House()
    make_photo(house.patient, house.user)
    same, other = pictures.clean(make_picture()), pictures.clean(make_picture("navy"))
    shot = photos.Shot("forehead", "before", NOW.date())
    assert photos.unknown(house.patient, shot, [same, other, other]) == [other]
    after = photos.Shot("forehead", "after", NOW.date())
    assert photos.unknown(house.patient, after, [same]) == [same]
