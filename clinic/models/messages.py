"""What is said to patients outside the clinic: rules, texts, the outbox, links, and calls."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.models.appointments import Appointment
from clinic.models.people import User
from clinic.models.places import MINUTES_OF_A_DAY, Clinic
from clinic.models.rules import SentIsFixed
from patients.models import (
    LONGEST_ADDRESS,
    Channel,
    Language,
    Patient,
    Purpose,
    TreatmentSession,
    new_public_id,
)
from patients.models.public_id import LENGTH
from protocols.database import FixedColumns, NeverDeleted

LONGEST_SUBJECT = 120
LONGEST_TEXT = 2000
LONGEST_ANSWER = 200  # of a provider, kept for the desk


class Kind(models.TextChoices):
    """What a message says. `clinic.outbox.timing` has when each is due."""

    BOOKED = "booked", _("Booked")
    EARLY = "early", _("A week before")
    REMINDER = "reminder", _("Some days before")
    EVE = "eve", _("The day before")
    DAY = "day", _("The day itself")
    MOVED = "moved", _("Moved")
    CANCELLED = "cancelled", _("Cancelled")
    AFTERCARE = "aftercare", _("After the session")
    CHECK_IN = "check-in", _("How are you?")
    RECALL = "recall", _("Maintenance: soon")
    RECALL_DUE = "recall-due", _("Maintenance: now")


PURPOSES = {
    Kind.DAY: Purpose.AFTERCARE,
    Kind.AFTERCARE: Purpose.AFTERCARE,
    Kind.CHECK_IN: Purpose.AFTERCARE,
    Kind.RECALL: Purpose.RECALL,
    Kind.RECALL_DUE: Purpose.RECALL,
}  # every other kind announces a visit
# Of no use any more once the visit has begun.
AHEAD = frozenset({Kind.BOOKED, Kind.EARLY, Kind.REMINDER, Kind.EVE, Kind.DAY, Kind.MOVED})


class MessageRule(models.Model):
    """When one kind of message is due at a clinic, for one protocol or for all (`protocol` "").

    A protocol's own rules of a kind stand in place of the clinic's; those in place of the house's
    (`clinic.outbox.timing.HOUSE`). `days` counts calendar days to the visit (check-ins: after it);
    `at_minute` is wall clock.
    """

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="message_rules")
    protocol = models.SlugField(_("protocol"), max_length=60, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    is_on = models.BooleanField(_("sent"), default=True)
    days = models.PositiveSmallIntegerField(_("days"), default=0)
    at_minute = models.PositiveSmallIntegerField(_("at"), default=600)

    class Meta:
        verbose_name = _("rule for messages")
        verbose_name_plural = _("rules for messages")
        ordering: ClassVar = ["clinic", "protocol", "kind", "days"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["clinic", "protocol", "kind", "days"], name="clinic_messagerule_once"
            ),
            models.CheckConstraint(
                condition=Q(at_minute__lt=MINUTES_OF_A_DAY), name="clinic_messagerule_hour_exists"
            ),
            models.CheckConstraint(
                condition=Q(days__lte=366), name="clinic_messagerule_within_a_year"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.protocol}".strip()


class MessageText(models.Model):
    """A clinic's own wording of one kind, in place of the house's. See `clinic.messages.wording`
    for the words in braces that it may hold."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="message_texts")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    channel = models.CharField(_("channel"), max_length=5, choices=Channel.choices)
    language = models.CharField(_("language"), max_length=5, choices=Language.choices)
    subject = models.CharField(_("subject"), max_length=LONGEST_SUBJECT, blank=True)
    text = models.TextField(_("text"), max_length=LONGEST_TEXT)

    class Meta:
        verbose_name = _("text of messages")
        verbose_name_plural = _("texts of messages")
        ordering: ClassVar = ["clinic", "kind", "channel", "language"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["clinic", "kind", "channel", "language"], name="clinic_messagetext_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.channel} {self.language}"


class Message(models.Model):
    """One thing to say to one patient by one channel. FHIR Communication. The outbox.

    Planned in the transaction of the booking, leased to a sender on database time, looked at again
    and worded when it is sent. `starts_at` is the start it tells of (a recall: the midnight on
    which its window opens); the row is of one attempt at a visit, so a moved visit has rows of its
    own. `round` counts what the desk sent again. Only `clinic.outbox` writes rows here.
    """

    class Status(models.TextChoices):
        DUE = "due", _("To be sent")
        CLAIMED = "claimed", _("Being sent")
        RETRY = "retry", _("To be tried again")
        ACCEPTED = "accepted", _("Sent")
        FAILED = "failed", _("Not sent")
        CANCELLED = "cancelled", _("No longer needed")
        DOUBTFUL = "doubtful", _("Perhaps sent")

    WAITING = (Status.DUE, Status.RETRY)

    public_id = models.CharField(
        max_length=LENGTH, unique=True, default=new_public_id, editable=False
    )
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="messages")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="messages")
    appointment = models.ForeignKey(
        Appointment, models.PROTECT, null=True, blank=True, related_name="messages"
    )
    session = models.ForeignKey(
        TreatmentSession, models.PROTECT, null=True, blank=True, related_name="messages"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    channel = models.CharField(_("channel"), max_length=5, choices=Channel.choices)
    starts_at = models.DateTimeField(_("tells of"))
    days = models.PositiveSmallIntegerField(default=0)  # of its rule: check-ins have several
    round = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(_("due at"))
    useful_until = models.DateTimeField(_("useful until"))
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.DUE
    )
    next_try_at = models.DateTimeField(_("next try at"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    claimed_by = models.CharField(max_length=36, blank=True)  # a sender's own random name
    claimed_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    begun_at = models.DateTimeField(null=True, blank=True)  # handed to the provider, no answer yet
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged"
    )
    sent_to = models.CharField(_("sent to"), max_length=LONGEST_ADDRESS, blank=True)
    subject = models.CharField(_("subject"), max_length=LONGEST_SUBJECT, blank=True)
    text = models.TextField(_("text"), blank=True)  # as it was sent, without the key of its link
    language = models.CharField(_("language"), max_length=5, blank=True)
    parts = models.PositiveSmallIntegerField(_("parts"), default=0)
    provider_id = models.CharField(max_length=200, blank=True)
    reason = models.CharField(_("why"), max_length=20, blank=True)  # a code, see outbox.reasons
    answer = models.CharField(_("what the provider said"), max_length=LONGEST_ANSWER, blank=True)
    doubted_at = models.DateTimeField(null=True, blank=True)  # handed over, and no answer came
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    planned_at = models.DateTimeField(_("planned at"))

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering: ClassVar = ["due_at", "id"]
        indexes: ClassVar = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(status__in=["due", "retry"]),
                name="clinic_message_waiting",
            ),
            models.Index(
                fields=["leased_until"], condition=Q(status="claimed"), name="clinic_message_leased"
            ),
            models.Index(fields=["patient", "due_at"]),
            models.Index(fields=["clinic", "status", "due_at"]),
            models.Index(
                fields=["claimed_at"],
                condition=Q(claimed_at__isnull=False),
                name="clinic_message_pace",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["appointment", "kind", "channel", "days", "round"],
                condition=Q(appointment__isnull=False),
                name="clinic_message_once_per_visit",
            ),
            models.UniqueConstraint(
                fields=["session", "kind", "channel", "starts_at", "round"],
                condition=Q(appointment__isnull=True),
                name="clinic_message_once_per_recall",
            ),
            models.CheckConstraint(
                condition=Q(appointment__isnull=False) | Q(session__isnull=False),
                name="clinic_message_is_about_something",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values) & Q(channel__in=Channel.values),
                name="clinic_message_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "due",
                        "claimed",
                        "retry",
                        "accepted",
                        "failed",
                        "cancelled",
                        "doubtful",
                    ]
                ),
                name="clinic_message_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(status="claimed", leased_until__isnull=False) & ~Q(claimed_by="")
                | ~Q(status="claimed"),
                name="clinic_message_claimed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["accepted", "failed", "cancelled"], settled_at__isnull=False
                )
                | Q(status__in=["due", "claimed", "retry", "doubtful"], settled_at__isnull=True),
                name="clinic_message_settled_when_ended",
            ),
            models.CheckConstraint(
                condition=Q(useful_until__gte=F("due_at")),
                name="clinic_message_useful_when_due",
            ),
            FixedColumns(
                fields=[
                    "public_id",
                    "clinic",
                    "patient",
                    "appointment",
                    "session",
                    "kind",
                    "channel",
                    "starts_at",
                ],
                name="clinic_message_about_is_fixed",
            ),
            SentIsFixed(name="clinic_message_sent_is_fixed"),
            NeverDeleted(keys=["id", "public_id"], name="clinic_message_never_deleted"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel} {self.status}"

    @property
    def purpose(self) -> str:
        return PURPOSES.get(Kind(self.kind), Purpose.REMINDER)


