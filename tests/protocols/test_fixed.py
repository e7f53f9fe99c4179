"""A published version is fixed, through every door, on both engines."""

from collections.abc import Callable, Iterator

import pytest
from django.db import IntegrityError, connection, models, transaction

from protocols import editing
from protocols.models import (
    AlertSign,
    CareInstruction,
    ExpectedReaction,
    Phase,
    Protocol,
    ProtocolContraindication,
    ProtocolIndication,
    ProtocolProduct,
    ProtocolZone,
    Segment,
    SegmentNeed,
    SourcedValue,
    Step,
)
from protocols.models.fixed import FixedWithProtocol
from protocols.models.protocol import RULE_COLUMNS
from tests.protocols.making import NOW

# What hangs on a protocol, leaves first, so that a draft can be taken apart in this order.
PARTS: tuple[type[models.Model], ...] = (
    SegmentNeed, Segment, Step, Phase, CareInstruction, ExpectedReaction, AlertSign, SourcedValue,
    ProtocolIndication, ProtocolZone, ProtocolProduct, ProtocolContraindication,
)  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(shipped: object) -> Protocol:
    """It has a row of every kind."""
    return Protocol.objects.get(slug="pain-weekly")


@pytest.fixture
def draft(published: Protocol) -> Protocol:
    return editing.revise(published, by="the test")


def path_to_protocol(model: type[models.Model]) -> tuple[str, ...]:
    rules = [rule for rule in model._meta.constraints if isinstance(rule, FixedWithProtocol)]
    return rules[0].path


def row_of(model: type[models.Model], protocol: Protocol) -> models.Model:
    lookup = "__".join(path_to_protocol(model))
    return model._default_manager.filter(**{lookup: protocol}).order_by("-pk")[0]


def goes_through(act: Callable[[], object]) -> bool:
    """Whether the database lets it happen; refused by another rule, the test is mistaken."""
    try:
        with transaction.atomic():
            act()
    except IntegrityError as error:
        if any(rule in str(error) for rule in ("_fixed", "_stays", "_not_replaced")):
            return False
        raise
    return True


