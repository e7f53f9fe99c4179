"""A protocol as its page shows it: what the prefetched rows say, grouped for reading."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from protocols import wording
from protocols.models import (
    CareInstruction,
    Phase,
    Protocol,
    Qualification,
    Source,
    SourcedValue,
    Step,
    Topic,
)
from protocols.models.source import Sourced
from protocols.timeline import Timeline


@dataclass(frozen=True)
class StepRow:
    """A step in the table; what the row above says already is not said again."""

    step: Step
    same_visit: bool
    same_choice: bool


@dataclass(frozen=True)
class PhaseRows:
    phase: Phase
    steps: list[Step]

    @property
    def rhythm(self) -> str:
        return wording.rhythm(self.steps)

    @property
    def rows(self) -> list[StepRow]:
        above = [None, *self.steps]
        return [
            StepRow(
                step,
                same_visit=before is not None and _visit(before) == _visit(step),
                same_choice=before is not None and before.our_part == step.our_part,
            )
            for before, step in zip(above, self.steps, strict=False)
        ]


def _visit(step: Step) -> list[tuple[str, int, int, list[int]]]:
    return [
        (part.name_fr, part.minutes, part.source_id, [kind.pk for kind in part.needs.all()])
        for part in step.segments.all()
    ]


@dataclass(frozen=True)
class Reading:
    """What the sources say on one topic, the default first."""

    topic: str
    values: list[SourcedValue]

    @property
    def differ(self) -> bool:
        return len(self.values) > 1


class Overview:
    """Reads a protocol that `with_rules()` fetched; asks the database for nothing more."""

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol

    @cached_property
    def phases(self) -> list[PhaseRows]:
        steps = list(self.protocol.steps.all())
        return [
            PhaseRows(phase, [step for step in steps if step.phase_id == phase.pk])
            for phase in self.protocol.phases.all()
        ]

    @cached_property
    def timeline(self) -> Timeline:
        return Timeline(self.protocol)

    @property
    def before(self) -> list[CareInstruction]:
        return self._care(CareInstruction.When.BEFORE)

    @property
    def after(self) -> list[CareInstruction]:
        return self._care(CareInstruction.When.AFTER)

    def _care(self, phase: str) -> list[CareInstruction]:
        return [rule for rule in self.protocol.care_instructions.all() if rule.phase == phase]

    @property
    def performers(self) -> list[str]:
        return [str(Qualification(code).label) for code in self.protocol.performers]

    @property
    def season(self) -> str:
        return wording.season(self.protocol.season_from_month, self.protocol.season_until_month)

    @cached_property
    def readings(self) -> list[Reading]:
        """Topics in the order of `Topic`; those on which sources differ come first."""
        order = list(Topic.values)
        values = sorted(
            self.protocol.sourced_values.all(),
            key=lambda value: (order.index(value.topic), not value.is_default, value.position),
        )
        groups = groupby(values, key=lambda value: value.topic)
        readings = [Reading(str(Topic(topic).label), list(rows)) for topic, rows in groups]
        return sorted(readings, key=lambda reading: not reading.differ)

    @cached_property
    def sources(self) -> list[Source]:
        """Every source of the page, once, ours last."""
        found = {rule.source.pk: rule.source for rule in self._rules()}
        return sorted(found.values(), key=lambda source: (source.is_ours, source.code))

    @cached_property
    def source_numbers(self) -> dict[int, int]:
        return {source.pk: number for number, source in enumerate(self.sources, start=1)}

    def _rules(self) -> Iterator[Sourced]:
        protocol = self.protocol
        for step in protocol.steps.all():
            yield step
            yield from step.segments.all()
        for rows in (
            protocol.phases,
            protocol.indication_links,
            protocol.zone_links,
            protocol.product_links,
            protocol.contraindication_links,
            protocol.care_instructions,
            protocol.expected_reactions,
            protocol.alert_signs,
            protocol.sourced_values,
        ):
            yield from rows.all()
