"""What the house remembers of its own doings: audit, idempotency, the worker's beat."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.models.people import User
from clinic.models.places import Clinic
from patients.models import Patient
from protocols.database import AppendOnly

LONGEST_KEY = 64


class AuditEntry(models.Model):
    """Who did or read what, about whom, when. Identifiers, never contents. FHIR AuditEvent.

    `action` is `<thing>.<verb>`, such as `series.book` or `patient.read`.
    """

    at = models.DateTimeField(_("at"), db_index=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    clinic = models.ForeignKey(Clinic, models.PROTECT, null=True, related_name="+")
    action = models.CharField(_("action"), max_length=40)
    patient = models.ForeignKey(Patient, models.PROTECT, null=True, related_name="+")
    subject = models.CharField(_("subject"), max_length=80, blank=True)
    detail: models.JSONField = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [models.Index(fields=["patient", "at"])]
        constraints: ClassVar = [AppendOnly(name="clinic_auditentry_append_only")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S}"  # managers read it: see `clinic.admin.audits`


class IdempotencyKey(models.Model):
    """The answer to a request that was carried out: the same key asks for it again, not twice.

    The same key with another `fingerprint` is a mistake of the client and is refused.
    """

    key = models.CharField(max_length=LONGEST_KEY)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    fingerprint = models.CharField(max_length=64)
    answer: models.JSONField = models.JSONField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["by", "key"], name="clinic_idempotencykey_once_per_user"
            )
        ]

    def __str__(self) -> str:
        return self.key


class WorkerBeat(models.Model):
    """When the background worker last said that it lives."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)  # somebody was told that it fell silent

    class Meta:
        verbose_name = _("worker beat")
        verbose_name_plural = _("worker beats")

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"