def run(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def columns(model: type[models.Model], *, but: str = "id") -> str:
    names = [field.column for field in model._meta.concrete_fields]
    return ", ".join(f'"{name}"' for name in names if name != but)


def touch(row: models.Model) -> None:
    """An update that changes nothing but the row's own key column: the mildest there is."""
    column = row._meta.concrete_fields[1].column
    run(f'UPDATE "{row._meta.db_table}" SET "{column}" = "{column}" WHERE id = %s', row.pk)


def raw_delete(row: models.Model) -> None:
    run(f'DELETE FROM "{row._meta.db_table}" WHERE id = %s', row.pk)


def insert_copy(row: models.Model) -> None:
    """Refused by our rule before any unique constraint is looked at."""
    names = columns(type(row))
    run(
        f'INSERT INTO "{row._meta.db_table}" ({names}) '
        f'SELECT {names} FROM "{row._meta.db_table}" WHERE id = %s',
        row.pk,
    )


@pytest.mark.parametrize("act", [touch, raw_delete, insert_copy], ids=lambda act: act.__name__)
def test_no_part_of_a_published_version_changes_by_raw_sql(
    published: Protocol, act: Callable[[models.Model], None]
) -> None:
    passed = [m for m in PARTS if goes_through(lambda m=m: act(row_of(m, published)))]
    assert passed == []


def test_every_part_of_a_draft_changes(draft: Protocol) -> None:
    assert [m for m in PARTS if not goes_through(lambda m=m: touch(row_of(m, draft)))] == []


def test_every_part_of_a_draft_can_be_deleted(draft: Protocol) -> None:
    refused = []
    for model in PARTS:
        rows = model._default_manager.filter(**{"__".join(path_to_protocol(model)): draft})
        refused += [row for row in rows if not goes_through(lambda row=row: raw_delete(row))]
    assert refused == []


def test_without_the_rule_the_same_statement_passes(published: Protocol) -> None:
    """The negative control: it is this trigger that refuses, and nothing else."""
    step = row_of(Step, published)
    assert not goes_through(lambda: touch(step))
    drop_rules(Step)
    assert goes_through(lambda: touch(step))


def drop_rules(model: type[models.Model]) -> None:
    rule = next(rule for rule in model._meta.constraints if isinstance(rule, FixedWithProtocol))
    if connection.vendor == "postgresql":
        for statement in rule.postgresql_removal(model):
            run(statement)
        return
    for event in ("insert", "update", "delete"):
        run(f'DROP TRIGGER "{rule.name}_{event}"')


def orm_attempts(protocol: Protocol) -> Iterator[tuple[str, Callable[[], object]]]:
    step = protocol.steps.all()[1]
    segment = step.segments.all()[0]
    kind = segment.needs.all()[0]
    yield "save", lambda: Protocol.objects.get(pk=protocol.pk).save(update_fields=["name_fr"])
    yield "rename", lambda: Protocol.objects.filter(pk=protocol.pk).update(name_fr="Autre")
    yield "back to draft", lambda: Protocol.objects.filter(pk=protocol.pk).update(status="draft")
    yield "delete", protocol.delete
    yield "update", lambda: protocol.steps.update(note_fr="Autre")
    yield "bulk_update", lambda: Step.objects.bulk_update([step], ["note_fr"])
    yield (
        "bulk_create",
        lambda: Segment.objects.bulk_create(
            [Segment(step=step, position=9, name_fr="x", minutes=1, source=segment.source)]
        ),
    )
    yield "M2M remove", lambda: segment.needs.remove(kind)
    yield "M2M clear", segment.needs.clear
    yield "M2M set", lambda: segment.needs.set([])
    yield "indications", protocol.indications.clear
    yield "cascade", step.phase.delete


def test_no_part_of_a_published_version_changes_by_the_orm(published: Protocol) -> None:
    passed = [name for name, act in orm_attempts(published) if goes_through(act)]
    assert passed == ["save"]  # nothing differs, so there is nothing to refuse


def test_the_orm_changes_a_draft(draft: Protocol) -> None:
    attempts = [*orm_attempts(draft)]
    changes = [(name, act) for name, act in attempts if name not in {"delete", "back to draft"}]
    assert [name for name, act in changes if not goes_through(act)] == []


def test_a_draft_is_deleted_with_all_its_parts(draft: Protocol, published: Protocol) -> None:
    before = {model: model._default_manager.count() for model in PARTS}
    draft.delete()
    after = {model: model._default_manager.count() for model in PARTS}
    assert all(after[model] < before[model] for model in PARTS)
    assert published.steps.count() == 4


def test_a_part_does_not_move_into_a_published_version(
    draft: Protocol, published: Protocol
) -> None:
    step = draft.steps.get(number=4)
    assert not goes_through(
        lambda: Step.objects.filter(pk=step.pk).update(protocol=published, number=99)
    )
    assert not goes_through(
        lambda: step.segments.update(step=published.steps.get(number=4), position=9)
    )


@pytest.mark.sqlite
def test_insert_or_replace_is_no_way_around(draft: Protocol, published: Protocol) -> None:
    """SQLite takes the row in the way without asking its delete trigger."""
    if connection.vendor != "sqlite":
        pytest.skip("INSERT OR REPLACE is SQLite's")
    target, step = published.steps.all()[0], draft.steps.all()[0]
    names = columns(Step)
    statement = (
        f"INSERT OR REPLACE INTO protocols_step (id, {names}) "
        f"SELECT %s, {names} FROM protocols_step WHERE id = %s"
    )
    assert not goes_through(lambda: run(statement, target.pk, step.pk))
    names = columns(Protocol)
    statement = (
        f"INSERT OR REPLACE INTO protocols_protocol (id, {names}) "
        f"SELECT id, {names} FROM protocols_protocol WHERE id = %s"
    )
    assert not goes_through(lambda: run(statement, published.pk))
    statement = (
        "UPDATE OR REPLACE protocols_protocol SET status = 'active', published_at = %s, "
        "published_by = 'me' WHERE id = %s"
    )
    assert not goes_through(lambda: run(statement, NOW, draft.pk))
    assert Protocol.objects.filter(pk=published.pk).exists()


def test_an_active_version_may_only_retire(published: Protocol) -> None:
    rows = Protocol.objects.filter(pk=published.pk)
    assert not goes_through(lambda: rows.update(retired_by="somebody"))
    assert goes_through(lambda: rows.update(status="retired", retired_at=NOW, retired_by="me"))
    assert not goes_through(lambda: rows.update(status="active", retired_at=None, retired_by=""))
    assert not goes_through(lambda: rows.update(retired_by="somebody else"))


def test_every_column_of_a_protocol_is_fixed_or_named_here() -> None:
    """A new column must be thought about: it is a rule, or it moves with the status."""
    names = {field.name for field in Protocol._meta.concrete_fields}
    assert names - set(RULE_COLUMNS) == {"status", "retired_at", "retired_by"}


def test_everything_that_hangs_on_a_protocol_is_fixed_with_it() -> None:
    hanging, found = {Protocol}, set()
    while hanging:
        owner = hanging.pop()
        children = {
            relation.related_model
            for relation in owner._meta.related_objects
            if relation.one_to_many and relation.related_model._meta.app_label == "protocols"
        }
        hanging |= children - found
        found |= children
    assert found == set(PARTS)
    assert all(path_to_protocol(model) for model in found)