class PatientLink(models.Model):
    """A key to a patient's own page, in a message or a calendar. Only its SHA-256 is kept here.

    It opens one purpose until it expires or is revoked: those of a visit end when the visit is
    moved. `wrong_tries` counts birth dates that were not the patient's.
    """

    class Purpose(models.TextChoices):
        PAGE = "page", _("The patient's page")
        FEED = "feed", _("Calendar")

    key_hash = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=5, choices=Purpose.choices)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="links")
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="+")
    message = models.ForeignKey(
        Message, models.PROTECT, null=True, blank=True, related_name="links"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    shut_until = models.DateTimeField(null=True, blank=True)  # after too many wrong tries

    class Meta:
        verbose_name = _("patient link")
        verbose_name_plural = _("patient links")
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["patient", "purpose"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("created_at")),
                name="clinic_patientlink_expires_later",
            ),
            FixedColumns(
                fields=["key_hash", "purpose", "patient", "message", "created_at"],
                name="clinic_patientlink_whose_is_fixed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"


class PatientCall(models.Model):
    """Somebody of the desk tried to reach a patient by phone: because of a message, or a list."""

    class Outcome(models.TextChoices):
        REACHED = "reached", _("Reached")
        LEFT_WORD = "left-word", _("Left a message")
        NO_ANSWER = "no-answer", _("No answer")
        WRONG_NUMBER = "wrong-number", _("Wrong number")

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="calls")
    message = models.ForeignKey(
        Message, models.PROTECT, null=True, blank=True, related_name="calls"
    )
    appointment = models.ForeignKey(
        Appointment, models.PROTECT, null=True, blank=True, related_name="calls"
    )
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices)
    note = models.CharField(_("note"), max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("call to a patient")
        verbose_name_plural = _("calls to patients")
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [models.Index(fields=["patient", "at"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(outcome__in=["reached", "left-word", "no-answer", "wrong-number"]),
                name="clinic_patientcall_outcome_is_known",
            ),
            NeverDeleted(name="clinic_patientcall_never_deleted"),
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} {self.outcome}"
