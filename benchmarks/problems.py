"""Seeded problems, as documents of the planning contract."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

Document = dict[str, Any]

START = date(2027, 1, 4)
ATTACK = {"min": "P2W", "ideal": "P3W", "max": "P4W"}
MAINTENANCE = {"min": "P1M", "ideal": "P1M", "max": "P2M"}
HALF_HOUR = [{"minutes": 30, "needs": ["practitioner", "room"]}]
THREE_PARTS = [
    {"minutes": 30, "needs": ["room"]},
    {"minutes": 20, "needs": ["practitioner", "room", "device"]},
    {"minutes": 15, "needs": ["room"]},
]


def small(seed: int, load: float = 0.8) -> Document:
    """(a) 6 steps at 2-3-4 weeks; 1 practitioner and 1 room over 26 weeks."""
    rng = random.Random(f"small {seed}")
    return {
        "timezone": "Europe/Paris",
        "start_on": START.isoformat(),
        "steps": [step("attack", ATTACK, HALF_HOUR) for _ in range(6)],
        "resources": [
            resource(rng, "dr-0", "practitioner", weeks=26, load=load),
            resource(rng, "room-0", "room", weeks=26, load=load),
        ],
    }


def one_practitioner(seed: int, load: float) -> Document:
    """(a) with a room that is always free, so that the load is the practitioner's alone."""
    document = small(seed, load)
    document["resources"][1]["busy"] = []
    return document


def large(seed: int, load: float = 0.8) -> Document:
    """(b) 12 steps in two phases; 10 practitioners, 10 rooms, 4 devices over 104 weeks."""
    rng = random.Random(f"large {seed}")
    kinds = [("practitioner", 10), ("room", 10), ("device", 4)]
    return {
        "timezone": "Europe/Paris",
        "start_on": START.isoformat(),
        "steps": [step("attack", ATTACK, THREE_PARTS) for _ in range(6)]
        + [step("maintenance", MAINTENANCE, THREE_PARTS) for _ in range(6)],
        "resources": [
            resource(rng, f"{kind}-{number}", kind, weeks=104, load=load)
            for kind, count in kinds
            for number in range(count)
        ],
        "prefer": {"weekdays": [1, 3], "to": "13:00"},
    }


def step(phase: str, gap: dict[str, str], segments: list[Document]) -> Document:
    return {"phase": phase, "gap": gap, "segments": segments}


def resource(rng: random.Random, identity: str, kind: str, *, weeks: int, load: float) -> Document:
    """Open on weekdays from 8:30 to 18:15, so much of it busy (weekends likewise)."""
    return {
        "id": identity,
        "kind": kind,
        "hours": [{"weekday": day, "from": "08:30", "to": "18:15"} for day in range(5)],
        "busy": [list(span) for span in appointments(rng, weeks, load)],
    }


def appointments(rng: random.Random, weeks: int, load: float) -> Iterator[tuple[str, str]]:
    """Appointments of 45 minutes, 13 places a day, each taken with the probability ``load``."""
    for day in range(weeks * 7):
        on = (START + timedelta(days=day)).isoformat()
        for place in range(13):
            begin = 8 * 60 + 30 + place * 45
            if rng.random() < load:
                yield f"{on}T{clock(begin)}", f"{on}T{clock(begin + 45)}"


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
