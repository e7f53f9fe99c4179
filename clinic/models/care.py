"""What a clinic asks for its acts, and who opened a record from outside the patient's care."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.models.people import User
from clinic.models.places import Clinic
from patients.models import Patient, VatGround
from protocols.database import AppendOnly
from protocols.models import Phase


class Price(models.Model):
    """What one session of a protocol costs at a clinic, tax included, in euro cents.

    `protocol` is the slug: a new version keeps the price. Without a phase it is that of every phase
    that has none of its own. `vat_permille` 200 is 20 %.
    """

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="prices")
    protocol = models.SlugField(_("protocol"), max_length=60)
    phase = models.CharField(_("phase"), max_length=20, blank=True, choices=Phase.Kind.choices)
    cents = models.PositiveIntegerField(_("price in cents, tax included"))
    vat_permille = models.PositiveSmallIntegerField(_("VAT rate (per thousand)"), default=0)
    vat_ground = models.CharField(_("ground"), max_length=12, choices=VatGround.choices)

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        ordering: ClassVar = ["clinic", "protocol", "phase"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["clinic", "protocol", "phase"], name="clinic_price_once"
            ),
            models.CheckConstraint(
                condition=~Q(vat_ground__in=["care", "franchise"]) | Q(vat_permille=0),
                name="clinic_price_exempt_bears_no_vat",
                violation_error_message=_("What is exempt bears no VAT."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.protocol} {self.phase}".strip()


class CareAccess(models.Model):
    """A record opened by somebody outside the patient's care, for a reason, for a while."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="care_accesses")
    reason = models.CharField(_("reason"), max_length=200)
    at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        verbose_name = _("access from outside the care")
        verbose_name_plural = _("accesses from outside the care")
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [models.Index(fields=["user", "patient", "until"])]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason=""), name="clinic_careaccess_has_a_reason"),
            models.CheckConstraint(condition=Q(until__gt=F("at")), name="clinic_careaccess_ends"),
            AppendOnly(name="clinic_careaccess_append_only"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.patient}"
