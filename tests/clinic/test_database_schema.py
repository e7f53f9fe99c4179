"""What is declared stands in the database; nothing that matters goes along with something else."""

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import Model

from clinic.models import Appointment, AuditEntry, Hold
from protocols.database import DatabaseRule


def declared() -> list[tuple[type[Model], DatabaseRule]]:
    return [
        (model, rule)
        for model in apps.get_models()
        for rule in model._meta.constraints
        if isinstance(rule, DatabaseRule)
    ]


def standing() -> set[str]:
    """Triggers and constraints in the database, by name."""
    tables = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if connection.vendor == "postgresql":
        tables = (
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D' "
            "UNION SELECT conname FROM pg_constraint WHERE convalidated"
        )
    with connection.cursor() as cursor:
        cursor.execute(tables)
        return {name for (name,) in cursor.fetchall()}


def wanted() -> set[str]:
    """The names in the rules' own SQL: what a rule says it makes."""
    found = set()
    for model, rule in declared():
        make = rule.postgresql_sql if connection.vendor == "postgresql" else rule.sqlite_sql
        found |= {name_of(statement) for statement in make(model)} - {""}
    return found


def name_of(statement: str) -> str:
    for head in ('CREATE TRIGGER IF NOT EXISTS "', 'CREATE TRIGGER "', 'ADD CONSTRAINT "'):
        if head in statement:
            return statement.split(head)[1].partition('"')[0]
    return ""


@pytest.mark.django_db
def test_every_declared_rule_stands_in_the_database() -> None:
    assert len(wanted()) >= len(declared()) - 1  # NotReplaced has a meaning on SQLite only
    assert wanted() - standing() == set()


@pytest.mark.django_db
def test_a_rule_that_was_dropped_is_missed() -> None:
    victim = sorted(wanted() & {n for n in wanted() if n.startswith("clinic_hold_is_fixed")})[0]
    table = " ON clinic_hold" if connection.vendor == "postgresql" else ""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f'DROP TRIGGER "{victim}"{table}')
        assert wanted() - standing() == {victim}
        transaction.set_rollback(True)
    assert wanted() - standing() == set()


@pytest.mark.sqlite
@pytest.mark.usefixtures("own_database")
@pytest.mark.parametrize(
    ("model", "name", "wider"),
    [
        (Hold, "starts", models.BigIntegerField()),
        (Appointment, "cancellation_note", models.CharField(max_length=250, blank=True)),
        (AuditEntry, "subject", models.CharField(max_length=90, blank=True)),
    ],
)
def test_a_rebuilt_table_keeps_its_rules(
    model: type[Model], name: str, wider: models.Field
) -> None:
    """SQLite's triggers die with the table when a later migration changes a column."""
    field = model._meta.get_field(name)
    wider.set_attributes_from_name(name)
    wider.model = model
    before = definition_of(model)
    with connection.schema_editor() as editor:
        editor.alter_field(model, field, wider)
    assert definition_of(model) != before
    assert wanted() - standing() == set()


def definition_of(model: type[Model]) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [model._meta.db_table])
        return str(cursor.fetchone()[0])


# --- who takes whom along ------------------------------------------------------------------------

# Each relation that deletes with its target. All of them are parts of an unpublished protocol.
CASCADING = {
    "protocols.AlertSign.protocol",
    "protocols.CareInstruction.protocol",
    "protocols.ExpectedReaction.protocol",
    "protocols.Phase.protocol",
    "protocols.ProtocolContraindication.protocol",
    "protocols.ProtocolIndication.protocol",
    "protocols.ProtocolProduct.protocol",
    "protocols.ProtocolZone.protocol",
    "protocols.Segment.step",
    "protocols.SegmentNeed.segment",
    "protocols.SourcedValue.protocol",
    "protocols.Step.phase",
    "protocols.Step.protocol",
}


def cascading() -> set[str]:
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in {"clinic", "patients", "protocols"}
        for field in model._meta.local_fields
        if field.remote_field is not None
        and not field.many_to_many
        and field.remote_field.on_delete is not models.PROTECT
    }


def test_nothing_is_deleted_along_with_something_else_but_parts_of_a_protocol() -> None:
    assert cascading() == CASCADING
