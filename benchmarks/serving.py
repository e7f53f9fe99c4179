"""Server time and queries of each page, in this process: `python -m benchmarks.serving`.

On a freshly seeded demonstration clinic, signed in as reception, with Django's test client: all of
the middleware, none of the network. Medians of so many runs after one that warms up.
"""

import datetime as dt
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

RUNS = 9
GOAL_MS, PLAN_MS = 100, 300
CHILD = "--child"


def main() -> None:
    if CHILD in sys.argv:
        child()
        return
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "clinic.settings"}
        environment.pop("DATABASE_URL", None)
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.serving", CHILD],
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            check=False,
        )
    if done.returncode:
        sys.exit("benchmarks.serving failed")
    show(json.loads(done.stdout.strip().splitlines()[-1]))


def show(rows: list[list]) -> None:
    print(f"{'page':40}{'median ms':>10}{'best':>9}{'goal':>6}{'queries':>9}{'kB':>7}")
    for name, median, best, goal, queries, size in rows:
        mark = "" if median <= goal else "  over"
        print(f"{name:40}{median:>10.1f}{best:>9.1f}{goal:>6}{queries:>9}{size / 1024:>7.0f}{mark}")


# --- In a process of its own, with a database of its own ------------------------------------------


def child() -> None:
    import django
    from django.conf import settings

    django.setup()
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES["staticfiles"]["BACKEND"] = plain  # nothing is collected here
    settings.ALLOWED_HOSTS = ["testserver"]
    from django.core.management import call_command
    from django.utils import timezone

    call_command("migrate", verbosity=0)
    from clinic.demo.seeding import seed

    call_command("load_catalogue", verbosity=0, stdout=sys.stderr)
    now = timezone.now()
    seed(now=now, say=lambda _line: None)
    print(json.dumps([measured(*page) for page in pages(now)]))


def pages(now: dt.datetime) -> Iterator[tuple[str, str, int]]:
    """(name, address, goal in ms)"""
    from django.urls import reverse

    from clinic.models import Appointment, Clinic
    from patients.models import Patient, Series
    from protocols.models import Protocol

    clinic = Clinic.objects.get(name="Centre Voltaire")
    ahead = Appointment.objects.filter(clinic=clinic, status="booked", starts_at__gt=now)
    appointment = ahead.filter(session__isnull=False).earliest("starts_at")
    patient, series = appointment.patient, appointment.session.series
    assert isinstance(series, Series)
    idle = Patient.objects.filter(series=None).first()
    assert idle is not None
    slug = "skin-quality"
    assert Protocol.objects.bookable().filter(slug=slug).exists()
    plan = {
        "patient": idle.public_id,
        "protocol": slug,
        "start": f"{clinic.today(now=now) + dt.timedelta(days=3):%d/%m/%Y}",
        "last": "4",
    }
    yield "desk", reverse("desk"), GOAL_MS
    yield "agenda, day", reverse("agenda"), GOAL_MS
    yield "agenda, week", reverse("agenda", query={"view": "week"}), GOAL_MS
    yield "agenda, week, as JSON", reverse("agenda_events", query={"view": "week"}), GOAL_MS
    yield "to move", reverse("desk_list", args=["move"]), GOAL_MS
    yield "to call", reverse("desk_list", args=["call"]), GOAL_MS
    yield "patients", reverse("patients"), GOAL_MS
    yield "search", reverse("search", query={"q": "mart"}), GOAL_MS
    yield "patient", reverse("patient", args=[patient.public_id]), GOAL_MS
    yield "series", reverse("series", args=[series.public_id]), GOAL_MS
    yield "appointment", reverse("appointment", args=[appointment.public_id]), GOAL_MS
    yield "move", reverse("appointment_move", args=[appointment.public_id]), GOAL_MS
    yield "protocols", reverse("protocols"), GOAL_MS
    yield "protocol", reverse("protocol", args=[slug]), GOAL_MS
    yield "new series, empty", reverse("series_new"), GOAL_MS
    yield "new series, planned", reverse("series_new", query=plan), PLAN_MS


def measured(name: str, address: str, goal: int) -> list:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from clinic.models import User

    client = Client()
    client.force_login(User.objects.get(email="reception@demo.test"))
    answer = client.get(address)
    assert answer.status_code == 200, f"{name}: {answer.status_code} at {address}"
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    count = len(queries)  # before the next request forgets them
    times = []
    for _run in range(RUNS):
        begin = time.perf_counter()
        client.get(address)
        times.append((time.perf_counter() - begin) * 1e3)
    return [name, statistics.median(times), min(times), goal, count, len(answer.content)]


if __name__ == "__main__":
    main()
