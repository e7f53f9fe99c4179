"""Free places through the database: `python -m benchmarks.slots`.

One practitioner, 26 weeks, open 09:00-18:00 on every day, visits of 30 minutes, 80 % booked. The
same calendar is asked of

- ours: `clinic.availability` and the planner, three queries;
- ours with a room beside the practitioner, and with ten times the history;
- a naive search written here: day by day, one query for each appointment of the day;
- django-appointment, the package, in a process and database of its own (`benchmarks.peer`).

All must give exactly the same starts. Ratios are to ours, medians to medians. The machine is
shared: what is quick runs hundreds of times, and django-appointment, which is not, runs before,
between and after the others, so that no quiet or busy minute is only one's own.
"""

import datetime as dt
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

RUNS, MOST_RUNS, ENOUGH_SECONDS = 5, 301, 2.0
FIRST = dt.date(2027, 3, 1)
WEEKS = 26
OPEN, CLOSE, MINUTES = 9 * 60, 18 * 60, 30
LOAD = 0.8
HISTORY = 9  # times the horizon, before it
GOAL_RATIO, GOAL_QUERIES, GOAL_GROWTH = 300, 3, 1.1
CHILD = "--child"


@dataclass(frozen=True)
class Figure:
    name: str
    times: list[float]  # milliseconds
    queries: int
    starts: list[int]  # UTC minutes since 1970

    @property
    def milliseconds(self) -> float:
        return statistics.median(self.times)

    @property
    def best(self) -> float:
        return min(self.times)


def main() -> None:
    if CHILD in sys.argv:
        child()
        return
    calendar = make_calendar()
    with tempfile.TemporaryDirectory() as folder:
        ours, peer = {}, [ask_peer(calendar, folder)]
        for name, address in databases(folder):
            ours[name] = ask_ours(folder, address)
            peer.append(peer[0] and ask_peer(calendar, folder))
        for name, figures in ours.items():
            show(name, [*figures, *pooled(peer)])


def pooled(rounds: list[Figure | None]) -> list[Figure]:
    """The same figure, taken several times, as one."""
    there = [figure for figure in rounds if figure]
    times = [each for figure in there for each in figure.times]
    return [replace(figure, times=times) for figure in there[:1]]


def make_calendar() -> list[tuple[str, int]]:
    """What is booked: (date, minute of the day). The same in every process."""
    from random import Random

    rng = Random(20270301)
    slots = [
        ((FIRST + dt.timedelta(days=day)).isoformat(), minute)
        for day in range(WEEKS * 7)
        for minute in range(OPEN, CLOSE, MINUTES)
    ]
    return sorted(rng.sample(slots, int(len(slots) * LOAD)))


def databases(folder: str):
    yield "SQLite", ""
    address = os.environ.get("TEST_DATABASE_URL")
    if not address:
        try:
            from tests.plugins.database import start_postgres
        except ImportError:
            return
        os.environ.setdefault("DATA_DIR", folder)
        try:
            address = start_postgres()
        except ImportError:
            print("PostgreSQL: left out, no server (set TEST_DATABASE_URL)")
            return
    yield "PostgreSQL", address


def ask_ours(folder: str, address: str) -> list[Figure]:
    with tempfile.TemporaryDirectory(dir=folder) as data:
        environment = os.environ | {"DATA_DIR": data, "DJANGO_SETTINGS_MODULE": "clinic.settings"}
        environment.pop("DATABASE_URL", None)
        if address:
            environment["DATABASE_URL"] = address
        return [Figure(**row) for row in run("benchmarks.slots", CHILD, environment=environment)]


def ask_peer(calendar: list[tuple[str, int]], folder: str) -> Figure | None:
    """None where the package is not installed."""
    try:
        import appointment  # noqa: F401  only whether it is there
    except ImportError:
        print("django-appointment: left out, not installed (make bench installs it)")
        return None
    except Exception:  # noqa: BLE001 it asks for settings when imported; then it is there
        pass
    with tempfile.TemporaryDirectory(dir=folder) as data:
        database = str(Path(data) / "peer.sqlite3")
        (row,) = run("benchmarks.peer", database, environment=os.environ, said=json.dumps(calendar))
    return Figure(**row)


def run(module: str, *arguments: str, environment, said: str = "") -> list[dict]:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        input=said,
        capture_output=True,
        text=True,
        env=dict(environment),
        check=False,
    )
    if done.returncode:
        sys.exit(f"{module} failed:\n{done.stderr}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def show(database: str, figures: list[Figure]) -> None:
    ours = figures[0]
    print(f"\n{database}: free places of {WEEKS} weeks, {len(ours.starts)} of them")
    print(f"{'':36}{'ratio':>8}{'of best':>9}{'median ms':>12}{'best':>10}{'queries':>9}")
    for figure in figures:
        assert figure.starts == ours.starts, f"{figure.name} gives other starts"
        ratio = figure.milliseconds / ours.milliseconds
        best = figure.best / ours.best
        print(
            f"{figure.name:36}{ratio:>8.2f}{best:>9.2f}{figure.milliseconds:>12.2f}"
            f"{figure.best:>10.2f}{figure.queries:>9}"
        )
    print(
        f"goals: at most {GOAL_QUERIES} queries; ten times the history at most "
        f"{GOAL_GROWTH}; django-appointment at least {GOAL_RATIO}"
    )


# --- In a process of its own, with a database of its own ------------------------------------------


def child() -> None:
    import django

    django.setup()
    from benchmarks import calendars

    scene = calendars.build(make_calendar())
    figures = [
        measured("ours: practitioner", scene.ours),
        measured("ours: practitioner and room", scene.ours_with_room),
        measured("naive, day by day, N+1", scene.naive),
    ]
    scene.add_history(HISTORY)
    figures.append(measured("ours: ten times the history", scene.ours))
    print(json.dumps([vars(figure) for figure in figures]))


def measured(name: str, act: Callable[[], list[int]]) -> Figure:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    starts = act()  # warms up
    with CaptureQueriesContext(connection) as queries:
        act()
    times = []
    while len(times) < RUNS or (len(times) < MOST_RUNS and sum(times) < ENOUGH_SECONDS):
        begin = time.perf_counter()
        act()
        times.append(time.perf_counter() - begin)
    return Figure(name, [seconds * 1e3 for seconds in times], len(queries), starts)


if __name__ == "__main__":
    main()
