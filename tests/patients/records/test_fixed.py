"""A signed record is fixed, through every door, on both engines; without the rules each opens."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

import pytest
from django.contrib import admin
from django.db import IntegrityError
from django.db.models import F, ProtectedError

from clinic.admin_site import ManagersSite
from patients import series as course
from patients.models import (
    KeptText,
    ProductUse,
    Series,
    SessionRecord,
    TreatmentSession,
)
from tests.factories import make_patient
from tests.patients.records.doors import (
    DOORS,
    REPLACED,
    SEALED,
    TIED,
    Door,
    World,
    column_doors,
    columns,
    everything,
    sql,
    taken_back,
    without_rules,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


REFUSED = re.compile(r"patients_\w+_(fixed\w*|stays\w*|only\w*|deleted\w*)")


def opened(world: World, doors: Iterable[Door]) -> list[str]:
    """Which of the doors changed anything; refused by another rule, the test is mistaken."""
    found, before = [], everything()
    for door in doors:
        try:
            with taken_back():
                door(world)
                if everything() != before:
                    found.append(door.__name__)
        except IntegrityError as error:
            if not REFUSED.search(str(error)):
                raise
    assert everything() == before
    return found


def names_of(doors: Iterable[Door]) -> list[str]:
    return [door.__name__ for door in doors]


def test_no_door_opens_a_signed_record(world: World) -> None:
    assert opened(world, DOORS) == []


def test_without_the_rules_each_door_opens(world: World) -> None:
    without_rules()
    assert opened(world, DOORS) == names_of(DOORS)


def test_what_is_not_signed_is_open(world: World) -> None:
    """Else the doors above might be shut for everybody."""
    SessionRecord.objects.filter(pk=world.draft.pk).update(notes="Autre.")
    ProductUse.objects.filter(pk=world.draft_use.pk).update(volume_ml=Decimal(9))
    TreatmentSession.objects.filter(pk=world.draft.session_id).update(
        status="completed", done_on=dt.date(2026, 3, 2)
    )
    course.reopen_session(session=TreatmentSession.objects.get(pk=world.draft.session_id))
    ProductUse.objects.filter(pk=world.draft_use.pk).delete()
    KeptText.objects.filter(pk=world.row(KeptText).pk).update(settled_at=world.treatment.now)


def test_django_deletes_nothing_of_it_either(world: World) -> None:
    for row in (world.record, world.session, world.use.lot, world.treatment.patient):
        with pytest.raises(ProtectedError):
            row.delete()
    with pytest.raises(ProtectedError):
        SessionRecord.objects.all().delete()


def test_settings_know_nothing_of_records() -> None:
    """Managers change much there, and records are not theirs to see."""
    registered = {model for site in admin.sites.all_sites for model in site._registry}
    assert any(isinstance(site, ManagersSite) for site in admin.sites.all_sites)
    assert registered & (set(SEALED) - {TreatmentSession}) == set()


def test_a_series_stays_with_its_patient_and_its_protocol(world: World) -> None:
    """A signed record is read under their names."""
    series = Series.objects.filter(pk=world.session.series_id)
    stranger = make_patient().pk
    series.update(previous_on=dt.date(2026, 1, 1))
    for change in ({"patient": stranger}, {"protocol": F("protocol") + 1}):
        with pytest.raises(IntegrityError, match="patients_series_whose_is_fixed"), taken_back():
            series.update(**change)


@pytest.mark.sqlite
@pytest.mark.usefixtures("connected")
def test_or_replace_gives_no_series_to_another_patient(world: World) -> None:
    names = columns(Series, but=("patient_id",))
    with pytest.raises(IntegrityError, match="patients_series_never_deleted"), taken_back():
        sql(
            f"INSERT OR REPLACE INTO patients_series (patient_id, {', '.join(names)}) "
            f"SELECT %s, {', '.join(names)} FROM patients_series WHERE id = %s",
            make_patient().pk,
            world.session.series_id,
        )


def test_no_column_changes_by_raw_sql(world: World) -> None:
    assert opened(world, column_doors()) == []


def test_without_the_rules_every_column_changes(world: World) -> None:
    """But those that a check or a foreign key ties to another column."""
    without_rules()
    doors = [door for door in column_doors() if door.__name__ not in TIED]
    assert len(doors) > 60
    assert opened(world, doors) == names_of(doors)


@pytest.fixture(params=["our connection", "a shell"])
def connected(request: pytest.FixtureRequest) -> Iterator[None]:
    """Any other tool does not listen to the deletes of OR REPLACE, and minds no foreign key."""
    if request.param == "a shell":
        sql("PRAGMA recursive_triggers=OFF")
    yield
    sql("PRAGMA recursive_triggers=ON")


@pytest.mark.sqlite
@pytest.mark.usefixtures("connected")
def test_or_replace_takes_nothing_away(world: World) -> None:
    assert opened(world, REPLACED) == []


@pytest.mark.sqlite
def test_without_the_rules_or_replace_takes_it(world: World) -> None:
    without_rules()
    assert opened(world, REPLACED) == names_of(REPLACED)
