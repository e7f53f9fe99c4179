"""The rules of booking that the database itself keeps. See `protocols.database`."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Model

from protocols.database import DatabaseRule, TriggerRule, column_of, differs, table_of

# What is still expected of the patient: nobody has said yet what became of it.
OPEN = ("booked", "arrived")
# An appointment in one of these states occupies its patient and its resources.
OCCUPYING = (*OPEN, "fulfilled")


class NoOverlap(DatabaseRule):
    """No two rows of one owner overlap while `active` holds; half-open, so they may touch.

    `active` is SQL over the row's own columns, written with `{row}` before each. `span` is the
    range type of PostgreSQL for the two columns. Deferrable but immediate: checked at the end of
    each statement, so that one UPDATE may shift several rows that stand back to back. `longest`,
    where a CHECK keeps it, lets SQLite's index skip all that is past.
    """

    def __init__(
        self,
        *,
        owner: str,
        start: str,
        end: str,
        span: str,
        active: str,
        name: str,
        longest: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(name=name, **options)
        self.owner, self.start, self.end, self.span, self.active = owner, start, end, span, active
        self.longest = longest

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        names = ("owner", "start", "end", "span", "active", "longest")
        return path, args, kwargs | {name: getattr(self, name) for name in names}

    def _columns(self, model: type[Model]) -> tuple[str, str, str]:
        owner, start, end = (column_of(model, name) for name in (self.owner, self.start, self.end))
        return owner, start, end

    def sqlite_sql(self, model: type[Model]) -> list[str]:
        table, (owner, start, end) = table_of(model), self._columns(model)
        clash = (
            f'SELECT 1 FROM "{table}" AS other WHERE other."{owner}" = NEW."{owner}" '
            f'AND other."id" <> NEW."id" AND {self.active.format(row="other.")} '
            f'AND other."{start}" < NEW."{end}" AND NEW."{start}" < other."{end}"'
        )
        if self.longest is not None:
            clash += f' AND other."{start}" >= NEW."{start}" - {self.longest}'
        new = self.active.format(row="NEW.")
        # AFTER, because NEW.id does not exist before an insert.
        return [
            f'CREATE TRIGGER IF NOT EXISTS "{self.name}_{event.lower()}" AFTER {event} '
            f'ON "{table}" FOR EACH ROW WHEN {new} AND EXISTS ({clash}) '
            f"BEGIN SELECT RAISE(ABORT, '{self.name}'); END"
            for event in ("INSERT", "UPDATE")
        ]

    def postgresql_sql(self, model: type[Model]) -> list[str]:
        table, (owner, start, end) = table_of(model), self._columns(model)
        return [
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{self.name}" EXCLUDE USING gist '
            f'("{owner}" WITH =, {self.span}("{start}", "{end}") WITH &&) '
            f"WHERE ({self.active.format(row='')}) DEFERRABLE INITIALLY IMMEDIATE"
        ]

    def postgresql_removal(self, model: type[Model]) -> list[str]:
        return [f'ALTER TABLE "{table_of(model)}" DROP CONSTRAINT IF EXISTS "{self.name}"']


class HoldsFollowStatus(TriggerRule):
    """When an appointment's status changes, its holds fall free or are taken again with it.

    So a cancelled appointment cannot keep a room, and one that is un-cancelled by whatever door
    must pass `NoOverlap` again.
    """

    timing = "AFTER"

    def events(self) -> tuple[str, ...]:
        return ('UPDATE OF "status"',)

    def when(self, model: type[Model]) -> str:
        return 'OLD."status" <> NEW."status"'

    def act(self, model: type[Model], vendor: str) -> str:
        states = ", ".join(f"'{state}'" for state in OCCUPYING)
        return (
            f'UPDATE "clinic_hold" SET "active" = (NEW."status" IN ({states})) '
            f'WHERE "appointment_id" = NEW."id";'
        )


class SentIsFixed(TriggerRule):
    """What a patient was told stays as it was told: an accepted message changes no more."""

    def events(self) -> tuple[str, ...]:
        return ("UPDATE",)

    def when(self, model: type[Model]) -> str:
        fields = ("status", "sent_to", "subject", "text", "provider_id", "settled_at")
        columns = [column_of(model, field) for field in fields]
        changed = " OR ".join(differs(f'OLD."{column}"', f'NEW."{column}"') for column in columns)
        return f"OLD.\"status\" = 'accepted' AND ({changed})"
