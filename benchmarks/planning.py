"""The planner measured: `python -m benchmarks.planning`.

1. Speed: problems (a) and (b) of `benchmarks.problems`, whole and by parts, median over 20 seeds
   that can be planned, alternatives included. Parsing ends when the Problem with its calendars
   stands; the document itself is there already.
2. Beside OR-Tools CP-SAT on the same problem, and the same optimum asserted.
3. Beside a greedy planner that takes the first free day on or after each due day: how many series
   it cannot place.
"""

import gc
import json
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import TypeVar

from benchmarks import problems
from benchmarks.greedy import greedy_places
from protocols.planning import Plan, Problem, durations, search, solve
from protocols.planning.answers import answer
from protocols.planning.documents import read_problem

SEEDS = 20
GOALS = {"small": (2, 5), "large": (15, 100)}
T = TypeVar("T")
Maker = Callable[[int], problems.Document]


def main() -> None:
    print("1. Speed, in ms: median of", SEEDS, "seeds, cold caches")
    print("   parsing ends when the Problem with its calendars stands")
    for make in (problems.small, problems.large):
        speed(make)
    print("2. Beside CP-SAT, on the same problem to the same optimum")
    try:
        from benchmarks.cpsat import least_cost
    except ImportError:
        print("   left out: ortools is not installed (pip install ortools)")
    else:
        beside_cpsat(least_cost)
    print("3. Series of 100 that are not placed: greedy, and the planner (none exists then)")
    for load in (0.80, 0.90, 0.95, 0.98):
        failures(load)


def planned(make: Maker, seeds: int) -> Iterator[problems.Document]:
    """The first so many documents that can be planned, as JSON reads them."""
    found = 0
    for seed in count():
        document = json.loads(json.dumps(make(seed)))
        if found == seeds:
            return
        if solve(read_problem(document), alternatives=False).status == "planned":
            found += 1
            yield document


def speed(make: Maker) -> None:
    times = [timed(document) for document in planned(make, SEEDS)]
    reading, solving, whole = (statistics.median(part) * 1e3 for part in zip(*times, strict=True))
    after, all_in_all = GOALS[make.__name__]
    print(
        f"   {make.__name__}: parsing {reading:.2f}, planning {solving:.2f} (goal {after}), "
        f"whole {whole:.2f} (goal {all_in_all})"
    )


def timed(document: problems.Document) -> tuple[float, float, float]:
    """Seconds for reading, for planning with alternatives, and for all with the answer."""
    durations._month_after.cache_clear()
    search._nearest_first.cache_clear()
    gc.collect()
    begin = time.perf_counter()
    problem = read_problem(document)
    read = time.perf_counter()
    plan = solve(problem)
    solved = time.perf_counter()
    answer(plan)
    return read - begin, solved - read, time.perf_counter() - begin


def beside_cpsat(least_cost: Callable[[Problem], tuple[int, int, int] | None]) -> None:
    for make, seeds, runs in ((problems.small, 10, 3), (problems.large, 1, 1)):
        ratios, proven = [], 0
        for document in planned(make, seeds):
            problem = read_problem(document)
            ours, plan = measured(lambda problem=problem: solve(problem, alternatives=False))
            theirs, cost = measured(lambda problem=problem: least_cost(problem), runs)
            assert cost in {None, costs(plan)}, (cost, costs(plan))
            proven += cost is not None
            ratios.append(theirs / ours)
        print(
            f"   {make.__name__}: CP-SAT takes {statistics.median(ratios):.0f} times as long "
            f"(goal 50; {min(ratios):.0f} to {max(ratios):.0f}); "
            f"{proven} of {seeds} optima proven in time, each equal to ours"
        )


def measured(work: Callable[[], T], runs: int = 3) -> tuple[float, T]:
    """Seconds, the best of so many runs, and the result."""
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - begin)
    return min(times), result


def costs(plan: Plan) -> tuple[int, int, int]:
    cost = plan.cost
    return cost.days_off_ideal, cost.preferences_unmet, cost.practitioner_changes


def failures(load: float) -> None:
    greedy = impossible = 0
    for seed in range(100):
        problem = read_problem(problems.one_practitioner(seed, load))
        greedy += not greedy_places(problem)
        impossible += solve(problem, alternatives=False).status == "infeasible"
    print(f"   load {load:.0%}: greedy {greedy}, planner {impossible}")


if __name__ == "__main__":
    main()
