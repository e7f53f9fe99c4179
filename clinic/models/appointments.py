"""What is booked: appointments, and what each of them holds."""

import datetime as dt
import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.models.people import User
from clinic.models.places import Clinic, Resource, VisitType
from clinic.models.rules import OCCUPYING, OPEN, HoldsFollowStatus, NoOverlap
from patients.models import Patient, TreatmentSession, new_public_id
from patients.models.public_id import LENGTH
from protocols.database import FixedColumns, NeverDeleted

LONGEST_HOLD = 24 * 60  # minutes; the lower bound that lets an index answer "what overlaps"
LONGEST_NOTE = 200


class Appointment(models.Model):
    """FHIR Appointment: one attempt at a session, or a single visit.

    Its times never change: moving writes a new appointment that `replaces` the old one and carries
    its `uid` on with a higher `sequence`, so that calendars update in place (RFC 5545) and history
    stays. Only `clinic.booking` writes rows here.
    """

    class Status(models.TextChoices):
        BOOKED = "booked", _("Booked")
        ARRIVED = "arrived", _("Arrived")
        FULFILLED = "fulfilled", _("Done")
        NOSHOW = "noshow", _("Did not come")
        CANCELLED = "cancelled", _("Cancelled")
        ENTERED_IN_ERROR = "entered-in-error", _("Entered in error")

    class Reason(models.TextChoices):
        MOVED = "moved", _("Moved")
        PATIENT = "patient", _("The patient cannot come")
        CLINIC = "clinic", _("The clinic cannot receive")
        SERIES_STOPPED = "series-stopped", _("The series is stopped")
        ERROR = "error", _("Entered by mistake")
        OTHER = "other", _("Another reason")

    public_id = models.CharField(
        max_length=LENGTH, unique=True, default=new_public_id, editable=False
    )
    uid = models.UUIDField(default=uuid.uuid4, db_index=True, editable=False)
    sequence = models.PositiveIntegerField(default=0)
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="appointments")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="appointments")
    session = models.ForeignKey(
        TreatmentSession, models.PROTECT, null=True, blank=True, related_name="appointments"
    )
    visit_type = models.ForeignKey(
        VisitType, models.PROTECT, null=True, blank=True, related_name="+"
    )
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    status = models.CharField(
        _("status"), max_length=16, choices=Status.choices, default=Status.BOOKED
    )
    confirmed_at = models.DateTimeField(_("confirmed by the patient"), null=True, blank=True)
    cancellation_reason = models.CharField(max_length=16, choices=Reason.choices, blank=True)
    cancellation_note = models.CharField(max_length=LONGEST_NOTE, blank=True)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    booked_at = models.DateTimeField()
    booked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering: ClassVar = ["starts_at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["clinic", "starts_at"]),
            models.Index(fields=["patient", "starts_at"]),
            models.Index(
                fields=["clinic", "ends_at"],
                condition=Q(status__in=OPEN),
                name="clinic_appointment_open",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")),
                name="clinic_appointment_starts_before_it_ends",
            ),
            models.CheckConstraint(
                condition=Q(session__isnull=True, visit_type__isnull=False)
                | Q(session__isnull=False, visit_type__isnull=True),
                name="clinic_appointment_session_or_visit",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "booked",
                        "arrived",
                        "fulfilled",
                        "noshow",
                        "cancelled",
                        "entered-in-error",
                    ]
                ),
                name="clinic_appointment_status_is_known",
            ),
            models.CheckConstraint(
                # FHIR app-4: a cancellation reason only on what is cancelled.
                condition=(Q(status="cancelled") & ~Q(cancellation_reason=""))
                | (~Q(status="cancelled") & Q(cancellation_reason="")),
                name="clinic_appointment_reason_when_cancelled",
            ),
            models.UniqueConstraint(
                fields=["session"],
                condition=Q(status__in=OCCUPYING),
                name="clinic_appointment_one_attempt_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["uid", "sequence"], name="clinic_appointment_sequence_once"
            ),
            NoOverlap(
                owner="patient",
                start="starts_at",
                end="ends_at",
                span="tstzrange",
                active='{row}"status" IN (' + ", ".join(f"'{state}'" for state in OCCUPYING) + ")",
                name="clinic_appointment_patient_in_one_place",
            ),
            HoldsFollowStatus(name="clinic_appointment_holds_follow_status"),
            FixedColumns(
                fields=[
                    "patient",
                    "clinic",
                    "session",
                    "visit_type",
                    "starts_at",
                    "ends_at",
                    "uid",
                ],
                name="clinic_appointment_times_are_fixed",
            ),
            NeverDeleted(keys=["id", "public_id"], name="clinic_appointment_never_deleted"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M} · {self.patient}"

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def may_be_moved(self) -> bool:
        """Before anything became of it, and while its series runs; `is_open` may be cancelled."""
        runs = self.session is None or self.session.series.is_open
        return self.status == self.Status.BOOKED and runs

    @property
    def is_occupying(self) -> bool:
        return self.status in OCCUPYING

    @property
    def practitioner(self) -> Resource | None:
        """From its holds: prefetch `holds__resource__kind` where many are shown."""
        held = (hold.resource for hold in self.holds.all() if hold.resource.is_practitioner)
        return next(held, None)

    @property
    def on(self) -> dt.date:
        """Its day on the clinic's calendar."""
        return self.starts_at.astimezone(self.clinic.zone).date()

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds()) // 60


class Hold(models.Model):
    """An appointment's claim on one resource for one part of the visit.

    `starts` and `ends` are whole minutes since 1970-01-01 UTC, half-open: the planner's masks are
    built from them without a datetime in between, which is what makes a proposal quick.
    """

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="holds")
    resource = models.ForeignKey(Resource, models.PROTECT, related_name="holds")
    starts = models.IntegerField()
    ends = models.IntegerField()
    active = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        ordering: ClassVar = ["starts", "id"]
        indexes: ClassVar = [
            models.Index(
                fields=["resource", "starts", "ends"],
                condition=Q(active=True),
                name="clinic_hold_busy",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(starts__lt=F("ends")), name="clinic_hold_starts_before_it_ends"
            ),
            models.CheckConstraint(
                condition=Q(ends__lte=F("starts") + LONGEST_HOLD),
                name="clinic_hold_is_shorter_than_a_day",
            ),
            NoOverlap(
                owner="resource",
                start="starts",
                end="ends",
                span="int4range",
                active='{row}"active"',
                longest=LONGEST_HOLD,
                name="clinic_hold_resource_in_one_place",
            ),
            FixedColumns(
                fields=["appointment", "resource", "starts", "ends"],
                name="clinic_hold_is_fixed",
            ),
            NeverDeleted(name="clinic_hold_never_deleted"),
        ]

    def __str__(self) -> str:
        return f"{self.resource} {self.starts}-{self.ends}"
