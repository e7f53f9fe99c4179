"""From a lot to its patients among 100,000 records: `python -m benchmarks.lots`.

10,000 patients with ten signed sessions each, one product use a session, 2,000 lots; one lot that
went into 2,000 sessions is asked for, on SQLite and on PostgreSQL. Timed is the whole page as
somebody in a browser gets it: number typed, redirect, list with its totals and audit rows; Django's
test client, all of the middleware. Medians of so many runs after one that warms up.
"""

import datetime as dt
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator

from benchmarks.slots import databases

PATIENTS, SESSIONS, LOTS = 10_000, 10, 2_000
WANTED, WANTED_USES = "L-777/b", 2_000
RUNS, GOAL_MS, BATCH = 15, 300, 2_000
CHILD = "--child"


def main() -> None:
    if CHILD in sys.argv:
        child()
        return
    print(
        f"{PATIENTS * SESSIONS:,} records, {LOTS:,} lots; the one asked for: {WANTED_USES:,} uses"
    )
    print(f"{'':42}{'median ms':>10}{'best':>9}{'CPU':>9}{'goal':>6}{'queries':>9}")
    with tempfile.TemporaryDirectory() as folder:
        for name, address in databases(folder):
            for row in asked(folder, address):
                show(name, *row)


def asked(folder: str, address: str) -> list[list]:
    """In a process of its own, with a database of its own."""
    with tempfile.TemporaryDirectory(dir=folder) as data:
        environment = os.environ | {"DATA_DIR": data, "DJANGO_SETTINGS_MODULE": "clinic.settings"}
        environment.pop("DATABASE_URL", None)
        if address:
            environment["DATABASE_URL"] = address
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.lots", CHILD],
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            check=False,
        )
    if done.returncode:
        sys.exit("benchmarks.lots failed")
    return json.loads(done.stdout.strip().splitlines()[-1])


def show(database: str, what: str, median: float, best: float, cpu: float, queries: int) -> None:
    """What is taken away whole has no goal: its time grows with what is in it."""
    goal = GOAL_MS if "list" in what.split() else None
    mark = "  over" if goal and median > goal else ""
    name = f"{database}: {what}"
    print(f"{name:42}{median:>10.1f}{best:>9.1f}{cpu:>9.1f}{goal or '-':>6}{queries:>9}{mark}")


# --- In a process of its own ----------------------------------------------------------------------


