from django.db import models
from django.utils.translation import gettext_lazy as _

from protocols.models.terms import Term


class ResourceKind(Term):
    """What a visit may need: the clinic's practitioners, rooms and devices are each of one kind."""

    class Category(models.TextChoices):
        PRACTITIONER = "practitioner", _("Practitioner")
        ROOM = "room", _("Room")
        DEVICE = "device", _("Device")

    category = models.CharField(max_length=20, choices=Category)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                name="protocols_resourcekind_category_known",
                condition=models.Q(category__in=["practitioner", "room", "device"]),
            )
        ]
