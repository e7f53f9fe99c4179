"""The planner's first three costs by OR-Tools CP-SAT: one Boolean per step, day and practitioner.

The day formulation: which days each practitioner can give each step, and whether at a preferred
start, is read from the planner's own calendars (that is not counted in the comparison's favour:
it is work that CP-SAT is spared).
"""

from ortools.sat.python import cp_model

from protocols.planning import Problem
from protocols.planning.masks import bits
from protocols.planning.search import Search
from protocols.planning.visits import Rooms

PATIENCE = 60  # seconds


def least_cost(problem: Problem) -> tuple[int, int, int] | None:
    """(days off the ideal, preferences unmet, changes of practitioner) of the best series.

    None: no optimum was proven within `PATIENCE`.
    """
    search = Search(problem, Rooms(problem))
    model = cp_model.CpModel()
    held: list[dict[tuple[int, int], cp_model.IntVar]] = []
    off, unmet, changes = [], [], []
    reached = [search.before_first]
    for step, visit in enumerate(search.visits):
        opened = {day for previous in reached for day in search.days(search.window(step, previous))}
        places = {
            (day, bit): model.new_bool_var(f"{step} {day} {bit}")
            for day in sorted(opened)
            for bit in bits(visit.offer(day).staff)
        }
        model.add_exactly_one(places.values())
        unmet += [
            variable
            for (day, bit), variable in places.items()
            if not visit.offer(day).preferred & bit
        ]
        off += _distances(model, search, step, places, held[-1] if held else None)
        if held:
            changes.append(_change(model, step, held[-1], places))
        held.append(places)
        reached = sorted({day for day, _ in places})
    scale = search.scale
    model.minimize(sum(off) * scale.day + sum(unmet) * scale.preference + sum(changes))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 2
    solver.parameters.max_time_in_seconds = PATIENCE
    if solver.solve(model) != cp_model.OPTIMAL:
        return None
    cost = scale.cost(round(solver.objective_value))
    return cost.days_off_ideal, cost.preferences_unmet, cost.practitioner_changes


def _day(places):
    return sum(day * variable for (day, _), variable in places.items())


def _distances(model, search, step, places, before):
    """The distance from the due day; the window is kept by the way."""
    if before is None:
        due = search.window(step, search.before_first).due
        return [abs(day - due) * variable for (day, _), variable in places.items()]
    distance = model.new_int_var(0, 400, f"off {step}")
    on = _day(places)
    spans = {day: search.window(step, day) for day, _ in before}

    def chosen(end):
        return sum(getattr(spans[day], end) * v for (day, _), v in before.items())

    model.add(on >= chosen("opens"))
    model.add(on <= chosen("closes"))
    model.add(distance >= on - chosen("due"))
    model.add(distance >= chosen("due") - on)
    return [distance]


def _change(model, step, before, places):
    changed = model.new_bool_var(f"change {step}")
    for staff in {bit for _, bit in places}:
        now = sum(variable for (_, bit), variable in places.items() if bit == staff)
        then = sum(variable for (_, bit), variable in before.items() if bit == staff)
        model.add(changed >= now - then)
    return changed
