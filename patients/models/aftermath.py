"""What followed: adverse events, the review of a course, photos, and who asked for their file."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from patients.models.patient import Patient
from patients.models.public_id import LENGTH, new_public_id
from patients.models.record import ProductUse
from patients.models.series import Series, TreatmentSession
from protocols.database import AppendOnly, FixedColumns, NeverDeleted
from protocols.models import Protocol


class AdverseEvent(models.Model):
    """FHIR AdverseEvent: something unwanted after a session; open until somebody closes it.

    `signs` are codes of `patients.charts`. `channel` is the vigilance it belongs to (CSP R5121-161
    for medicines, R5212-14 and on for devices); nothing is ever sent by itself.
    """

    class Source(models.TextChoices):
        RECORD = "record", _("Seen at the session")
        PHONE = "phone", _("Told on the phone")
        VISIT = "visit", _("Seen at a visit")
        PATIENT = "patient", _("Sent by the patient")

    class Severity(models.TextChoices):
        MILD = "mild", _("Mild")
        MODERATE = "moderate", _("Moderate")
        SEVERE = "severe", _("Severe")

    class Seriousness(models.TextChoices):
        NON_SERIOUS = "non-serious", _("Not serious")
        DEATH = "death", _("Death")
        LIFE = "life-threatening", _("Danger to life")
        HOSPITAL = "hospitalisation", _("Stay in hospital, or a longer one")
        DISABILITY = "disability", _("Lasting disability")
        BIRTH_DEFECT = "birth-defect", _("Birth defect")
        OTHER = "other-serious", _("Otherwise medically serious")

    class Outcome(models.TextChoices):
        ONGOING = "ongoing", _("Not over yet")
        RECOVERING = "recovering", _("Getting better")
        RESOLVED = "resolved", _("Gone")
        SEQUELAE = "resolvedWithSequelae", _("Gone, with lasting marks")
        FATAL = "fatal", _("Fatal")
        UNKNOWN = "unknown", _("Not known")

    class Channel(models.TextChoices):
        DRUG = "drug", _("Pharmacovigilance (regional centre)")
        DEVICE = "device", _("Device vigilance (ANSM)")
        COSMETIC = "cosmetic", _("Cosmetovigilance (ANSM)")
        NONE = "none", _("None")

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    public_id = models.CharField(
        max_length=LENGTH, unique=True, default=new_public_id, editable=False
    )
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="adverse_events")
    session = models.ForeignKey(
        TreatmentSession, models.PROTECT, null=True, blank=True, related_name="adverse_events"
    )
    product_use = models.ForeignKey(
        ProductUse,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="adverse_events",
        verbose_name=_("suspected product"),
    )
    source = models.CharField(_("how it was learnt"), max_length=10, choices=Source.choices)
    noticed_at = models.DateTimeField(_("noticed at"))
    hours_since = models.PositiveIntegerField(_("hours since the session"), null=True, blank=True)
    signs: models.JSONField = models.JSONField(_("signs"), default=list, blank=True)
    description = models.TextField(_("what happened"))
    severity = models.CharField(_("severity"), max_length=10, choices=Severity.choices)
    seriousness = models.CharField(
        _("seriousness"),
        max_length=20,
        choices=Seriousness.choices,
        default=Seriousness.NON_SERIOUS,
    )
    outcome = models.CharField(
        _("outcome"), max_length=25, choices=Outcome.choices, default=Outcome.ONGOING
    )
    action_taken = models.TextField(_("what was done"), blank=True)
    channel = models.CharField(_("vigilance"), max_length=10, choices=Channel.choices)
    declared_on = models.DateField(_("declared on"), null=True, blank=True)
    declaration = models.CharField(_("receipt"), max_length=100, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    reported_at = models.DateTimeField()
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("adverse event")
        verbose_name_plural = _("adverse events")
        ordering: ClassVar = ["-reported_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["patient", "status"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status="open", closed_at__isnull=True, closed_by__isnull=True)
                | Q(status="closed", closed_at__isnull=False, closed_by__isnull=False),
                name="patients_adverseevent_closed_at_by",
            ),
            FixedColumns(
                fields=["public_id", "patient", "reported_at", "reported_by"],
                name="patients_adverseevent_whose_is_fixed",
            ),
            NeverDeleted(keys=("id", "public_id"), name="patients_adverseevent_never_deleted"),
        ]

    def __str__(self) -> str:
        return f"{self.patient} · {self.noticed_at:%Y-%m-%d}"


class AdverseEventEntry(models.Model):
    """What was learnt or done since: an event's story only grows."""

    event = models.ForeignKey(AdverseEvent, models.PROTECT, related_name="entries")
    text = models.TextField(_("what is new"))
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering: ClassVar = ["event", "at", "id"]
        constraints: ClassVar = [AppendOnly(name="patients_adverseevententry_append_only")]

    def __str__(self) -> str:
        return f"{self.event} · {self.at:%Y-%m-%d}"


