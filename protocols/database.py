"""Rules that stand in the database itself, with one meaning on SQLite and on PostgreSQL.

Each class here goes into `Meta.constraints` like any other constraint. On PostgreSQL it becomes an
exclusion constraint or a trigger, on SQLite always triggers. SQLite's triggers die with the table
when Django rebuilds it, so they are appended to the schema editor's deferred SQL under the table's
final name: every rebuild makes them again.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import BaseConstraint, Model

REBUILT_TABLE_PREFIX = "new__"  # what Django's SQLite editor calls a table while it rebuilds it


class DatabaseRule(BaseConstraint):
    """A constraint that writes its own SQL. Subclasses say `sqlite_sql` and `postgresql_sql`.

    Two rules that deconstruct alike are one: else every `makemigrations` would make them anew.
    """

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.deconstruct() == self.deconstruct()

    def __hash__(self) -> int:
        return hash(self.name)

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        """Inside CREATE TABLE nothing is written; the rule follows when the table stands."""
        schema_editor.deferred_sql.extend(self._statements(model, schema_editor))

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        return ";\n".join(self._statements(model, schema_editor))

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        if schema_editor.connection.vendor == "sqlite":
            return ""  # Django removes a constraint on SQLite by rebuilding the table
        return ";\n".join(self.postgresql_removal(model))

    def _statements(
        self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor
    ) -> Iterable[str]:
        if schema_editor.connection.vendor == "sqlite":
            return self.sqlite_sql(model)
        return self.postgresql_sql(model)

    def sqlite_sql(self, model: type[Model]) -> list[str]:
        raise NotImplementedError

    def postgresql_sql(self, model: type[Model]) -> list[str]:
        raise NotImplementedError

    def postgresql_removal(self, model: type[Model]) -> list[str]:
        raise NotImplementedError

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = "") -> None:
        """Nothing to check before the database does, unless a subclass can say it kindly."""


def table_of(model: type[Model]) -> str:
    """The table's final name, also while Django rebuilds it under another one."""
    return model._meta.db_table.removeprefix(REBUILT_TABLE_PREFIX)


class TriggerRule(DatabaseRule):
    """A rule kept by one row trigger: its `timing` and `events`, `when` it acts, and its act.

    `when` may speak of OLD and NEW and must read the same on both engines. The default act is to
    refuse the statement with the rule's name, which arrives as an IntegrityError on both.
    PostgreSQL's WHEN may hold no subquery: one that `asks_other_tables` is asked in its function.
    """

    timing = "BEFORE"
    asks_other_tables = False

    def events(self) -> tuple[str, ...]:
        raise NotImplementedError

    def when(self, model: type[Model]) -> str:
        raise NotImplementedError

    def act(self, model: type[Model], vendor: str) -> str:
        if vendor == "sqlite":
            return f"SELECT RAISE(ABORT, '{self.name}');"
        return f"RAISE EXCEPTION '{self.name}' USING ERRCODE = 'integrity_constraint_violation';"

    def sqlite_sql(self, model: type[Model]) -> list[str]:
        # IF NOT EXISTS: a migration that creates a table and rebuilds it defers the trigger twice.
        table = table_of(model)
        return [
            f'CREATE TRIGGER IF NOT EXISTS "{self.name}_{event.split()[0].lower()}" '
            f'{self.timing} {event} ON "{table}" FOR EACH ROW WHEN {self.when(model)} '
            f"BEGIN {self.act(model, 'sqlite')} END"
            for event in self.events()
        ]

    def postgresql_sql(self, model: type[Model]) -> list[str]:
        table, function = table_of(model), f"{self.name}_rule"
        # RETURN NULL cancels the row in a BEFORE trigger: OLD stands for it when a row is deleted.
        returned = "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;"
        act, when = self.act(model, "postgresql"), f"WHEN ({self.when(model)}) "
        if self.asks_other_tables:
            act, when = f"IF {self.when(model)} THEN {act} END IF;", ""
        body = f"BEGIN {act} {returned} END"
        return [
            f'CREATE OR REPLACE FUNCTION "{function}"() RETURNS trigger LANGUAGE plpgsql AS '
            f"$rule$ {body} $rule$",
            f'CREATE TRIGGER "{self.name}" {self.timing} {" OR ".join(self.events())} '
            f'ON "{table}" FOR EACH ROW {when}EXECUTE FUNCTION "{function}"()',
        ]

    def postgresql_removal(self, model: type[Model]) -> list[str]:
        return [
            f'DROP TRIGGER IF EXISTS "{self.name}" ON "{table_of(model)}"',
            f'DROP FUNCTION IF EXISTS "{self.name}_rule"()',
        ]


