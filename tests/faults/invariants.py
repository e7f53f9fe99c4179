"""What must hold in the database, asked in SQL of its own and not through the code under test."""

import time
from typing import Any

from django.db import connection

SECONDS_TO_END = 30
OTHERS = """
    SELECT pid FROM pg_stat_activity WHERE datname = current_database()
    AND backend_type = 'client backend' AND pid <> pg_backend_pid()"""
LIVE = "('booked', 'arrived', 'fulfilled')"

# Each finds what must not be there.
BROKEN = {
    "two active holds of one resource overlap": """
        SELECT a.id, b.id FROM clinic_hold a JOIN clinic_hold b
        ON a.resource_id = b.resource_id AND a.id < b.id AND a.starts < b.ends AND b.starts < a.ends
        WHERE a.active AND b.active""",
    "a patient is in two places": f"""
        SELECT a.id, b.id FROM clinic_appointment a JOIN clinic_appointment b
        ON a.patient_id = b.patient_id AND a.id < b.id
        AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
        WHERE a.status IN {LIVE} AND b.status IN {LIVE}""",
    "a hold does not follow its appointment": f"""
        SELECT h.id FROM clinic_hold h JOIN clinic_appointment a ON a.id = h.appointment_id
        WHERE h.active <> (a.status IN {LIVE})""",
    "an appointment holds nothing": """
        SELECT a.id FROM clinic_appointment a
        WHERE NOT EXISTS (SELECT 1 FROM clinic_hold h WHERE h.appointment_id = a.id)""",
    "a session is booked without a live appointment, or not booked with one": f"""
        SELECT s.id FROM patients_treatmentsession s
        WHERE (s.status = 'scheduled') <> EXISTS (
            SELECT 1 FROM clinic_appointment a WHERE a.session_id = s.id AND a.status IN {LIVE})""",
    "a session has two live attempts": f"""
        SELECT session_id FROM clinic_appointment
        WHERE session_id IS NOT NULL AND status IN {LIVE}
        GROUP BY session_id HAVING COUNT(*) > 1""",
    "a move lost its predecessor, or two moves have the same one": """
        SELECT n.id FROM clinic_appointment n JOIN clinic_appointment o ON o.id = n.replaces_id
        WHERE o.status <> 'cancelled' OR o.cancellation_reason <> 'moved' OR o.uid <> n.uid
        OR n.sequence <> o.sequence + 1""",
    "a moved appointment has no successor": """
        SELECT o.id FROM clinic_appointment o WHERE o.cancellation_reason = 'moved'
        AND NOT EXISTS (SELECT 1 FROM clinic_appointment n WHERE n.replaces_id = o.id)""",
    "a series without a line in the audit trail": """
        SELECT s.public_id FROM patients_series s WHERE NOT EXISTS (
            SELECT 1 FROM clinic_auditentry e
            WHERE e.action = 'series.book' AND e.subject = 'series:' || s.public_id)""",
}


def broken() -> dict[str, list[Any]]:
    """Every invariant that does not hold, with the rows that break it."""
    found = {name: rows(sql) for name, sql in BROKEN.items()}
    return {name: breaking for name, breaking in found.items() if breaking}


def half_series(sessions: int) -> list[Any]:
    """Series that have other than this many live appointments."""
    return rows(
        f"""SELECT s.id, COUNT(a.id) FROM patients_series s
        LEFT JOIN patients_treatmentsession t ON t.series_id = s.id
        LEFT JOIN clinic_appointment a ON a.session_id = t.id AND a.status IN {LIVE}
        GROUP BY s.id HAVING COUNT(a.id) <> {sessions}"""
    )


def deadlocks() -> int:
    """How many PostgreSQL had to break in this database, also those that a retry hid."""
    if connection.vendor != "postgresql":
        return 0  # SQLite has one writer: nobody can wait for a second lock
    wait_for_the_others()
    sql = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    return rows(sql)[0][0]


def wait_for_the_others() -> None:
    """A server process tells the statistics what it saw when it ends, soon after its client did."""
    deadline = time.monotonic() + SECONDS_TO_END
    while rows(OTHERS):
        assert time.monotonic() < deadline, "a server process is still there"
        time.sleep(0.01)


def count(table: str) -> int:
    return rows(f"SELECT COUNT(*) FROM {table}")[0][0]


def rows(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()
