"""What protocols speak of: conditions, places of the body, and why not to treat."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
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

    def clean(self) -> None:
        if problem := self.options_problem():
            raise ValidationError({"options": problem})

    def options_problem(self) -> str:
        """What is wrong with the list of answers, or nothing."""
        if self.answer_type != AnswerType.CHOICE:
            return gettext("Only a list has answers to choose from.") if self.options else ""
        if not isinstance(self.options, list) or not all(map(is_option, self.options)):
            return gettext("Each answer has a code, a text in French and one in English.")
        codes = {option["code"] for option in self.options}
        if not codes or len(codes) < len(self.options):
            return gettext("A list has at least one answer, and no code twice.")
        return ""


def is_option(option: Any) -> bool:
    """Whether this is one answer of a list; its code stands in stored answers, between commas."""
    if not isinstance(option, dict) or set(option) != {"code", "fr", "en", "raises"}:
        return False
    code, texts = option["code"], (option["fr"], option["en"])
    return (
        isinstance(code, str)
        and bool(code)
        and "," not in code
        and all(isinstance(text, str) and text for text in texts)
        and isinstance(option["raises"], bool)
    )
