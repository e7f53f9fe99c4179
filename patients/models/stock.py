"""What is put into patients: articles by name and maker, and the lots they came in.

Traced for ten years at least, in both directions (CSP R5212-36 to R5212-42).
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from patients.models.public_id import LENGTH, new_public_id
from patients.models.rules import FixedOnceUsed
from protocols.database import NeverDeleted
from protocols.models import Product, Qualification


class Article(models.Model):
    """A product as it is bought; `product` is its class in the catalogue.

    An empty qualification asks nothing beyond the protocol's performers.
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("class"))
    name = models.CharField(_("name"), max_length=120)
    maker = models.CharField(_("maker"), max_length=120)
    regulatory_status = models.CharField(
        _("status"), max_length=10, choices=Product.RegulatoryStatus.choices
    )
    performer_qualification = models.CharField(
        _("who may use it"), max_length=20, choices=Qualification.choices, blank=True
    )
    barcode = models.CharField(_("GTIN"), max_length=14, blank=True, db_index=True)
    contains_ha = models.BooleanField(_("contains hyaluronic acid"), default=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "maker"], name="patients_article_once"),
            models.UniqueConstraint(
                fields=["barcode"],
                condition=~Q(barcode=""),
                name="patients_article_barcode_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Lot(models.Model):
    """One lot of an article. `number_key` is the number without case, spaces and dashes."""

    public_id = models.CharField(
        max_length=LENGTH, unique=True, default=new_public_id, editable=False
    )
    article = models.ForeignKey(Article, models.PROTECT, related_name="lots")
    number = models.CharField(_("lot number"), max_length=40)
    number_key = models.CharField(max_length=40, editable=False, db_index=True)
    expires_on = models.DateField(_("use by"))
    received_on = models.DateField(_("received on"))
    finished_on = models.DateField(_("used up on"), null=True, blank=True)
    recalled_at = models.DateTimeField(_("recalled at"), null=True, blank=True)
    recalled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    recall_note = models.CharField(_("why"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        ordering: ClassVar = ["expires_on", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["article", "number_key"], name="patients_lot_once"),
            models.CheckConstraint(condition=~Q(number_key=""), name="patients_lot_has_a_number"),
            models.CheckConstraint(
                condition=Q(recalled_at__isnull=True, recalled_by__isnull=True)
                | Q(recalled_at__isnull=False, recalled_by__isnull=False),
                name="patients_lot_recalled_at_with_by",
            ),
            FixedOnceUsed(
                fields=["article", "number", "number_key", "expires_on"],
                name="patients_lot_fixed_once_used",
            ),
            NeverDeleted(keys=("id", "public_id"), name="patients_lot_never_deleted"),
        ]

    def __str__(self) -> str:
        return f"{self.article} · {self.number}"

    def save(self, *args: object, **kwargs: object) -> None:
        self.number_key = lot_key(self.number)
        super().save(*args, **kwargs)  # type: ignore[arg-type]


def lot_key(number: str) -> str:
    """A lot number as it is compared: `L 24-0017b` is `L240017B`."""
    return "".join(c for c in number.upper() if c.isalnum())
