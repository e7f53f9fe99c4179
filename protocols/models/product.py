from django.db import models
from django.utils.translation import gettext_lazy as _

from protocols.models.terms import Term


class Qualification(models.TextChoices):
    """Who may perform an act, or use a product."""

    PHYSICIAN = "physician", _("Physician")
    DENTAL_SURGEON = "dental_surgeon", _("Dental surgeon")
    NURSE = "nurse", _("Nurse")
    LASER_OPERATOR = "laser_operator", _("Laser operator")


class Product(Term):
    """A class of product. An empty qualification asks nothing beyond the protocol's performers."""

    class RegulatoryStatus(models.TextChoices):
        AMM = "amm", _("Medicine with a marketing authorisation")
        DEVICE = "device", _("Medical device")
        COSMETIC = "cosmetic", _("Cosmetic")
        BLOOD = "blood", _("Prepared from the patient's own blood")
        UNKNOWN = "unknown", _("To be stated by the practitioner")

    regulatory_status = models.CharField(max_length=10, choices=RegulatoryStatus)
    performer_qualification = models.CharField(max_length=20, choices=Qualification, blank=True)

    class Meta(Term.Meta):
        constraints = [
            models.CheckConstraint(
                name="protocols_product_regulatory_status_known",
                condition=models.Q(
                    regulatory_status__in=["amm", "device", "cosmetic", "blood", "unknown"]
                ),
            )
        ]
