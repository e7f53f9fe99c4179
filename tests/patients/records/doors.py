"""Every door to a signed record that we could think of, and a world in which to try them."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.db import connection, models, transaction
from django.db.models import F

from patients import series as course
from patients.models import (
    Amendment,
    KeptText,
    ProductUse,
    RecordVersion,
    Seal,
    SessionRecord,
    TreatmentSession,
)
from protocols.database import DatabaseRule
from tests.factories import make_patient
from tests.patients.records.making import Treatment, make_lot

SEALED: tuple[type[models.Model], ...] = (
    SessionRecord, ProductUse, TreatmentSession, Amendment, Seal, RecordVersion, KeptText,
)  # fmt: skip


class World:
    """A signed record with all that hangs on it, and a draft of another patient beside it.

    Each row is read anew when it is asked for: the doors change what they hold in their hands.
    """

    def __init__(self) -> None:
        self.treatment, other = Treatment(), Treatment()
        self.keys: dict[type[models.Model], int] = {}
        record = self.treatment.signed()
        late = self.treatment.save(record, notes="Trop tard.").kept
        first = record.versions.order_by("version")[0]
        amendment = self.treatment.amend(record)
        self.treatment.amend(record, "Et encore.")
        for row in (record, record.session, record.products.get(), record.seal, first, late):
            self.keys[type(row)] = row.pk
        self.keys[Amendment] = amendment.pk
        self.draft = other.save(other.open(), products=[other.line()]).record
        self.draft_use = self.draft.products.get()

    def row(self, model: type[models.Model]) -> Any:
        """The one that is fixed."""
        return model._default_manager.get(pk=self.keys[model])

    @property
    def record(self) -> SessionRecord:
        return self.row(SessionRecord)

    @property
    def use(self) -> ProductUse:
        return self.row(ProductUse)

    @property
    def session(self) -> TreatmentSession:
        return self.row(TreatmentSession)


def everything() -> list[list[Any]]:
    return [list(model._default_manager.order_by("pk").values_list()) for model in SEALED]


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


# --- the doors -----------------------------------------------------------------------------------

Door = Callable[[World], object]


def saved(world: World) -> None:
    record = world.record
    record.notes = "Autre."
    record.save()


def saved_in_part(world: World) -> None:
    record = world.record
    record.pain_after = 0
    record.save(update_fields=["pain_after"])


def bulk_updated(world: World) -> None:
    record = world.record
    record.notes = "Autre."
    SessionRecord.objects.bulk_update([record], ["notes"])


def written_over(world: World) -> None:
    """An upsert by the ORM."""
    record = world.record
    record.notes = "Autre."
    SessionRecord.objects.bulk_create(
        [record], update_conflicts=True, unique_fields=["id"], update_fields=["notes"]
    )


def of(model: type[models.Model], **change: Any) -> Door:
    """By a queryset's update()."""

    def updated(world: World) -> None:
        model._default_manager.filter(pk=world.row(model).pk).update(**change)

    updated.__name__ = f"update {model.__name__} {', '.join(change)}"
    return updated


def raw_delete(model: type[models.Model]) -> Door:
    """Past Django's own protection of what points there."""

    def deleted(world: World) -> None:
        sql(f'DELETE FROM "{model._meta.db_table}" WHERE id = %s', world.row(model).pk)

    deleted.__name__ = f"delete {model.__name__}"
    return deleted


def product_added(world: World) -> None:
    copied = ProductUse.objects.get(pk=world.use.pk)
    copied.pk = None
    copied.save()


def products_added(world: World) -> None:
    copied = ProductUse.objects.get(pk=world.use.pk)
    copied.pk = None
    ProductUse.objects.bulk_create([copied])


def product_added_by_sql(world: World) -> None:
    names = ", ".join(columns(ProductUse, but=("id",)))
    sql(
        f"INSERT INTO patients_productuse ({names}) "
        f"SELECT {names} FROM patients_productuse WHERE id = %s",
        world.use.pk,
    )


def product_changed(world: World) -> None:
    use = world.use
    use.volume_ml = Decimal(9)
    use.save()


