"""Publishing and editing one draft at the same time: one of the two waits for the other."""

from collections.abc import Iterator

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from protocols import editing
from protocols.models import Protocol
from tests.protocols.making import NOW, make_draft

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

EDIT = "UPDATE protocols_step SET note_fr = 'x' WHERE protocol_id = %s"


@pytest.fixture(autouse=True)
def postgres_only() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite one writer holds the whole file")


@pytest.fixture
def colleague() -> Iterator[BaseDatabaseWrapper]:
    """A second connection, which gives up waiting after a moment."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    yield other
    other.close()


def edit(database: BaseDatabaseWrapper, draft: Protocol) -> None:
    with database.cursor() as cursor:
        cursor.execute(EDIT, [draft.pk])


def test_who_edits_waits_for_who_publishes(colleague: BaseDatabaseWrapper) -> None:
    draft = make_draft()
    with transaction.atomic():
        editing.publish(draft, by="me", now=NOW)
        with pytest.raises(OperationalError, match="lock timeout"):
            edit(colleague, draft)
    with pytest.raises(IntegrityError, match="protocols_step_fixed"):
        edit(colleague, draft)


def test_who_publishes_waits_for_who_edits(colleague: BaseDatabaseWrapper) -> None:
    draft = make_draft()
    with transaction.atomic():
        edit(connection, draft)
        with colleague.cursor() as cursor, pytest.raises(OperationalError, match="lock timeout"):
            cursor.execute(
                "UPDATE protocols_protocol SET status = 'active', published_at = now(), "
                "published_by = 'me' WHERE id = %s",
                [draft.pk],
            )
    assert editing.publish(draft, by="me", now=NOW) == []
