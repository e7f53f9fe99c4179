"""The patient's agreement to be treated. FHIR Consent."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from patients.models.patient import Patient
from patients.models.public_id import LENGTH, new_public_id
from protocols.database import FixedColumns, NeverDeleted
from protocols.models import Protocol

SIGNED = (
    "public_id", "patient", "protocol", "text", "text_hash", "language", "off_label_told", "how",
    "signer", "drawing", "file", "given_at", "recorded_by",
)  # fmt: skip


class CareConsent(models.Model):
    """Agreement to one version of a protocol, with the very text that was shown and its SHA-256.

    `drawing` is the path of an SVG, `file` the name of an upload in the private store. A new
    version of the protocol asks for a new consent.
    """

    class How(models.TextChoices):
        DRAWN = "drawn", _("Signed on the screen")
        TYPED = "typed", _("Name typed")
        UPLOADED = "uploaded", _("Signed on paper, scanned")

    public_id = models.CharField(
        max_length=LENGTH, unique=True, default=new_public_id, editable=False
    )
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="care_consents")
    protocol = models.ForeignKey(Protocol, models.PROTECT, related_name="+")
    text = models.TextField(_("text"))
    text_hash = models.CharField(max_length=64)
    language = models.CharField(max_length=5)
    off_label_told = models.BooleanField(_("use outside the authorisation was explained"))
    how = models.CharField(_("signed how"), max_length=10, choices=How.choices)
    signer = models.CharField(_("signed by"), max_length=200)
    drawing = models.TextField(blank=True)
    file = models.CharField(max_length=100, blank=True)
    given_at = models.DateTimeField(_("given at"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawal_note = models.TextField(_("why"), blank=True)

    class Meta:
        verbose_name = _("care consent")
        verbose_name_plural = _("care consents")
        ordering: ClassVar = ["-given_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["patient", "protocol"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(how="drawn", file="") & ~Q(drawing="")
                | Q(how="typed", drawing="", file="")
                | Q(how="uploaded", drawing="") & ~Q(file=""),
                name="patients_careconsent_bears_its_signature",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="patients_careconsent_withdrawn_at_with_by",
            ),
            FixedColumns(fields=SIGNED, name="patients_careconsent_is_fixed"),
            NeverDeleted(keys=("id", "public_id"), name="patients_careconsent_never_deleted"),
        ]

    def __str__(self) -> str:
        return f"{self.patient} · {self.protocol}"

    @property
    def is_given(self) -> bool:
        return self.withdrawn_at is None
