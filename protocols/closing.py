"""Rows that close: once their owner's status left "draft", the database lets nobody change them.

A published protocol, a signed session record, a quote that was given: each has a `status` that
begins as "draft". The classes go into `Meta.constraints`; see `protocols.database`.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Model

from protocols.database import DatabaseRule, TriggerRule, column_of, differs, table_of

DRAFT = "draft"


class ClosedIsFixed(TriggerRule):
    """These columns, the status's way back to draft among them, are fixed once a row is closed."""

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
        changed = [differs(f'OLD."{column}"', f'NEW."{column}"') for column in columns]
        reopened = f"NEW.\"status\" = '{DRAFT}'"
        return f"OLD.\"status\" <> '{DRAFT}' AND ({' OR '.join([reopened, *changed])})"


class ClosedWithOwner(DatabaseRule):
    """Rows that belong to a closed owner are neither added, nor changed, nor taken away.

    `path` names the foreign keys that lead from the row to its owner. PostgreSQL's WHEN may hold
    no subquery, so there the question stands in the function; the row lock makes whoever edits a
    draft wait for whoever is closing it.
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
        replaced = self._owner_of(model, f'(SELECT "{{}}" FROM "{table}" WHERE "id" = NEW."id")')
        old, new = self._owner_of(model, 'OLD."{}"'), self._owner_of(model, 'NEW."{}"')
        owners = {"INSERT": [new, replaced], "UPDATE": [old, new, replaced], "DELETE": [old]}
        return [
            sqlite_trigger(self.name, event, table, self._closed(model, ids))
            for event, ids in owners.items()
        ]

    def postgresql_sql(self, model: type[Model]) -> list[str]:
        table, function = table_of(model), f"{self.name}_rule"
        ids = [self._owner_of(model, 'OLD."{}"'), self._owner_of(model, 'NEW."{}"')]
        body = (
            f'BEGIN PERFORM 1 FROM "{self._owner_table(model)}" '
            f'WHERE "id" IN ({", ".join(ids)}) ORDER BY "id" FOR SHARE; '
            f"IF {self._closed(model, ids)} THEN RAISE EXCEPTION '{self.name}' "
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

    def _owner_of(self, model: type[Model], row: str) -> str:
        """The SQL of the owner's key, from the row through each foreign key of the path."""
        key = row.format(column_of(model, self.path[0]))
        for name, owner in zip(self.path[1:], self._owners(model), strict=False):
            table, column = table_of(owner), column_of(owner, name)
            key = f'(SELECT "{column}" FROM "{table}" WHERE "id" = {key})'
        return key

    def _owners(self, model: type[Model]) -> list[type[Model]]:
        """The models that the path leads through; the last one is the owner."""
        owners: list[Any] = [model]
        for name in self.path:
            owners.append(owners[-1]._meta.get_field(name).related_model)
        return owners[1:]

    def _owner_table(self, model: type[Model]) -> str:
        return table_of(self._owners(model)[-1])

    def _closed(self, model: type[Model], ids: list[str]) -> str:
        return (
            f'EXISTS (SELECT 1 FROM "{self._owner_table(model)}" p '
            f'WHERE p."status" <> \'{DRAFT}\' AND p."id" IN ({", ".join(ids)}))'
        )


def sqlite_trigger(name: str, event: str, table: str, when: str) -> str:
    """IF NOT EXISTS: a migration that creates a table and rebuilds it defers the trigger twice."""
    return (
        f'CREATE TRIGGER IF NOT EXISTS "{name}_{event.lower()}" BEFORE {event} ON "{table}" '
        f"FOR EACH ROW WHEN {when} BEGIN SELECT RAISE(ABORT, '{name}'); END"
    )
