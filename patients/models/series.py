"""One patient's course on one version of a protocol."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from patients.models.patient import Patient
from patients.models.public_id import LENGTH, new_public_id
from patients.models.rules import SignedStays
from protocols.database import FixedColumns, NeverDeleted
from protocols.models import Protocol, Step


class Series(models.Model):
    """FHIR CarePlan. Keeps the protocol version it started on."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("Running")
        ON_HOLD = "on-hold", _("On hold")
        REVOKED = "revoked", _("Stopped")
        COMPLETED = "completed", _("Completed")

    OPEN = (Status.ACTIVE, Status.ON_HOLD)

    public_id = models.CharField(
        max_length=LENGTH, unique=True, default=new_public_id, editable=False
    )
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="series")
    protocol = models.ForeignKey(Protocol, models.PROTECT, related_name="series")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.ACTIVE)
    previous_on = models.DateField(
        _("last session done elsewhere"),
        null=True,
        blank=True,
        help_text=_("For a series begun elsewhere; the first window here counts from it."),
    )
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="series_opened"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="series_closed",
    )
    closing_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")
        ordering: ClassVar = ["-opened_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["patient", "status"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="patients_series_closed_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["active", "on-hold"], closed_at__isnull=True)
                | Q(status__in=["revoked", "completed"], closed_at__isnull=False),
                name="patients_series_closed_when_ended",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")),
                name="patients_series_closed_after_opened",
            ),
            # A signed record is read under the patient and the protocol of its series.
            FixedColumns(fields=["patient", "protocol"], name="patients_series_whose_is_fixed"),
            NeverDeleted(keys=("id", "public_id"), name="patients_series_never_deleted"),
        ]

    def __str__(self) -> str:
        return f"{self.patient} · {self.protocol}"

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN


class TreatmentSession(models.Model):
    """One step of one series. It survives its appointments: each of them is one attempt at it.

    `status` uses the codes of FHIR CarePlan.activity. Windows are not stored: they are counted from
    the session before, booked or done (`patients.series.course`).
    """

    class Status(models.TextChoices):
        NOT_STARTED = "not-started", _("To book")
        SCHEDULED = "scheduled", _("Booked")
        COMPLETED = "completed", _("Done")
        CANCELLED = "cancelled", _("Cancelled")

    series = models.ForeignKey(Series, models.PROTECT, related_name="sessions")
    step = models.ForeignKey(Step, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(_("number"))
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.NOT_STARTED)
    done_on = models.DateField(_("done on"), null=True, blank=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering: ClassVar = ["series", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["series", "number"], name="patients_treatmentsession_number_once"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1), name="patients_treatmentsession_number_from_one"
            ),
            models.CheckConstraint(
                condition=(Q(status="completed") & Q(done_on__isnull=False))
                | (~Q(status="completed") & Q(done_on__isnull=True)),
                name="patients_treatmentsession_done_on_when_completed",
            ),
            SignedStays(name="patients_treatmentsession_signed_stays"),
        ]

    def __str__(self) -> str:
        return f"{self.series} · {self.number}"
