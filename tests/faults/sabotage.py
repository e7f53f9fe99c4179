"""Takes one protection away, in a child process only: a test shows that it would see the fault."""

import time
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from typing import Any

from django.db import connection, transaction

from clinic import signing
from clinic.booking import booking, locks
from clinic.models import Appointment, Hold
from clinic.models.rules import NoOverlap
from patients.records import drafts, seals

SECONDS_TO_THINK = 0.4


def no_locks_and_no_transaction() -> None:
    """Check, think, write: what a booking without the door of `locks` would do."""
    booking.carry_out = just_do_it
    think_before_writing()


def just_do_it(act: Callable[[], Any], *, resources: Iterable[int], patients: Any = ()) -> Any:
    return act()


def think_before_writing() -> None:
    write = booking.write

    def slowly(*args: Any, **kwargs: Any) -> Any:
        time.sleep(SECONDS_TO_THINK)
        return write(*args, **kwargs)

    booking.write = slowly


def no_constraint() -> None:
    """The net: without it nothing in the database keeps two holds apart."""
    for model in (Hold, Appointment):
        for rule in model._meta.constraints:
            if isinstance(rule, NoOverlap):
                drop(rule, model)


def drop(rule: NoOverlap, model: Any) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for statement in rule.postgresql_removal(model):
                cursor.execute(statement)
        else:
            for event in ("insert", "update"):
                cursor.execute(f'DROP TRIGGER "{rule.name}_{event}"')


def transactions_only() -> None:
    """Transactions and constraints, but nobody lines up, and holds are written one by one."""
    booking.carry_out = in_a_transaction
    think_before_writing()
    Hold.objects.bulk_create = one_by_one


def one_by_one(holds: Iterable[Hold]) -> None:
    for hold in holds:
        hold.save()
        time.sleep(SECONDS_TO_THINK / 20)


def in_a_transaction(
    act: Callable[[], Any], *, resources: Iterable[int], patients: Any = ()
) -> Any:
    with transaction.atomic():
        return act()


def saves_without_looking() -> None:
    """A save that minds no version: it writes over whatever came between."""
    drafts.content_at = lambda record, version: drafts.content_of(record)


def signs_without_looking() -> None:
    """Whatever somebody else wrote since the form was shown is signed along with it."""
    signing.unseen_fields = lambda saved, shown: frozenset()


def signs_bit_by_bit() -> None:
    """Each statement by itself, as a signature without a transaction would be."""
    signing.carry_out = just_do_it


def seals_without_a_line() -> None:
    """Everybody reads the chain's end, thinks, and adds to it."""
    seals.line_up = lambda: None
    digest = seals.content_hash

    def slowly(sealed: Any) -> str:
        time.sleep(SECONDS_TO_THINK)
        return digest(sealed)

    seals.content_hash = slowly


def deferred_transactions() -> None:
    """SQLite's own default: a transaction begins as a reader and asks for the pen later."""
    connection.close()
    connection.settings_dict["OPTIONS"]["transaction_mode"] = "DEFERRED"
    locks.in_line = nullcontext


def unsorted_locks(act: Callable[[], Any], *, resources: Iterable[int], patients: Any = ()) -> Any:
    """One lock after the other, in the order in which they were asked for."""
    take = locks.take

    def one_by_one(act: Callable[[], Any] = act) -> Any:
        for resource in resources:
            take([(locks.RESOURCES, resource)])
        return act()

    return locks.carry_out(one_by_one, resources=())
