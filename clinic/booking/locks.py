"""One transaction, and everybody who wants the same practitioner, room or patient waits in line.

The database's constraints are the net; these locks are the door. Without them the exclusion
constraints of PostgreSQL make crossing series die of deadlock. All locks are taken in one call,
sorted, so that no two transactions can wait for each other.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db import IntegrityError, OperationalError, connection, transaction

from clinic.booking.asks import Refused, taken, too_busy
from clinic.line import in_line

Answer = TypeVar("Answer")
Lock = tuple[int, int]  # (space, id)

RESOURCES, PATIENTS = 1, 2  # the spaces of the locks
ATTEMPTS = 3
LOCK_TIMEOUT = "3s"
CONTENTION = {"40P01", "40001", "55P03"}  # deadlock, serialisation, lock timeout
OVERLAP = "23P01"  # an exclusion constraint
RULES_OF_OVERLAP = (
    "clinic_hold_resource_in_one_place",
    "clinic_appointment_patient_in_one_place",
    "clinic_appointment_one_attempt_at_a_time",
    "clinic_appointment.session_id",  # how SQLite names the one before
)


def carry_out(
    act: Callable[[], Answer], *, resources: Iterable[int], patients: Iterable[int] = ()
) -> Answer | Refused:
    """Run `act` in one transaction behind the locks; a lost race is an answer, not an error."""
    locks = sorted({(RESOURCES, pk) for pk in resources} | {(PATIENTS, pk) for pk in patients})
    for _attempt in range(ATTEMPTS):
        try:
            with in_line(), transaction.atomic():
                take(locks)
                return act()
        except IntegrityError as error:
            if not is_overlap(error):
                raise
            return taken()
        except OperationalError as error:
            if not is_contention(error):
                raise
    return too_busy()


def take(locks: list[Lock]) -> None:
    """Advisory locks until the end of the transaction, in one sorted call."""
    if connection.vendor != "postgresql" or not locks:
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        cursor.execute(
            "SELECT pg_advisory_xact_lock(space, id) FROM (SELECT * FROM "
            "unnest(%s::int[], %s::int[]) AS wanted(space, id) ORDER BY space, id) AS sorted",
            [[space for space, _id in locks], [pk for _space, pk in locks]],
        )


def is_overlap(error: IntegrityError) -> bool:
    return sqlstate(error) == OVERLAP or any(rule in str(error) for rule in RULES_OF_OVERLAP)


def is_contention(error: OperationalError) -> bool:
    return sqlstate(error) in CONTENTION or "locked" in str(error)


def sqlstate(error: Exception) -> str | None:
    return getattr(error.__cause__, "sqlstate", None)
