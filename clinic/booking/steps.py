"""The steps of a protocol as the planner takes them, by number, the patient among their needs."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter

from clinic.availability import with_patient
from protocols import planning
from protocols.models import Protocol, Step

PARTS = ("id", "segments__id", "segments__minutes", "segments__needs__code")
IN_ORDER = ("number", "segments__position", "segments__needs__position", "segments__needs__code")


def numbered_steps(protocol: Protocol) -> dict[int, planning.Step]:
    """Every step of a protocol that was read `with_steps()`."""
    steps = list(protocol.steps.all())
    return _numbered(steps, [step.as_planned() for step in steps])


def read_steps(protocol: Protocol) -> dict[int, planning.Step]:
    """The same, read here in two queries: no model is made of what is only counted and named.

    A booking needs no more of its protocol, and everybody who books at once waits for it. The steps
    themselves stay with the protocol, for who writes its sessions behind the locks.
    """
    steps, segments = protocol.phased_steps(), _segments(protocol)
    return _numbered(
        steps, [planning.Step(s.phase.kind, s.gap, tuple(segments[s.pk])) for s in steps]
    )


def _segments(protocol: Protocol) -> dict[int, list[planning.Segment]]:
    """The segments of each step (by primary key), in order."""
    found: dict[int, list[planning.Segment]] = defaultdict(list)
    rows = protocol.steps.order_by(*IN_ORDER).values_list(*PARTS)
    for (step, segment, minutes), group in groupby(rows, key=itemgetter(0, 1, 2)):
        if segment is not None:
            needs = tuple(kind for *_segment, kind in group if kind is not None)
            found[step].append(planning.Segment(minutes, needs))
    return found


def _numbered(steps: Iterable[Step], planned: Iterable[planning.Step]) -> dict[int, planning.Step]:
    with_them = with_patient(list(planned))
    return {step.number: plan for step, plan in zip(steps, with_them, strict=True)}
