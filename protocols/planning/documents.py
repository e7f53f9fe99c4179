"""A document as a problem: the contract's keys, read and checked, one by one."""

from datetime import date
from functools import cache, partial
from zoneinfo import ZoneInfo

from protocols.planning import fields
from protocols.planning.busy import BusyReader
from protocols.planning.calendars import Calendar
from protocols.planning.errors import ProblemError
from protocols.planning.fields import Fields, list_of, whole_number
from protocols.planning.frames import Frame
from protocols.planning.problems import Problem, Resource
from protocols.planning.steps import PRACTITIONER, Segment, Step, Wishes
from protocols.planning.weeks import Hours, hours_cells
from protocols.planning.windows import Gap
from protocols.planning.zones import load_zone

KEYS = (
    "timezone", "start_on", "until", "previous_on", "previous_practitioner", "first_within_days",
    "grid_minutes", "steps", "resources", "closed_on", "require", "prefer",
)  # fmt: skip


def read_problem(document: object) -> Problem:
    """The problem that a document states; ProblemError if it is malformed."""
    top = Fields("", document, KEYS)
    zone = top.required("timezone", _zone)
    start_on = top.required("start_on", fields.day)
    until = top.optional("until", fields.day)
    previous_on = top.optional("previous_on", fields.day)
    within = top.optional("first_within_days", whole_number(0))
    grid = top.optional("grid_minutes", whole_number(1)) or 15
    steps = _steps(top, previous_on)
    first_within_days = 60 if within is None else within
    frame = Frame.for_steps(
        zone,
        start_on,
        steps,
        until=until,
        previous_on=previous_on,
        first_within_days=first_within_days,
        grid_minutes=grid,
    )
    resources = _resources(top, frame)
    staff = {one.id for one in resources if one.kind == PRACTITIONER}
    return Problem(
        frame=frame,
        start_on=start_on,
        steps=steps,
        resources=resources,
        until=until,
        previous_on=previous_on,
        previous_practitioner=top.optional("previous_practitioner", fields.text),
        first_within_days=first_within_days,
        grid_minutes=grid,
        closed_on=frozenset(top.optional("closed_on", list_of(fields.day)) or ()),
        require=_wishes(top, "require", staff),
        prefer=_wishes(top, "prefer", staff),
    )


def _zone(name: str, value: object) -> ZoneInfo:
    try:
        return load_zone(fields.text(name, value))
    except KeyError as error:
        raise ProblemError(name, "expected an IANA time zone such as Europe/Paris") from error


def _steps(top: Fields, previous_on: date | None) -> tuple[Step, ...]:
    steps = top.required("steps", list_of(_step))
    for index, step in enumerate(steps):
        if step.gap is None and (index > 0 or previous_on is not None):
            raise ProblemError(
                f"steps[{index}].gap", "required: only a first step without previous_on needs none"
            )
    return steps


def _step(name: str, value: object) -> Step:
    step = Fields(name, value, ("phase", "gap", "segments"))
    return Step(
        phase=step.required("phase", fields.text),
        gap=step.optional("gap", _gap),
        segments=step.required("segments", list_of(_segment, at_least=1)),
    )


def _gap(name: str, value: object) -> Gap:
    bounds = Fields(name, value, ("min", "ideal", "max"))
    gap = Gap(
        bounds.required("min", fields.duration),
        bounds.required("ideal", fields.duration),
        bounds.required("max", fields.duration),
    )
    problem = gap.problem()
    if problem is not None:
        raise ProblemError(name, problem)
    return gap


def _segment(name: str, value: object) -> Segment:
    segment = Fields(name, value, ("minutes", "needs"))
    return Segment(
        minutes=segment.required("minutes", whole_number(1)),
        needs=segment.required("needs", list_of(fields.name_of_something)),
    )


def _resources(top: Fields, frame: Frame) -> tuple[Resource, ...]:
    busy = BusyReader(frame)
    hours_of = cache(partial(hours_cells, frame))  # many resources have the same
    taken: set[str] = set()

    def resource(name: str, value: object) -> Resource:
        one = Fields(name, value, ("id", "kind", "hours", "busy"))
        identity = one.required("id", fields.name_of_something)
        if identity in taken:
            raise ProblemError(one.at("id"), "expected an id that no other resource has")
        taken.add(identity)
        hours = one.required("hours", list_of(_hours))
        calendar = Calendar.of(hours_of(hours), one.required("busy", busy.read))
        return Resource(identity, one.required("kind", fields.name_of_something), calendar)

    return top.required("resources", list_of(resource))


def _hours(name: str, value: object) -> Hours:
    hours = Fields(name, value, ("weekday", "from", "to"))
    weekday = hours.required("weekday", whole_number(0, 6))
    begin = hours.required("from", fields.time_of_day)
    end = hours.required("to", fields.end_of_day)
    if begin >= end:
        raise ProblemError(hours.at("to"), "expected a time after from")
    return Hours(weekday, begin, end)


def _wishes(top: Fields, key: str, staff: set[str]) -> Wishes | None:
    def known(name: str, value: object) -> str:
        if not isinstance(value, str) or value not in staff:
            raise ProblemError(name, "expected the id of a practitioner")
        return value

    def read(name: str, value: object) -> Wishes:
        wishes = Fields(name, value, ("weekdays", "from", "to", "practitioner"))
        weekdays = wishes.optional("weekdays", list_of(whole_number(0, 6), at_least=1))
        return Wishes(
            weekdays=None if weekdays is None else frozenset(weekdays),
            from_minute=wishes.optional("from", fields.time_of_day),
            to_minute=wishes.optional("to", fields.end_of_day),
            practitioner=wishes.optional("practitioner", known),
        )

    return top.optional(key, read)
