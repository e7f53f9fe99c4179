from django.db import models
from django.utils.translation import gettext_lazy as _

from protocols.models.fixed import FixedWithProtocol
from protocols.models.protocol import Protocol
from protocols.models.source import Sourced
from protocols.translated import Translated


class Phase(Sourced):
    """A stretch of the series. An open-ended one shows its first steps; the rest become recalls."""

    class Kind(models.TextChoices):
        ATTACK = "attack", _("Attack phase")
        CONSOLIDATION = "consolidation", _("Consolidation")
        MAINTENANCE = "maintenance", _("Maintenance")

    protocol = models.ForeignKey(Protocol, on_delete=models.CASCADE, related_name="phases")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=Kind)
    open_ended = models.BooleanField(default=False)
    note_fr = models.CharField(max_length=300, blank=True)
    note_en = models.CharField(max_length=300, blank=True)

    note = Translated("note")

    class Meta:
        ordering = ["protocol", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["protocol", "position"], name="protocols_phase_position_once"
            ),
            models.CheckConstraint(
                name="protocols_phase_kind_known",
                condition=models.Q(kind__in=["attack", "consolidation", "maintenance"]),
            ),
            FixedWithProtocol(path=["protocol"], name="protocols_phase_fixed"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