def child() -> None:
    import django
    from django.conf import settings

    django.setup()
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES["staticfiles"]["BACKEND"] = plain  # nothing is collected here
    settings.ALLOWED_HOSTS = ["testserver"]
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    call_command("migrate", verbosity=0)
    call_command("load_catalogue", verbosity=0, stdout=sys.stderr)
    build(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as both engines do by themselves in the course of a day
    print(json.dumps(list(measure())))


def build(now: dt.datetime) -> None:
    """Rows straight into the tables; the database's own rules are kept all the same."""
    from clinic.models import Clinic, StaffMember, User
    from patients.models import Patient
    from protocols.models import Protocol

    clinic = Clinic.objects.create(name="Centre", neutral_label="Centre")
    user = User.objects.create_user("praticien@demo.test", "x", last_name="Roux")
    StaffMember.objects.create(user=user, clinic=clinic, role="practitioner")
    protocol = Protocol.objects.bookable().filter(sessions_max__gte=1).first()
    assert protocol is not None
    lots = make_lots(now)
    patients = [
        Patient(
            family_name=f"Patient{n:05}",
            given_name="Une",
            phone=f"+3361{n:07}",
            created_at=now,
            sort_text=f"patient{n:05} une",
        )
        for n in range(PATIENTS)
    ]
    Patient.objects.bulk_create(patients, batch_size=BATCH)
    treat(patients, protocol, lots, user, now)


def make_lots(now: dt.datetime) -> list:
    from patients.models import Article, Lot
    from patients.models.stock import lot_key
    from protocols.models import Product

    article = Article.objects.create(
        product=Product.objects.earliest("pk"), name="A", maker="B", regulatory_status="device"
    )
    numbers = [WANTED, *(f"N-{n:05}" for n in range(LOTS - 1))]
    day = now.date()
    return Lot.objects.bulk_create(
        Lot(
            article=article,
            number=number,
            number_key=lot_key(number),
            expires_on=day + dt.timedelta(days=400),
            received_on=day,
        )
        for number in numbers
    )


def treat(patients: list, protocol: object, lots: list, user: object, now: dt.datetime) -> None:
    """Each patient's course, signed; the lot asked for went into so many of all sessions."""
    from patients.models import ProductUse, Series, SessionRecord, TreatmentSession

    step = protocol.steps.first()  # type: ignore[attr-defined]
    every = PATIENTS * SESSIONS // WANTED_USES
    for first in range(0, PATIENTS, BATCH // SESSIONS):
        part = patients[first : first + BATCH // SESSIONS]
        series = Series.objects.bulk_create(
            Series(patient=p, protocol=protocol, opened_at=now, opened_by=user) for p in part
        )
        sessions = TreatmentSession.objects.bulk_create(
            TreatmentSession(
                series=one, step=step, number=n, status="completed", done_on=now.date()
            )
            for one in series
            for n in range(1, SESSIONS + 1)
        )
        records = SessionRecord.objects.bulk_create(
            SessionRecord(
                session=session,
                patient_id=session.series.patient_id,
                started_at=now - dt.timedelta(hours=n),
                place="Centre, 1 rue Bleue, 75009 Paris",
                performer=user,
                performer_name="Dr Roux",
                opened_at=now,
                opened_by=user,
                saved_at=now,
                saved_by=user,
            )
            for n, session in enumerate(sessions)
        )
        ProductUse.objects.bulk_create(
            ProductUse(
                record=record,
                lot=lots[0] if n % every == 0 else lots[1 + n % (LOTS - 1)],
                name="A",
                maker="B",
                lot_number=WANTED,
                expires_on=now.date(),
                regulatory_status="device",
                volume_ml=2,
            )
            for n, record in enumerate(records, first * SESSIONS)
        )
    SessionRecord.objects.update(status="signed", signed_at=now, signed_by=user)


def measure() -> Iterator[list]:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from clinic.models import AuditEntry, User
    from patients.models import Lot

    client = Client()
    client.force_login(User.objects.get())
    lot = Lot.objects.get(number=WANTED)
    listed = reverse("lot_patients", args=[lot.public_id])
    client.post(listed, {"purpose": "recall"})
    searches: dict[str, Callable] = {
        "number typed to list audited": lambda: client.get(
            reverse("lot_trace"), {"q": "l 777 B"}, follow=True
        ),
        "last page of the list": lambda: client.get(f"{listed}?page={WANTED_USES // 50}"),
        "2,000 uses as CSV": lambda: b"".join(
            client.get(reverse("lot_table", args=[lot.public_id]))
        ),
        "200 calls": lambda: client.get(reverse("lot_calls", args=[lot.public_id])),
    }
    for name, ask in searches.items():
        with CaptureQueriesContext(connection) as queries:
            ask()
        count = len(queries)  # before the next request forgets them
        times, cpu = zip(*(timed(ask) for _run in range(RUNS)), strict=True)
        yield [name, statistics.median(times), min(times), statistics.median(cpu), count]
    assert AuditEntry.objects.filter(action="lot.patients").exists()


def timed(ask: Callable) -> tuple[float, float]:
    """Milliseconds on the clock, and of this process: a busy machine shows only in the first."""
    begin, worked = time.perf_counter(), time.process_time()
    ask()
    return (time.perf_counter() - begin) * 1e3, (time.process_time() - worked) * 1e3


if __name__ == "__main__":
    main()