class Review(models.Model):
    """The re-evaluation of a course, and what follows from it. Due after the attack phase."""

    class Improvement(models.TextChoices):
        CLEAR = "clear", _("Clear improvement")
        SOME = "some", _("Some improvement")
        NONE = "none", _("No improvement")
        WORSE = "worse", _("Worse")

    class Outcome(models.TextChoices):
        CONTINUE = "continue", _("Carry on with the protocol")
        CHANGE = "change", _("Change to another protocol")
        STOP = "stop", _("Stop")

    series = models.ForeignKey(Series, models.PROTECT, related_name="reviews")
    after_number = models.PositiveSmallIntegerField(_("after session"))
    improvement = models.CharField(_("improvement"), max_length=10, choices=Improvement.choices)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    next_protocol = models.ForeignKey(
        Protocol,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("protocol to change to"),
    )
    note = models.TextField(_("note"), blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("re-evaluation")
        verbose_name_plural = _("re-evaluations")
        ordering: ClassVar = ["series", "at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(outcome="change", next_protocol__isnull=False)
                | (~Q(outcome="change") & Q(next_protocol__isnull=True)),
                name="patients_review_changes_to_something",
            ),
            AppendOnly(name="patients_review_append_only"),
        ]

    def __str__(self) -> str:
        return f"{self.series} · {self.get_outcome_display()}"


class Photo(models.Model):
    """A picture of one zone. `file` is its name in the private store, never an address."""

    class Moment(models.TextChoices):
        BEFORE = "before", _("Before")
        AFTER = "after", _("After")

    public_id = models.CharField(
        max_length=LENGTH, unique=True, default=new_public_id, editable=False
    )
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="photos")
    session = models.ForeignKey(
        TreatmentSession, models.PROTECT, null=True, blank=True, related_name="photos"
    )
    zone = models.CharField(_("zone"), max_length=40)
    moment = models.CharField(_("when"), max_length=10, choices=Moment.choices)
    taken_on = models.DateField(_("taken on"))
    file = models.CharField(max_length=100, unique=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    removal_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering: ClassVar = ["zone", "taken_on", "id"]
        indexes: ClassVar = [models.Index(fields=["patient", "zone"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | (Q(removed_at__isnull=False, removed_by__isnull=False) & ~Q(removal_reason="")),
                name="patients_photo_removed_for_a_reason",
            ),
            FixedColumns(
                fields=["public_id", "patient", "file", "sha256", "at", "by"],
                name="patients_photo_is_fixed",
            ),
            NeverDeleted(keys=("id", "public_id", "file"), name="patients_photo_never_deleted"),
        ]

    def __str__(self) -> str:
        return f"{self.zone} · {self.taken_on}"


class AccessRequest(models.Model):
    """A patient asks for their file (CSP L1111-7): 8 days, or 2 months when older than 5 years."""

    class Status(models.TextChoices):
        OPEN = "open", _("To answer")
        DELIVERED = "delivered", _("Delivered")
        REFUSED = "refused", _("Refused")

    public_id = models.CharField(
        max_length=LENGTH, unique=True, default=new_public_id, editable=False
    )
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="access_requests")
    received_on = models.DateField(_("received on"))
    is_old = models.BooleanField(_("about something older than five years"), default=False)
    due_on = models.DateField(_("due on"))
    identity = models.CharField(_("how the identity was checked"), max_length=200)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answer = models.CharField(_("how it was delivered, or why not"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("access request")
        verbose_name_plural = _("access requests")
        ordering: ClassVar = ["due_on", "id"]
        indexes: ClassVar = [models.Index(fields=["status", "due_on"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(due_on__gt=F("received_on")), name="patients_accessrequest_due_after"
            ),
            models.CheckConstraint(
                condition=Q(status="open", answered_at__isnull=True, answered_by__isnull=True)
                | (
                    ~Q(status="open")
                    & Q(answered_at__isnull=False, answered_by__isnull=False)
                    & ~Q(answer="")
                ),
                name="patients_accessrequest_answered_at_by",
            ),
            NeverDeleted(keys=("id", "public_id"), name="patients_accessrequest_never_deleted"),
        ]

    def __str__(self) -> str:
        return f"{self.patient} · {self.due_on}"