def product_taken_out(world: World) -> None:
    world.use.delete()


def products_taken_out(world: World) -> None:
    world.record.products.all().delete()


def product_moved_in(world: World) -> None:
    ProductUse.objects.filter(pk=world.draft_use.pk).update(record=world.record)


def product_moved_away(world: World) -> None:
    ProductUse.objects.filter(pk=world.use.pk).update(record=world.draft)


def session_reopened(world: World) -> None:
    course.reopen_session(session=world.session)


def session_saved(world: World) -> None:
    session = world.session
    session.done_on = dt.date(2026, 3, 3)
    session.save()


def amendment_saved(world: World) -> None:
    amendment = world.row(Amendment)
    amendment.text = "Autre."
    amendment.save()


def amendment_deleted(world: World) -> None:
    Amendment.objects.filter(pk=world.row(Amendment).pk)._raw_delete(Amendment.objects.db)


def seal_saved(world: World) -> None:
    seal = world.row(Seal)
    seal.content_hash = "f" * 64
    seal.save()


def by_a_common_table(world: World) -> None:
    """A write inside a read."""
    if connection.vendor == "sqlite":
        return sql("UPDATE patients_sessionrecord SET notes = 'Autre.' FROM (SELECT 1) AS x")
    return sql(
        "WITH changed AS (UPDATE patients_sessionrecord SET notes = 'Autre.' WHERE id = %s "
        "RETURNING 1) SELECT * FROM changed",
        world.record.pk,
    )


DOORS: list[Door] = [
    saved, saved_in_part, bulk_updated, written_over, by_a_common_table,
    of(SessionRecord, notes="Autre."),
    of(SessionRecord, version=F("version") + 1),
    of(SessionRecord, status="draft", signed_at=None, signed_by=None),
    raw_delete(SessionRecord),
    product_added, products_added, product_added_by_sql, product_changed, product_taken_out,
    products_taken_out, product_moved_in, product_moved_away,
    of(ProductUse, lot_number="X"), raw_delete(ProductUse),
    session_reopened, session_saved,
    of(TreatmentSession, status="scheduled", done_on=None),
    of(TreatmentSession, done_on=dt.date(2026, 3, 1)),
    of(TreatmentSession, number=9),
    amendment_saved, amendment_deleted, of(Amendment, text="Autre."), raw_delete(Amendment),
    seal_saved, of(Seal, hash="f" * 64), raw_delete(Seal),
    of(RecordVersion, content={}), raw_delete(RecordVersion),
    of(KeptText, content={}), raw_delete(KeptText),
]  # fmt: skip


# --- column by column ----------------------------------------------------------------------------


def columns(model: type[models.Model], *, but: tuple[str, ...] = ()) -> list[str]:
    return [f'"{f.column}"' for f in model._meta.concrete_fields if f.column not in but]


def column_doors() -> Iterator[Door]:
    for model in (SessionRecord, ProductUse, Amendment, Seal):
        for field in model._meta.concrete_fields:
            yield of_column(model, field)


def of_column(model: type[models.Model], field: Any) -> Door:
    def changed(world: World) -> None:
        row = world.row(model)
        value = other_value(world, field, getattr(row, field.attname))
        statement = f'UPDATE "{model._meta.db_table}" SET "{field.column}" = %s WHERE id = %s'
        sql(statement, field.get_db_prep_save(value, connection), row.pk)

    changed.__name__ = f"{model.__name__}.{field.name}"
    return changed


TIED = {"SessionRecord.status", "Seal.amendment", "ProductUse.prepared_at"}


def other_value(world: World, field: Any, value: Any) -> Any:
    """One that the checks of the table let through."""
    if field.primary_key or field.name == "number":
        return value + 1000
    if field.name == "status":
        return "draft"
    if field.is_relation:
        return others(world)[field.related_model]().pk
    if isinstance(field, models.JSONField):
        return ["lips"]
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.DateTimeField | models.DateField):
        return (value or world.treatment.now) + dt.timedelta(minutes=3, days=1)
    if isinstance(field, models.DecimalField | models.IntegerField):
        return (value or 0) + 1
    return "amm" if field.choices else f"#{value[:8]}"


