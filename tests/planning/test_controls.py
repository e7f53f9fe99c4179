"""Negative controls: faults that the comparison with the brute force must be able to see.

Each fault is put into a copy of the brute force; on a problem made for it the faulty one must part
from the planner, and the right one must not.
"""

import pytest

from protocols.planning import plan
from tests.planning.brute_force import BruteForce, brute_force


class Greedy(BruteForce):
    """Takes for each step the cheapest visit, and does not look ahead."""

    def days(self, index, previous):
        due = self.window(index, previous)[1]
        days = [day for day in super().days(index, previous) if self.visits(index, day)]
        return sorted(days, key=lambda day: abs(day - due))[:1]


class ClosedIntervals(BruteForce):
    """Takes what is busy up to 10:00 to be busy at 10:00."""

    def busy_minutes(self, resource):
        minutes = super().busy_minutes(resource)
        return minutes | {minute + 1 for minute in minutes}


class Forgetful(BruteForce):
    """Does not know who gave the session before."""

    def series(self, index, previous, practitioner, length, day, visit):
        return super().series(index, previous, None, length, day, visit)


class ResourcesFirst(BruteForce):
    """Prefers the practitioner listed first to the earlier start."""

    def visits(self, index, day, **options):
        visits = super().visits(index, day, **options)
        return [visit for visit in visits if visit[1] == min(visit[1] for visit in visits)]


def problem(*busy, gap="P7D", steps=2):
    """Visits to one of two practitioners, from Monday 2027-03-01 on; ``busy`` of each."""
    step = {"phase": "a", "gap": dict.fromkeys(("min", "ideal", "max"), gap),
            "segments": [{"minutes": 60, "needs": ["practitioner"]}]}  # fmt: skip
    return {
        "timezone": "Europe/Paris", "start_on": "2027-03-01", "first_within_days": 2,
        "steps": [step] * steps,
        "resources": [
            {"id": f"dr-{number}", "kind": "practitioner", "busy": spans,
             "hours": [{"weekday": day, "from": "09:00", "to": "12:00"} for day in range(7)]}
            for number, spans in enumerate(busy)
        ],
    }  # fmt: skip


SECOND_MONDAY = ["2027-03-08T00:00", "2027-03-09T00:00"]
FIRST_HOUR = ["2027-03-01T09:00", "2027-03-01T10:00"]
FIRST_DAY = ["2027-03-01T00:00", "2027-03-02T00:00"]


@pytest.mark.parametrize(
    ("faulty", "document"),
    [
        (Greedy, problem([SECOND_MONDAY])),
        (ClosedIntervals, problem([FIRST_HOUR])),
        (Forgetful, problem([FIRST_DAY], [])),
        (ResourcesFirst, problem([FIRST_HOUR], [], steps=1)),
    ],
)
def test_a_fault_is_seen(faulty, document):
    answer = plan(document)
    assert answer == brute_force(document)
    assert answer["cost"] != faulty(document).answer()["cost"] or (
        answer["sessions"] != faulty(document).answer()["sessions"]
    )
