"""Small protocols for tests. `make_protocol()` is a published one of two visits a week apart."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import count

from protocols import editing
from protocols.models import (
    Contraindication,
    Phase,
    Protocol,
    ProtocolContraindication,
    ResourceKind,
    Segment,
    Source,
    Step,
)

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
CATEGORY = {"practitioner": "practitioner", "room": "room", "prep": "room"}
GapText = tuple[str, str, str]
SegmentText = tuple[int, tuple[str, ...]]

_numbers = count(1)


def make_source(code: str = "ours", kind: str = "ours") -> Source:
    source, _made = Source.objects.get_or_create(
        code=code, defaults={"kind": kind, "title_fr": code}
    )
    return source


def make_kind(code: str) -> ResourceKind:
    position = [*CATEGORY, "gun", "led", "pen", "laser", "centrifuge"].index(code)
    defaults = {
        "category": CATEGORY.get(code, "device"),
        "name_fr": code,
        "position": position,
    }
    kind, _made = ResourceKind.objects.get_or_create(code=code, defaults=defaults)
    return kind


def make_draft(
    *,
    slug: str = "",
    gaps: Iterable[GapText] = (("P6D", "P1W", "P8D"),),
    segments: Iterable[SegmentText] = ((20, ("practitioner", "room")),),
    **values: object,
) -> Protocol:
    """A draft with one more step than gaps, all in one attack phase."""
    slug = slug or f"protocol-{next(_numbers)}"
    protocol = Protocol.objects.create(slug=slug, **{"name_fr": slug, "summary_fr": slug} | values)
    phase = Phase.objects.create(protocol=protocol, position=1, kind="attack", source=make_source())
    segments = list(segments)
    for number, gap in enumerate([(None, None, None), *gaps], start=1):
        make_step(phase, number, gap, segments)
    return protocol


def make_step(
    phase: Phase,
    number: int,
    gap: tuple[str | None, str | None, str | None],
    segments: Iterable[SegmentText],
) -> Step:
    shortest, ideal, longest = gap
    step = Step.objects.create(
        protocol=phase.protocol,
        phase=phase,
        number=number,
        gap_min=shortest,
        gap_ideal=ideal,
        gap_max=longest,
        source=make_source(),
    )
    for position, (minutes, needs) in enumerate(segments, start=1):
        segment = Segment.objects.create(
            step=step, position=position, name_fr="Soin", minutes=minutes, source=make_source()
        )
        segment.needs.set([make_kind(code) for code in needs])
    return step


def make_protocol(**values: object) -> Protocol:
    """The same, published."""
    protocol = make_draft(**values)
    assert editing.publish(protocol, by="the test", now=NOW) == []
    return protocol


def make_question(
    draft: Protocol,
    code: str = "",
    *,
    severity: str = "blocking",
    wait: str = "",
    **values: object,
) -> Contraindication:
    """A question of the draft; one that exists already is asked with this severity."""
    code = code or f"question-{next(_numbers)}"
    # What waits asks for a date; a test of a malformed draft says otherwise.
    of_term = "warning" if severity == "wait" else severity
    defaults = {"name_fr": code, "question_fr": f"{code} ?", "severity": of_term}
    question, _made = Contraindication.objects.get_or_create(code=code, defaults=defaults | values)
    ProtocolContraindication.objects.create(
        protocol=draft,
        contraindication=question,
        severity=severity,
        wait=wait,
        source=make_source(),
    )
    return question