class FixedColumns(TriggerRule):
    """These columns never change once the row is written."""

    def __init__(self, *, fields: Iterable[str], name: str, **options: Any) -> None:
        super().__init__(name=name, **options)
        self.fields = tuple(fields)

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"fields": self.fields}

    def events(self) -> tuple[str, ...]:
        return ("UPDATE",)

    def when(self, model: type[Model]) -> str:
        columns = [column_of(model, field) for field in self.fields]
        return " OR ".join(differs(f'OLD."{column}"', f'NEW."{column}"') for column in columns)


class AppendOnly(TriggerRule):
    """Rows are written once: neither changed nor deleted, nor written over by INSERT OR REPLACE."""

    def events(self) -> tuple[str, ...]:
        return ("UPDATE", "DELETE")

    def when(self, model: type[Model]) -> str:
        return f'OLD."{model._meta.pk.column}" IS NOT NULL'

    def sqlite_sql(self, model: type[Model]) -> list[str]:
        return [*super().sqlite_sql(model), not_written_over(self.name, model, ["id"])]


class NeverDeleted(DatabaseRule):
    """Rows change their state; they never vanish.

    SQLite's INSERT OR REPLACE deletes the row in its way without a delete trigger, so there an
    insert that meets a row with one of its `keys` is refused too.
    """

    def __init__(self, *, keys: Iterable[str] = ("id",), name: str, **options: Any) -> None:
        super().__init__(name=name, **options)
        self.keys = tuple(keys)

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"keys": self.keys}

    def sqlite_sql(self, model: type[Model]) -> list[str]:
        kept = (
            f'CREATE TRIGGER IF NOT EXISTS "{self.name}_delete" BEFORE DELETE '
            f'ON "{table_of(model)}" FOR EACH ROW WHEN OLD."id" IS NOT NULL '
            f"BEGIN SELECT RAISE(ABORT, '{self.name}'); END"
        )
        return [kept, not_written_over(self.name, model, self.keys)]

    def postgresql_sql(self, model: type[Model]) -> list[str]:
        table, function = table_of(model), f"{self.name}_rule"
        return [
            f'CREATE OR REPLACE FUNCTION "{function}"() RETURNS trigger LANGUAGE plpgsql AS '
            f"$rule$ BEGIN RAISE EXCEPTION '{self.name}' "
            f"USING ERRCODE = 'integrity_constraint_violation'; END $rule$",
            f'CREATE TRIGGER "{self.name}" BEFORE DELETE ON "{table}" '
            f'FOR EACH ROW EXECUTE FUNCTION "{function}"()',
        ]

    def postgresql_removal(self, model: type[Model]) -> list[str]:
        return [
            f'DROP TRIGGER IF EXISTS "{self.name}" ON "{table_of(model)}"',
            f'DROP FUNCTION IF EXISTS "{self.name}_rule"()',
        ]


def column_of(model: type[Model], field: str) -> str:
    """The column of a field that is the model's own."""
    return str(model._meta.get_field(field).column)  # type: ignore[union-attr]  # no reverse relation


def not_written_over(name: str, model: type[Model], keys: Iterable[str]) -> str:
    """SQLite's INSERT OR REPLACE deletes the row in its way, and no delete trigger hears of it.

    Our own connections do hear (`recursive_triggers` in the settings); a shell's do not.
    """
    table = table_of(model)
    same = " OR ".join(f'kept."{key}" = NEW."{key}"' for key in keys)
    return (
        f'CREATE TRIGGER IF NOT EXISTS "{name}_insert" BEFORE INSERT ON "{table}" FOR EACH ROW '
        f'WHEN EXISTS (SELECT 1 FROM "{table}" AS kept WHERE {same}) '
        f"BEGIN SELECT RAISE(ABORT, '{name}'); END"
    )


def differs(left: str, right: str) -> str:
    """`left` is not `right`, where NULL equals NULL; reads the same on both engines."""
    return (
        f"({left} <> {right} OR ({left} IS NULL AND {right} IS NOT NULL)"
        f" OR ({left} IS NOT NULL AND {right} IS NULL))"
    )
