"""Takes one protection away, in a child process only: a test shows that it would see the fault.

Where the fault needs processes that overlap, they meet between look and write, so that they do.
"""

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

from django.db import connection, transaction

from clinic import signing
from clinic.booking import booking, locks, writing
from clinic.models import Appointment, Hold
from clinic.models.rules import NoOverlap
from patients import quotes
from patients.records import drafts, seals
from tests.faults.processes import Meeting


def no_locks_and_no_transaction(meeting: Meeting | None = None) -> None:
    """Check, meet, write: what a booking without the door of `locks` would do."""
    booking.carry_out = just_do_it
    if meeting:
        meet_before_writing(meeting)


def just_do_it(act: Callable[[], Any], *, resources: Iterable[int], patients: Any = ()) -> Any:
    return act()


def meet_before_writing(meeting: Meeting) -> None:
    """Everybody has looked, nobody has written: the series comes first of what is written."""
    open_series = booking._series

    def together(*args: Any, **kwargs: Any) -> Any:
        meeting()
        return open_series(*args, **kwargs)

    booking._series = together


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


def transactions_only(start: Meeting, first_hold: Meeting) -> None:
    """Transactions and constraints, but nobody lines up, and two write crosswise, one by one."""
    booking.carry_out = in_a_transaction
    meet_before_writing(start)
    insert = writing.insert_holds

    def one_by_one(holds: Iterable[tuple[int, ...]]) -> None:
        in_order = sorted(holds, key=lambda hold: hold[1:])  # without the appointment
        for hold in reversed(in_order) if start.place else in_order:
            insert([hold])
            first_hold()

    writing.insert_holds = one_by_one


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


def seals_without_a_line(meeting: Meeting) -> None:
    """Everybody reads the chain's end, meets the others, and adds to it."""
    seals.line_up = lambda: None
    digest = seals.content_hash

    def together(sealed: Any) -> str:
        meeting()
        return digest(sealed)

    seals.content_hash = together


def numbers_without_a_line(meeting: Meeting) -> None:
    """As if the database needed no lock: everybody reads the last number, meets, and takes it."""
    quotes.connection = SimpleNamespace(vendor="none")  # type: ignore[assignment]
    next_number = quotes._next_number

    def together(year: int) -> str:
        number = next_number(year)
        meeting()
        return number

    quotes._next_number = together


def deferred_transactions(meeting: Meeting) -> None:
    """SQLite's own default: a transaction begins as a reader and asks for the pen later.

    Once only: a second try would hide it from most of them.
    """
    connection.close()
    connection.settings_dict["OPTIONS"]["transaction_mode"] = "DEFERRED"
    locks.in_line, locks.ATTEMPTS = nullcontext, 1
    meet_before_writing(meeting)


def unsorted_locks(meeting: Meeting) -> Callable[..., Any]:
    """One lock after the other, in the order in which they were asked for; all hold their first."""
    take = locks.take

    def carry_out(act: Callable[[], Any], *, resources: Iterable[int], patients: Any = ()) -> Any:
        def one_by_one() -> Any:
            for resource in resources:
                take([(locks.RESOURCES, resource)])
                meeting()
            return act()

        return locks.carry_out(one_by_one, resources=())

    return carry_out
