"""kill -9 between a photo's file and its row: both or neither, and the sweeper clears the rest."""

import datetime as dt
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from clinic.care import photos as taking
from clinic.models import StaffMember
from patients import pictures, store
from patients.models import Photo
from patients.photos import Shot
from tests.factories import NOW, House, make_photo, make_picture, make_user
from tests.faults.processes import Body, children
from tests.faults.test_kills import DiesAt

pytestmark = pytest.mark.usefixtures("own_database")
LATER = dt.datetime(2099, 1, 1, tzinfo=dt.UTC)  # every file is old by then
STEPS = 40  # more than taking two photos has


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings) -> Path:
    settings.STORAGES["private"]["OPTIONS"]["location"] = tmp_path / "private"
    settings.STORAGES = dict(settings.STORAGES)  # tells the storages to look again
    return tmp_path


def dies_at_file(step: int) -> None:
    """Each write that is forced to the disk is a step; the process dies before the n-th."""
    seen, really = [], os.fsync

    def counted(descriptor: int) -> None:
        seen.append(descriptor)
        if len(seen) == step:
            os.kill(os.getpid(), signal.SIGKILL)
        really(descriptor)

    os.fsync = counted


def survives(work: Callable[[], object], sabotage: Callable[[], None] | None = None) -> bool:
    with children([Body(work, None, sabotage)]) as (child,):
        return next(child.answers(), None) is not None


def taken(staff: StaffMember, house: House, statement: int) -> Callable[[], int]:
    shot = Shot("chin", "before", NOW.date())

    def work() -> int:
        found = [pictures.clean(make_picture(colour)) for colour in ("tan", "navy")]
        with connection.execute_wrapper(DiesAt(statement, [])):
            return len(
                taking.take(patient=house.patient, shot=shot, pictures=found, staff=staff, now=NOW)
            )

    return work


def assert_together() -> None:
    """After the sweeper: every row has both its files, every file its row."""
    _lost, missing = store.sweep(now=LATER)
    assert missing == []
    assert set(store.files_in(store.PHOTOS)) == store.photo_names()


@pytest.mark.parametrize("where", ["statement", "file"])
def test_a_kill_at_each_step_of_taking_photos_leaves_both_or_neither(where: str) -> None:
    house = House()
    staff = make_user(house.clinic, "practitioner").staff_members.get()
    for step in range(1, STEPS):
        if where == "statement":
            finished = survives(taken(staff, house, step))
        else:
            finished = survives(taken(staff, house, 0), lambda step=step: dies_at_file(step))
        assert_together()
        assert Photo.objects.count() == (2 if finished else 0)
        if finished:
            break
    assert finished
    assert step > 3


def test_a_kill_at_each_step_of_removing_leaves_no_row_that_claims_a_file() -> None:
    house = House()
    staff = make_user(house.clinic, "practitioner").staff_members.get()
    photo = make_photo(house.patient, house.user)

    def removed(statement: int) -> Callable[[], bool]:
        def work() -> bool:
            with connection.execute_wrapper(DiesAt(statement, [])):
                return taking.remove(photo=photo, reason="Floue", staff=staff, now=NOW)

        return work

    for step in range(1, STEPS):
        finished = survives(removed(step))
        assert_together()
        assert Photo.objects.filter(removed_at__isnull=True).count() == (0 if finished else 1)
        if finished:
            break
    assert finished
    assert set(store.files_in(store.PHOTOS)) == set()


def test_control_a_file_written_after_its_row_would_be_missed() -> None:
    """The other order: the row is committed, and the process dies before the file is there."""
    house = House()
    Photo.objects.create(
        patient=house.patient, zone="chin", moment="before", taken_on=NOW.date(), width=1,
        height=1, size=1, file="photos/aa/aa.jpg", sha256="", at=NOW, by=house.user,
    )  # fmt: skip
    with pytest.raises(AssertionError):
        assert_together()
