"""A version that left draft is fixed, and everything that hangs on it: the database itself says so.

The classes go into `Meta.constraints`. Publishing is the one change of a draft's status that turns
the lock; after it only `active` to `retired` is let through.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Model

from protocols.database import DatabaseRule, TriggerRule, column_of, differs, table_of

DRAFT, ACTIVE, RETIRED = "draft", "active", "retired"


class PublishedIsFixed(TriggerRule):
    """No column of a published version changes, but its status from active to retired.

    A retired one is at rest, so who retired it and when are written with that one change.
    """

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
        changed = " OR ".join(differs(f'OLD."{column}"', f'NEW."{column}"') for column in columns)
        return f"OLD.\"status\" <> '{DRAFT}' AND ({_moves_otherwise()} OR {changed})"


def _moves_otherwise() -> str:
    """Any change but that from active to retired; a CHECK ties `retired_at` to the status."""
    retires = f"(OLD.\"status\" = '{ACTIVE}' AND NEW.\"status\" = '{RETIRED}')"
    moved = " OR ".join(
        differs(f'OLD."{column}"', f'NEW."{column}"')
        for column in ("status", "retired_at", "retired_by")
    )
    return f"(({moved}) AND NOT {retires})"


class PublishedStays(TriggerRule):
    """A published version is never deleted."""

    def events(self) -> tuple[str, ...]:
        return ("DELETE",)

    def when(self, model: type[Model]) -> str:
        return f"OLD.\"status\" <> '{DRAFT}'"


class NotReplaced(DatabaseRule):
    """SQLite's OR REPLACE deletes the row in its way without asking its delete trigger: refused.

    In the way is who has the same key, the same version, or is the one in use beside another.
    """

    def sqlite_sql(self, model: type[Model]) -> list[str]:
        table = table_of(model)
        in_the_way = (
            f'SELECT 1 FROM "{table}" p WHERE p."status" <> \'{DRAFT}\' AND (p."id" = NEW."id" '
            f'OR (p."slug" = NEW."slug" AND (p."version" = NEW."version" '
            f"OR (p.\"status\" = '{ACTIVE}' AND NEW.\"status\" = '{ACTIVE}'))))"
        )
        return [
            _sqlite_trigger(self.name, "INSERT", table, f"EXISTS ({in_the_way})"),
            _sqlite_trigger(
                self.name, "UPDATE", table, f'EXISTS ({in_the_way} AND p."id" <> OLD."id")'
            ),
        ]

    def postgresql_sql(self, model: type[Model]) -> list[str]:
        return []

    def postgresql_removal(self, model: type[Model]) -> list[str]:
        return []


class FixedWithProtocol(DatabaseRule):
    """Rows that belong to a published version are neither added, nor changed, nor taken away.

    `path` names the foreign keys that lead from the row to its protocol. PostgreSQL's WHEN may hold
    no subquery, so there the question stands in the function; the row lock makes whoever edits a
    draft wait for whoever is publishing it.
    """

    def __init__(self, *, path: Iterable[str], name: str, **options: Any) -> None:
        super().__init__(name=name, **options)
        self.path = tuple(path)

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"path": self.path}

    def sqlite_sql(self, model: type[Model]) -> list[str]:
        table = table_of(model)
        # The row with NEW's key is looked at too: OR REPLACE would take it away without a trigger.
        replaced = self._protocol_of(model, f'(SELECT "{{}}" FROM "{table}" WHERE "id" = NEW."id")')
        old, new = self._protocol_of(model, 'OLD."{}"'), self._protocol_of(model, 'NEW."{}"')
        owners = {"INSERT": [new, replaced], "UPDATE": [old, new, replaced], "DELETE": [old]}
        return [
            _sqlite_trigger(self.name, event, table, self._published(model, ids))
            for event, ids in owners.items()
        ]

    def postgresql_sql(self, model: type[Model]) -> list[str]:
        table, function = table_of(model), f"{self.name}_rule"
        ids = [self._protocol_of(model, 'OLD."{}"'), self._protocol_of(model, 'NEW."{}"')]
        body = (
            f'BEGIN PERFORM 1 FROM "{self._protocol_table(model)}" '
            f'WHERE "id" IN ({", ".join(ids)}) ORDER BY "id" FOR SHARE; '
            f"IF {self._published(model, ids)} THEN RAISE EXCEPTION '{self.name}' "
            f"USING ERRCODE = 'integrity_constraint_violation'; END IF; "
            f"IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END"
        )
        return [
            (
                f'CREATE OR REPLACE FUNCTION "{function}"() RETURNS trigger LANGUAGE plpgsql AS '
                f"$rule$ {body} $rule$"
            ),
            (
                f'CREATE TRIGGER "{self.name}" BEFORE INSERT OR UPDATE OR DELETE ON "{table}" '
                f'FOR EACH ROW EXECUTE FUNCTION "{function}"()'
            ),
        ]

    def postgresql_removal(self, model: type[Model]) -> list[str]:
        return [
            f'DROP TRIGGER IF EXISTS "{self.name}" ON "{table_of(model)}"',
            f'DROP FUNCTION IF EXISTS "{self.name}_rule"()',
        ]

    def _protocol_of(self, model: type[Model], row: str) -> str:
        """The SQL of the protocol's key, from the row through each foreign key of the path."""
        key = row.format(column_of(model, self.path[0]))
        for name, owner in zip(self.path[1:], self._owners(model), strict=False):
            table, column = table_of(owner), column_of(owner, name)
            key = f'(SELECT "{column}" FROM "{table}" WHERE "id" = {key})'
        return key

    def _owners(self, model: type[Model]) -> list[type[Model]]:
        """The models that the path leads through; the last one is the protocol."""
        owners: list[Any] = [model]
        for name in self.path:
            owners.append(owners[-1]._meta.get_field(name).related_model)
        return owners[1:]

    def _protocol_table(self, model: type[Model]) -> str:
        return table_of(self._owners(model)[-1])

    def _published(self, model: type[Model], ids: list[str]) -> str:
        return (
            f'EXISTS (SELECT 1 FROM "{self._protocol_table(model)}" p '
            f'WHERE p."status" <> \'{DRAFT}\' AND p."id" IN ({", ".join(ids)}))'
        )


def _sqlite_trigger(name: str, event: str, table: str, when: str) -> str:
    """IF NOT EXISTS: a migration that creates a table and rebuilds it defers the trigger twice."""
    return (
        f'CREATE TRIGGER IF NOT EXISTS "{name}_{event.lower()}" BEFORE {event} ON "{table}" '
        f"FOR EACH ROW WHEN {when} BEGIN SELECT RAISE(ABORT, '{name}'); END"
    )
