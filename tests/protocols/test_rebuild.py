"""Django rebuilds a table on SQLite by dropping it: the rules must stand again afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connections, models
from django.db.backends.sqlite3.base import DatabaseWrapper

from protocols.models import Phase, Protocol, Segment, SegmentNeed, Step

ALIAS = "rebuilt"

pytestmark = pytest.mark.sqlite


@pytest.fixture
def database(tmp_path: Path, django_db_blocker: pytest.FixtureRequest) -> Iterator[DatabaseWrapper]:
    """A database of its own with our tables: a rebuild cannot run inside a test's transaction."""
    configured = settings.DATABASES["default"]
    if not configured["ENGINE"].endswith("sqlite3"):
        pytest.skip("only SQLite rebuilds tables")
    wrapper = DatabaseWrapper(
        connections["default"].settings_dict | {"NAME": str(tmp_path / "own.sqlite3")}, ALIAS
    )
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        connections[ALIAS] = wrapper
        with wrapper.schema_editor() as editor:
            for model in apps.get_app_config("protocols").get_models():
                editor.create_model(model)
        publish_one(wrapper)
        yield wrapper
        wrapper.close()
        del connections[ALIAS]


def publish_one(database: DatabaseWrapper) -> None:
    with database.cursor() as cursor:
        cursor.execute(
            "INSERT INTO protocols_source (id, code, title_fr, title_en, address, kind) "
            "VALUES (1, 'ours', '', '', '', 'ours')"
        )
    protocol = Protocol.objects.using(ALIAS).create(slug="a", name_fr="a", summary_fr="a")
    phase = Phase.objects.using(ALIAS).create(
        protocol=protocol, position=1, kind="attack", source_id=1
    )
    Step.objects.using(ALIAS).create(protocol=protocol, phase=phase, number=1, source_id=1)
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE protocols_protocol SET status = 'active', published_at = '2026-01-01', "
            "published_by = 'me'"
        )


def triggers(database: DatabaseWrapper) -> dict[str, str]:
    with database.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return dict(cursor.fetchall())


def refused(database: DatabaseWrapper, sql: str) -> bool:
    try:
        with database.cursor() as cursor:
            cursor.execute(sql)
    except IntegrityError:
        return True
    return False


def rebuild(database: DatabaseWrapper, model: type[models.Model], name: str) -> None:
    """What a migration's AlterField does: here it lets the column be longer."""
    old = model._meta.get_field(name)
    new = old.clone()
    new.max_length = (old.max_length or 0) + 1
    new.null = True
    new.set_attributes_from_name(name)
    new.model = model
    with database.schema_editor() as editor:
        editor.alter_field(model, old, new)


@pytest.mark.parametrize(
    ("model", "column"),
    [(Protocol, "name_en"), (Step, "note_fr"), (Segment, "name_en")],
    ids=["protocol", "step", "segment"],
)
def test_a_rebuilt_table_keeps_every_rule(
    database: DatabaseWrapper, model: type[models.Model], column: str
) -> None:
    before = triggers(database)
    rebuild(database, model, column)
    assert triggers(database) == before
    assert refused(database, "UPDATE protocols_step SET note_fr = 'x'")
    assert refused(database, "UPDATE protocols_protocol SET slug = 'b'")
    assert refused(database, "DELETE FROM protocols_phase")


def test_the_rebuild_really_dropped_the_table(database: DatabaseWrapper) -> None:
    """The negative control: made by hand, without our deferred statements, the rules are gone."""
    with database.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys = OFF")
        cursor.execute("CREATE TABLE copied AS SELECT * FROM protocols_step")
        cursor.execute("DROP TABLE protocols_step")
        cursor.execute("ALTER TABLE copied RENAME TO protocols_step")
    assert not refused(database, "UPDATE protocols_step SET note_fr = 'x'")


def test_every_model_has_its_three_triggers(database: DatabaseWrapper) -> None:
    names = {name for name in triggers(database) if name.startswith("protocols_segmentneed")}
    expected = {f"{SegmentNeed._meta.db_table}_fixed_{e}" for e in ("insert", "update", "delete")}
    assert names == expected
