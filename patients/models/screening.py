"""What the patient answered before being treated, and what a practitioner decided about it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from patients.models.patient import Patient
from patients.models.public_id import LENGTH, new_public_id
from protocols.database import AppendOnly
from protocols.models import Contraindication, Protocol


class Screening(models.Model):
    """FHIR QuestionnaireResponse: the questions of one protocol version, answered at one time.

    `by` asked the questions, or handed over the tablet on which the patient answered.
    """

    public_id = models.CharField(
        max_length=LENGTH, unique=True, default=new_public_id, editable=False
    )
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="screenings")
    protocol = models.ForeignKey(Protocol, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(_("answered at"))
    by_patient = models.BooleanField(_("answered by the patient"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("screening")
        verbose_name_plural = _("screenings")
        ordering: ClassVar = ["-answered_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["patient", "answered_at"])]
        constraints: ClassVar = [AppendOnly(name="patients_screening_append_only")]

    def __str__(self) -> str:
        return f"{self.patient} · {self.protocol}"


class ScreeningAnswer(models.Model):
    """One answer; the patient's latest one to a question is the one that counts.

    `value` is "yes" or "no", an ISO date, a text, or the codes of a list, comma-separated; empty
    where there is no date, nothing to tell, none of the list.
    `finding` is the severity that the protocol gave to this answer, empty when there is nothing to
    say against treating. `expires_on` is the last day on which it counts; None: for good.
    """

    screening = models.ForeignKey(Screening, models.PROTECT, related_name="answers")
    contraindication = models.ForeignKey(Contraindication, models.PROTECT, related_name="+")
    value = models.TextField(_("answer"))
    note = models.TextField(_("more about it"), blank=True)
    finding = models.CharField(max_length=10, blank=True)
    not_before = models.DateField(_("not before"), null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering: ClassVar = ["screening", "id"]
        indexes: ClassVar = [
            models.Index(
                fields=["not_before"],
                condition=Q(not_before__isnull=False),
                name="patients_screeninganswer_waits",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["screening", "contraindication"], name="patients_screeninganswer_once"
            ),
            models.CheckConstraint(
                condition=Q(finding__in=["", "blocking", "warning", "wait"]),
                name="patients_screeninganswer_finding_known",
            ),
            models.CheckConstraint(
                condition=Q(finding="wait", not_before__isnull=False)
                | (~Q(finding="wait") & Q(not_before__isnull=True)),
                name="patients_screeninganswer_waits_until",
            ),
            AppendOnly(name="patients_screeninganswer_append_only"),
        ]

    def __str__(self) -> str:
        return f"{self.contraindication}: {self.value}"


class ScreeningDecision(models.Model):
    """What a practitioner decided; the latest one about a question counts.

    `cleared`: the finding is let through up to and including `until`. `not_before`: no session
    before `until`. Without an answer it is a hold of the practitioner's own on every treatment.
    """

    class Kind(models.TextChoices):
        CLEARED = "cleared", _("Cleared")
        NOT_BEFORE = "not_before", _("Not before a date")
        LIFTED = "lifted", _("Hold lifted")

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="screening_decisions")
    answer = models.ForeignKey(
        ScreeningAnswer, models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    until = models.DateField(_("until"), null=True, blank=True)
    reason = models.TextField(_("reason"))
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("screening decision")
        verbose_name_plural = _("screening decisions")
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [models.Index(fields=["patient", "at"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="lifted", until__isnull=True, answer__isnull=True)
                | Q(kind="cleared", until__isnull=False, answer__isnull=False)
                | Q(kind="not_before", until__isnull=False),
                name="patients_screeningdecision_says_until_when",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="patients_screeningdecision_has_a_reason"
            ),
            AppendOnly(name="patients_screeningdecision_append_only"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.until or ''}"
