"""What protocols speak of: conditions, places of the body, and why not to treat."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from protocols.translated import Translated


class Term(models.Model):
    code = models.SlugField(max_length=60, unique=True)
    name_fr = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)

    name = Translated("name")

    class Meta:
        abstract = True
        ordering = ["name_fr"]

    def __str__(self) -> str:
        return self.name


class Indication(Term):
    """What is treated."""


class Zone(Term):
    """Where on the body."""


class Severity(models.TextChoices):
    BLOCKING = "blocking", _("Blocking until a practitioner clears it")
    WARNING = "warning", _("Warning")


class Contraindication(Term):
    """A reason not to treat, and the question that finds it."""

    severity = models.CharField(max_length=10, choices=Severity)
    question_fr = models.CharField(max_length=300)
    question_en = models.CharField(max_length=300, blank=True)

    question = Translated("question")

    class Meta(Term.Meta):
        constraints = [
            models.CheckConstraint(
                name="protocols_contraindication_severity_known",
                condition=models.Q(severity__in=["blocking", "warning"]),
            )
        ]
