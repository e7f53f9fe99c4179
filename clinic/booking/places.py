"""From the planner's openings to places: a visit with its hour and what it holds."""

import datetime as dt
from collections.abc import Iterator, Mapping

from clinic.availability import PATIENT, Availability
from clinic.booking.asks import Place
from clinic.models import Resource
from clinic.moments import MINUTE, to_minute
from protocols import planning


def place_of(
    step: planning.Step,
    starts_at: dt.datetime,
    resources: Mapping[str, str],
    availability: Availability,
) -> Place:
    """`resources` are the planner's: public id by kind."""
    chosen = {kind: availability.by_id[name] for kind, name in resources.items() if kind != PATIENT}
    holds = tuple(_joined(_parts(step, to_minute(starts_at), chosen)))
    ends_at = (starts_at.astimezone(dt.UTC) + step.minutes * MINUTE).astimezone(starts_at.tzinfo)
    return Place(starts_at, ends_at, holds)


def _parts(
    step: planning.Step, minute: int, chosen: Mapping[str, Resource]
) -> Iterator[tuple[Resource, int, int]]:
    """Each segment's claim on each resource that it needs."""
    for segment in step.segments:
        for kind in segment.needs:
            if kind in chosen:
                yield chosen[kind], minute, minute + segment.minutes
        minute += segment.minutes


def _joined(parts: Iterator[tuple[Resource, int, int]]) -> list[tuple[Resource, int, int]]:
    """Claims of one resource that touch become one hold."""
    joined: list[tuple[Resource, int, int]] = []
    for resource, start, end in sorted(parts, key=lambda part: (part[0].pk, part[1])):
        if joined and joined[-1][0] == resource and joined[-1][2] == start:
            joined[-1] = (resource, joined[-1][1], end)
        else:
            joined.append((resource, start, end))
    return joined
