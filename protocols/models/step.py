from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from protocols import planning
from protocols.models.fixed import FixedWithProtocol
from protocols.models.phase import Phase
from protocols.models.protocol import Protocol
from protocols.models.source import Sourced
from protocols.translated import Translated


class Step(Sourced):
    """One visit of the series, and how long after the one before it may be."""

    class OurPart(models.TextChoices):
        """What of the gap no source says; empty when it is all theirs."""

        IDEAL = "ideal", _("The source gives the range; the ideal in it is our choice")
        WINDOW = (
            "window",
            _("The source gives one figure; about a day either side per week is our choice"),
        )
        GAP = "gap", _("The whole gap is our choice")

    protocol = models.ForeignKey(Protocol, on_delete=models.CASCADE, related_name="steps")
    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveSmallIntegerField()
    # ISO 8601 durations with their unit: a month is never turned into days. NULL on step 1 only.
    gap_min = models.CharField(max_length=8, null=True, blank=True)
    gap_ideal = models.CharField(max_length=8, null=True, blank=True)
    gap_max = models.CharField(max_length=8, null=True, blank=True)
    our_part = models.CharField(max_length=10, choices=OurPart, blank=True)
    note_fr = models.CharField(max_length=300, blank=True)
    note_en = models.CharField(max_length=300, blank=True)

    note = Translated("note")

    class Meta:
        ordering = ["protocol", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["protocol", "number"], name="protocols_step_number_once"
            ),
            models.CheckConstraint(
                name="protocols_step_number_from_1", condition=models.Q(number__gte=1)
            ),
            models.CheckConstraint(
                name="protocols_step_gap_whole_or_first",
                condition=models.Q(
                    gap_min__isnull=False, gap_ideal__isnull=False, gap_max__isnull=False
                )
                | models.Q(
                    number=1, gap_min__isnull=True, gap_ideal__isnull=True, gap_max__isnull=True
                ),
            ),
            models.CheckConstraint(
                name="protocols_step_our_part_known",
                condition=models.Q(our_part__in=["", "ideal", "window", "gap"]),
            ),
            FixedWithProtocol(path=["protocol"], name="protocols_step_fixed"),
        ]

    def __str__(self) -> str:
        return str(self.number)

    def clean(self) -> None:
        if self.phase_id and self.phase.protocol_id != self.protocol_id:
            raise ValidationError({"phase": _("This phase belongs to another protocol.")})
        problem = self.gap_problem()
        if problem:
            raise ValidationError({"gap_ideal": problem})

    @property
    def gap(self) -> planning.Gap | None:
        """How long after the visit before; None where there is none. ValueError when malformed."""
        if self.gap_min is None or self.gap_ideal is None or self.gap_max is None:
            return None
        parse = planning.Duration.parse
        return planning.Gap(parse(self.gap_min), parse(self.gap_ideal), parse(self.gap_max))

    def gap_problem(self) -> str | None:
        """What is wrong with the gap, in the planner's words, or None."""
        try:
            gap = self.gap
        except ValueError as error:
            return str(error)
        return gap.problem() if gap else None

    @property
    def minutes(self) -> int:
        return sum(segment.minutes for segment in self.segments.all())

    def as_planned(self) -> planning.Step:
        segments = tuple(segment.as_planned() for segment in self.segments.all())
        return planning.Step(phase=self.phase.kind, gap=self.gap, segments=segments)