def others(world: World) -> dict[type[models.Model], Callable[[], models.Model]]:
    unrecorded = TreatmentSession.objects.filter(record=None)
    return {
        TreatmentSession: lambda: unrecorded[0],
        type(world.treatment.patient): make_patient,
        type(world.treatment.doctor): lambda: world.treatment.colleague,
        type(world.use.lot): make_lot,
        SessionRecord: lambda: world.draft,
        Amendment: lambda: world.row(Amendment),
    }


# --- OR REPLACE: SQLite's own way to delete ------------------------------------------------------


def replaced_with(model: type[models.Model], same: tuple[str, ...], **change: str) -> Door:
    """A row with one key of the fixed row, and every other key new."""

    def insert(world: World) -> None:
        new = {
            field.column: "id + 1000" if field.primary_key else f"{field.column} || 'x'"
            for field in model._meta.concrete_fields
            if field.unique and field.column not in same
        }
        values = new | change
        names = columns(model)
        selected = [values.get(name.strip('"'), name) for name in names]
        sql(
            f'INSERT OR REPLACE INTO "{model._meta.db_table}" ({", ".join(names)}) '
            f'SELECT {", ".join(selected)} FROM "{model._meta.db_table}" WHERE id = %s',
            world.row(model).pk,
        )

    insert.__name__ = f"{model.__name__} by {', '.join(same)}"
    return insert


def taken_over(model: type[models.Model], column: str) -> Door:
    """Another row takes the key, and the row in its way vanishes."""

    def update(world: World) -> None:
        table, key = model._meta.db_table, world.row(model).pk
        sql(
            f'UPDATE OR REPLACE "{table}" SET "{column}" = '
            f'(SELECT "{column}" FROM "{table}" WHERE id = %s) WHERE id <> %s',
            key,
            key,
        )

    update.__name__ = f"{model.__name__}.{column} taken over"
    return update


REPLACED: list[Door] = [
    replaced_with(SessionRecord, ("id",), notes="'Autre.'"),
    replaced_with(SessionRecord, ("public_id",), notes="'Autre.'"),
    replaced_with(SessionRecord, ("session_id",), notes="'Autre.'"),
    replaced_with(ProductUse, ("id",), volume_ml="9"),
    replaced_with(TreatmentSession, ("id",), done_on="'2026-03-01'"),
    replaced_with(TreatmentSession, ("series_id", "number"), done_on="'2026-03-01'"),
    replaced_with(Amendment, ("id",), text="'Autre.'"),
    replaced_with(Seal, ("id",), content_hash="'x'"),
    replaced_with(Seal, ("number",), content_hash="'x'"),
    replaced_with(Seal, ("record_id",), content_hash="'x'"),
    replaced_with(Seal, ("hash",), content_hash="'x'"),
    replaced_with(RecordVersion, ("id",), content="'{}'"),
    taken_over(SessionRecord, "id"),
    taken_over(SessionRecord, "public_id"),
    taken_over(SessionRecord, "session_id"),
    taken_over(ProductUse, "id"),
    taken_over(TreatmentSession, "id"),
    taken_over(Amendment, "id"),
    taken_over(Seal, "number"),
]


# --- taking the rules away -----------------------------------------------------------------------


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever happens in it has not happened."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def without_rules() -> None:
    if connection.vendor == "postgresql":
        sql("SET CONSTRAINTS ALL IMMEDIATE")  # no table is altered while it has checks to do
        sql("SET CONSTRAINTS ALL DEFERRED")
    for model in SEALED:
        drop_rules(model)


def drop_rules(model: type[models.Model]) -> None:
    rules = [rule for rule in model._meta.constraints if isinstance(rule, DatabaseRule)]
    assert rules
    if connection.vendor == "postgresql":
        for rule in rules:
            for statement in rule.postgresql_removal(model):
                sql(statement)
        return
    find = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
    with connection.cursor() as cursor:
        cursor.execute(find, [model._meta.db_table])
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')
