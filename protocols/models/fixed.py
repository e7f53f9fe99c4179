"""A version that left draft is fixed, and everything that hangs on it: the database itself says so.

The classes go into `Meta.constraints`. Publishing is the one change of a draft's status that turns
the lock; after it only `active` to `retired` is let through.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Model

from protocols.closing import DRAFT, ClosedWithOwner, sqlite_trigger
from protocols.database import DatabaseRule, TriggerRule, column_of, differs, table_of

ACTIVE, RETIRED = "active", "retired"


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
            sqlite_trigger(self.name, "INSERT", table, f"EXISTS ({in_the_way})"),
            sqlite_trigger(
                self.name, "UPDATE", table, f'EXISTS ({in_the_way} AND p."id" <> OLD."id")'
            ),
        ]

    def postgresql_sql(self, model: type[Model]) -> list[str]:
        return []

    def postgresql_removal(self, model: type[Model]) -> list[str]:
        return []


class FixedWithProtocol(ClosedWithOwner):
    """Rows that belong to a published version: a protocol closes when it is published."""
