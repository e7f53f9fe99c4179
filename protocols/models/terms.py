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
    WAIT = "wait", _("Not before some days have passed")


class AnswerType(models.TextChoices):
    """FHIR Questionnaire.item.type. A `choice` may have several answers ticked."""

    BOOLEAN = "boolean", _("Yes or no")
    DATE = "date", _("Date")
    TEXT = "text", _("Text")
    CHOICE = "choice", _("List")


class Contraindication(Term):
    """A reason not to treat, and the question that finds it.

    `options` of a `choice` are `{"code", "fr", "en", "raises"}`: one that `raises` is a finding.
    A yes, a date, and any text are findings. `asked_again_days` says for how many days an answer
    counts; 0: for the day it was given on; None: for good.
    """

    severity = models.CharField(max_length=10, choices=Severity)
    question_fr = models.CharField(max_length=300)
    question_en = models.CharField(max_length=300, blank=True)
    answer_type = models.CharField(
        _("kind of answer"), max_length=10, choices=AnswerType, default=AnswerType.BOOLEAN
    )
    options: models.JSONField = models.JSONField(_("list"), default=list, blank=True)
    asked_again_days = models.PositiveSmallIntegerField(
        _("asked again after (days)"),
        null=True,
        blank=True,
        default=0,
        help_text=_("0: before each session. Empty: an answer counts for good."),
    )

    question = Translated("question")

    class Meta(Term.Meta):
        constraints = [
            models.CheckConstraint(
                name="protocols_contraindication_severity_known",
                condition=models.Q(severity__in=["blocking", "warning", "wait"]),
            ),
            models.CheckConstraint(
                name="protocols_contraindication_answer_type_known",
                condition=models.Q(answer_type__in=["boolean", "date", "text", "choice"]),
            ),
            models.CheckConstraint(
                name="protocols_contraindication_waits_from_a_date",
                condition=~models.Q(severity="wait") | models.Q(answer_type="date"),
            ),
        ]
