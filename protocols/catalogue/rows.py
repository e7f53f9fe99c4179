"""One protocol file's rules as rows of a draft."""

from collections.abc import Iterator
from typing import Any

from django.db import models

from protocols.catalogue.files import Table
from protocols.models import (
    AlertSign,
    CareInstruction,
    Contraindication,
    ExpectedReaction,
    Indication,
    Phase,
    Product,
    Protocol,
    ProtocolContraindication,
    ProtocolIndication,
    ProtocolProduct,
    ProtocolZone,
    ResourceKind,
    Segment,
    SegmentNeed,
    Source,
    SourcedValue,
    Step,
    Zone,
)

LEAFLET: dict[str, type[models.Model]] = {
    "care": CareInstruction,
    "reactions": ExpectedReaction,
    "alerts": AlertSign,
    "values": SourcedValue,
}
LINKS: dict[str, tuple[type[models.Model], type[models.Model], str]] = {
    "indications": (ProtocolIndication, Indication, "indication"),
    "zones": (ProtocolZone, Zone, "zone"),
    "products": (ProtocolProduct, Product, "product"),
    "contraindications": (ProtocolContraindication, Contraindication, "contraindication"),
}


def write_rules(protocol: Protocol, content: Table) -> None:
    sources = _by_code(Source)
    for name in LINKS:
        _write_links(protocol, name, content.get(name, []), sources)
    for name, model in LEAFLET.items():
        model._default_manager.bulk_create(
            model(protocol=protocol, position=position, **_sourced(row, sources))
            for position, row in enumerate(content.get(name, []), start=1)
        )
    _write_steps(protocol, content, sources)


def _by_code(model: type[models.Model]) -> dict[str, Any]:
    return {row.code: row for row in model._default_manager.all()}  # type: ignore[attr-defined]


def _sourced(row: Table, sources: dict[str, Source]) -> dict[str, Any]:
    """The row's own columns, with its source found by its code."""
    columns = {name: value for name, value in row.items() if name not in {"source", "at"}}
    return columns | {"source": sources[row["source"]], "locator": row.get("at", "")}


def _write_links(
    protocol: Protocol, name: str, rows: list[Table], sources: dict[str, Source]
) -> None:
    model, term_model, column = LINKS[name]
    terms = _by_code(term_model)
    links = []
    for row in rows:
        columns = _sourced(row, sources)
        term = terms[columns.pop("code")]
        if name == "contraindications":
            columns.setdefault("severity", term.severity)
        links.append(model(protocol=protocol, **{column: term}, **columns))
    model._default_manager.bulk_create(links)


def _write_steps(protocol: Protocol, content: Table, sources: dict[str, Source]) -> None:
    phases: list[Phase] = []
    steps: list[Step] = []
    visits: list[list[Table]] = []
    for position, table in enumerate(content["phases"], start=1):
        row = {name: value for name, value in table.items() if name != "steps"}
        phase = Phase(protocol=protocol, position=position, **_sourced(row, sources))
        phases.append(phase)
        for rule in _every_step(table):
            visits.append(content["visits"][rule.pop("visit")])
            columns = _sourced(rule, sources)
            steps.append(Step(protocol=protocol, phase=phase, number=len(steps) + 1, **columns))
    Phase.objects.bulk_create(phases)
    for step in steps:
        step.phase = step.phase  # the phase has its key only now
    Step.objects.bulk_create(steps)
    _write_segments(list(zip(steps, visits, strict=True)), sources)


def _every_step(phase: Table) -> Iterator[Table]:
    """The rule of each step in turn; its source is the phase's unless it names one."""
    for table in phase["steps"]:
        rule = {"source": phase["source"], "at": phase.get("at", "")} | table
        gap = rule.pop("gap", None)
        if gap:
            rule |= {"gap_min": gap[0], "gap_ideal": gap[1], "gap_max": gap[2]}
        for _time in range(rule.pop("times", 1)):
            yield dict(rule)


def _write_segments(visits: list[tuple[Step, list[Table]]], sources: dict[str, Source]) -> None:
    kinds = _by_code(ResourceKind)
    segments, needs = [], []
    for step, parts in visits:
        for position, part in enumerate(parts, start=1):
            columns = _sourced(part, sources)
            codes = columns.pop("needs")
            segment = Segment(step=step, position=position, **columns)
            segments.append(segment)
            needs += [(segment, kinds[code]) for code in codes]
    Segment.objects.bulk_create(segments)
    SegmentNeed.objects.bulk_create(
        SegmentNeed(segment=segment, kind=kind) for segment, kind in needs
    )
