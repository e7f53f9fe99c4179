"""What a whole series costs, in writing, before it is agreed to (arrêté of 17 October 1996)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from patients import money
from patients.models.patient import Patient
from patients.models.public_id import LENGTH, new_public_id
from patients.models.series import Series
from protocols.closing import ClosedIsFixed, ClosedWithOwner
from protocols.database import NeverDeleted
from protocols.models import Phase, Protocol

GIVEN = (
    "public_id", "number", "patient", "protocol", "language", "valid_until", "practitioner_name",
    "practitioner_address", "practitioner_number", "practitioner_qualification", "insurance",
    "patient_name", "patient_birth_on", "patient_address", "place", "act", "anaesthesia",
    "days_off", "total_cents", "content_hash", "given_at", "given_by", "created_at", "created_by",
)  # fmt: skip


class VatGround(models.TextChoices):
    """CGI art. 261-4-1°: care with a therapeutic aim is exempt, a purely aesthetic act is not."""

    CARE = "care", _("Exempt: care with a therapeutic aim (CGI art. 261, 4, 1°)")
    AESTHETIC = "aesthetic", _("Taxable: aesthetic act")
    GOODS = "goods", _("Taxable: goods")
    FRANCHISE = "franchise", _("Exempt: small business (CGI art. 293 B)")


class Quote(models.Model):
    """A devis. Written as a draft; given, it is fixed with the SHA-256 of its content.

    Money is whole euro cents, tax included. Who and where are copied, so that the paper stays what
    it was. `series` is set when the series is booked.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        GIVEN = "given", _("Given")
        SIGNED = "signed", _("Signed")
        REFUSED = "refused", _("Refused")
        EXPIRED = "expired", _("Expired")

    STANDS = (Status.GIVEN, Status.SIGNED)

    public_id = models.CharField(
        max_length=LENGTH, unique=True, default=new_public_id, editable=False
    )
    number = models.CharField(_("number"), max_length=20, unique=True)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="quotes")
    protocol = models.ForeignKey(Protocol, models.PROTECT, related_name="+")
    series = models.ForeignKey(Series, models.PROTECT, null=True, blank=True, related_name="quotes")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    language = models.CharField(max_length=5, default="fr")
    valid_until = models.DateField(_("valid until"))
    practitioner_name = models.CharField(_("practitioner"), max_length=120)
    practitioner_address = models.CharField(_("address"), max_length=300, blank=True)
    practitioner_number = models.CharField(_("number at the Order"), max_length=40, blank=True)
    practitioner_qualification = models.CharField(_("qualification"), max_length=120, blank=True)
    insurance = models.CharField(_("liability insurance"), max_length=200, blank=True)
    patient_name = models.CharField(_("patient"), max_length=220)
    patient_birth_on = models.DateField(_("birth date"), null=True, blank=True)
    patient_address = models.CharField(_("address"), max_length=330, blank=True)
    place = models.CharField(_("place"), max_length=300)
    act = models.CharField(_("exact act"), max_length=300)
    anaesthesia = models.CharField(_("anaesthesia"), max_length=120, blank=True)
    days_off = models.CharField(_("days off work"), max_length=120, blank=True)
    total_cents = models.PositiveIntegerField(_("total"), default=0)
    content_hash = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField(_("given at"), null=True, blank=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["patient", "protocol", "status"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status="draft", given_at__isnull=True, content_hash="")
                | (~Q(status="draft") & Q(given_at__isnull=False) & ~Q(content_hash="")),
                name="patients_quote_hashed_when_given",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["signed", "refused"], answered_at__isnull=False)
                | Q(status__in=["draft", "given", "expired"], answered_at__isnull=True),
                name="patients_quote_answered_when_answered",
            ),
            ClosedIsFixed(fields=GIVEN, name="patients_quote_given_is_fixed"),
            NeverDeleted(keys=("id", "public_id", "number"), name="patients_quote_never_deleted"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def stands(self) -> bool:
        return self.status in self.STANDS


class QuoteLine(models.Model):
    """So many of one thing; `unit_cents` includes the tax. `vat_permille` 200 is 20 %."""

    quote = models.ForeignKey(Quote, models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    phase = models.CharField(_("phase"), max_length=20, blank=True, choices=Phase.Kind.choices)
    label = models.CharField(_("what"), max_length=200)
    quantity = models.PositiveSmallIntegerField(_("quantity"))
    unit_cents = models.PositiveIntegerField(_("unit price"))
    vat_permille = models.PositiveSmallIntegerField(_("VAT rate"))
    vat_ground = models.CharField(_("ground"), max_length=12, choices=VatGround.choices)

    class Meta:
        verbose_name = _("quote line")
        verbose_name_plural = _("quote lines")
        ordering: ClassVar = ["quote", "position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(quantity__gte=1), name="patients_quoteline_at_least_one"
            ),
            models.CheckConstraint(
                condition=Q(vat_permille__lte=1000), name="patients_quoteline_vat_is_a_share"
            ),
            models.CheckConstraint(
                condition=~Q(vat_ground__in=["care", "franchise"]) | Q(vat_permille=0),
                name="patients_quoteline_exempt_bears_no_vat",
            ),
            ClosedWithOwner(path=["quote"], name="patients_quoteline_fixed_with_quote"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def total_cents(self) -> int:
        return self.quantity * self.unit_cents

    @property
    def vat_cents(self) -> int:
        """The tax within the total, to the nearest cent."""
        return money.within(self.total_cents, self.vat_permille)
