"""The rules of records that the database itself keeps. See `protocols.database`."""

from django.db.models import Model

from protocols.closing import DRAFT, ClosedIsFixed, sqlite_trigger
from protocols.database import FixedColumns, TriggerRule, column_of, differs, table_of

SIGNED = "signed"


class FixedOnceUsed(FixedColumns):
    """These columns of a lot may be put right until it was first used in a patient."""

    asks_other_tables = True

    def when(self, model: type[Model]) -> str:
        used = 'EXISTS (SELECT 1 FROM "patients_productuse" u WHERE u."lot_id" = OLD."id")'
        return f"({super().when(model)}) AND {used}"


class SignedStays(TriggerRule):
    """A session whose record is signed stays done, on the day that was signed for."""

    asks_other_tables = True

    def events(self) -> tuple[str, ...]:
        return ("UPDATE",)

    def when(self, model: type[Model]) -> str:
        names = ("series", "step", "number", "status", "done_on")
        columns = [column_of(model, name) for name in names]
        changed = " OR ".join(differs(f'OLD."{column}"', f'NEW."{column}"') for column in columns)
        signed = (
            'EXISTS (SELECT 1 FROM "patients_sessionrecord" r '
            f'WHERE r."session_id" = OLD."id" AND r."status" = \'{SIGNED}\')'
        )
        # What was not done yet becomes done in the act of signing.
        return f"OLD.\"status\" = 'completed' AND ({changed}) AND {signed}"

    def sqlite_sql(self, model: type[Model]) -> list[str]:
        """OR REPLACE would put another row in its place: no row is written over a signed one."""
        table = table_of(model)
        same = (
            's."id" = NEW."id" OR (s."series_id" = NEW."series_id" AND s."number" = NEW."number")'
        )
        signed = (
            f'SELECT 1 FROM "{table}" s JOIN "patients_sessionrecord" r ON r."session_id" = s."id" '
            f"WHERE r.\"status\" = '{SIGNED}' AND ({same})"
        )
        return [
            *super().sqlite_sql(model),
            sqlite_trigger(f"{self.name}_over", "INSERT", table, f"EXISTS ({signed})"),
            sqlite_trigger(
                f"{self.name}_over", "UPDATE", table, f'EXISTS ({signed} AND s."id" <> OLD."id")'
            ),
        ]


class SignedIsFixed(ClosedIsFixed):
    """No column of a signed record changes; there is no way back, nor on to anything else."""

    def when(self, model: type[Model]) -> str:
        moved_on = f'OLD."status" <> \'{DRAFT}\' AND NEW."status" <> OLD."status"'
        return f"({super().when(model)}) OR ({moved_on})"
