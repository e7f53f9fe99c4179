from django.core.exceptions import ValidationError
from django.db import models

from protocols.models.fixed import FixedWithProtocol
from protocols.models.phase import Phase
from protocols.models.protocol import Protocol
from protocols.models.source import Sourced
from protocols.translated import Translated


class Step(Sourced):
    """One visit of the series, and how long after the one before it may be."""

    protocol = models.ForeignKey(Protocol, on_delete=models.CASCADE, related_name="steps")
    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveSmallIntegerField()
    # ISO 8601 durations with their unit: a month is never turned into days. NULL on step 1 only.
    gap_min = models.CharField(max_length=8, null=True, blank=True)
    gap_ideal = models.CharField(max_length=8, null=True, blank=True)
    gap_max = models.CharField(max_length=8, null=True, blank=True)
    ideal_is_ours = models.BooleanField(default=False)
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
            FixedWithProtocol(path=["protocol"], name="protocols_step_fixed"),
        ]

    def __str__(self) -> str:
        return str(self.number)

    def clean(self) -> None:
        if self.phase_id and self.phase.protocol_id != self.protocol_id:
            raise ValidationError({"phase": "the phase belongs to another protocol"})
        if self.gap_min or self.gap_ideal or self.gap_max:
            self._validate_gap()

    def _validate_gap(self) -> None:
        try:
            self.gap()
        except ValueError as error:
            raise ValidationError({"gap_ideal": str(error)}) from error

    @property
    def minutes(self) -> int:
        return sum(segment.minutes for segment in self.segments.all())
