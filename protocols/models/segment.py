from django.db import models

from protocols import planning
from protocols.models.fixed import FixedWithProtocol
from protocols.models.resource_kind import ResourceKind
from protocols.models.source import Sourced
from protocols.models.step import Step
from protocols.translated import Translated


class Segment(Sourced):
    """A part of a visit: how long it lasts and what it holds while it lasts."""

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="segments")
    position = models.PositiveSmallIntegerField()
    name_fr = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    minutes = models.PositiveSmallIntegerField()
    needs = models.ManyToManyField(ResourceKind, through="SegmentNeed", related_name="+")

    name = Translated("name")

    class Meta:
        ordering = ["step", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["step", "position"], name="protocols_segment_position_once"
            ),
            models.CheckConstraint(
                name="protocols_segment_minutes_within_a_day",
                condition=models.Q(minutes__gte=1, minutes__lte=1440),
            ),
            FixedWithProtocol(path=["step", "protocol"], name="protocols_segment_fixed"),
        ]

    def __str__(self) -> str:
        return self.name

    def as_planned(self) -> planning.Segment:
        return planning.Segment(self.minutes, tuple(kind.code for kind in self.needs.all()))


class SegmentNeed(models.Model):
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="need_links")
    kind = models.ForeignKey(ResourceKind, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["kind__position", "kind__code"]
        constraints = [
            models.UniqueConstraint(fields=["segment", "kind"], name="protocols_segmentneed_once"),
            FixedWithProtocol(
                path=["segment", "step", "protocol"], name="protocols_segmentneed_fixed"
            ),
        ]

    def __str__(self) -> str:
        return str(self.kind)
