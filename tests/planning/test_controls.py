"""Negative controls: a planner with a fault must not pass, or the properties prove nothing."""

import pytest
from hypothesis import HealthCheck, find, settings
from hypothesis.errors import NoSuchExample

from protocols.planning import plan
from tests.planning.brute_force import BruteForce
from tests.planning.strategies import problems

QUICK = settings(
    max_examples=400,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


class Greedy(BruteForce):
    """Takes for each step the cheapest visit, and does not look ahead."""

    def best(self, index, previous, practitioner, length):
        if index == length:
            return (0, 0, 0), (), ()
        least = min(
            (
                (abs((day - self.window(index, previous)[1]).days), visit[3], visit)
                for day in self.days(index, previous)
                for visit in self.visits(index, day)
            ),
            default=None,
        )
        if least is None:
            return None
        day = self.clock.shows(least[2][0]).date()
        return self.series(index, previous, practitioner, length, day, least[2])


class ClosedIntervals(BruteForce):
    """Takes what is busy up to 10:00 to be busy at 10:00."""

    def busy_minutes(self, resource):
        minutes = super().busy_minutes(resource)
        return minutes | {minute + 1 for minute in minutes}


class LastOfTwo(BruteForce):
    """Forgets that the last session before had a practitioner."""

    def series(self, index, previous, practitioner, length, day, visit):
        return super().series(index, previous, None, length, day, visit)


class ResourcesFirst(BruteForce):
    """Prefers the practitioner listed first to the earlier start."""

    def best(self, index, previous, practitioner, length):
        if index == length:
            return (0, 0, 0), (), ()
        series = [
            self.series(index, previous, practitioner, length, day, visit)
            for day in self.days(index, previous)
            for visit in self.visits(index, day)
        ]
        return min(
            (one for one in series if one), key=lambda one: (one[0], one[2], one[1]), default=None
        )


@pytest.mark.parametrize("faulty", [Greedy, ClosedIntervals, LastOfTwo, ResourcesFirst])
def test_a_faulty_planner_is_found_out(faulty):
    def differs(problem):
        try:
            return faulty(problem).answer() != plan(problem)
        except (TypeError, AttributeError, ValueError):
            return True  # it lost its way

    try:
        find(problems(max_steps=3), differs, settings=QUICK)
    except NoSuchExample:
        pytest.fail("no example told the faulty planner from ours")
