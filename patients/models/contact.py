"""How a patient may be reached, and what for. FHIR Consent and ContactPoint."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from patients.models.patient import Channel, Patient
from protocols.database import AppendOnly

LONGEST_ADDRESS = 254  # of an e-mail address


class Purpose(models.TextChoices):
    """What a message is for. Each is agreed to, or refused, by itself."""

    REMINDER = "reminder", _("Appointments")
    AFTERCARE = "aftercare", _("Advice before and after")
    RECALL = "recall", _("Maintenance recalls")
    MARKETING = "marketing", _("News of the clinic")


# Where nobody was asked: a booked visit may be announced, with an easy way out; a recall and
# anything that sells may not (domain 3.15, 3.16: CNIL as relayed; marked there as secondary).
ALLOWED_UNASKED = frozenset({Purpose.REMINDER, Purpose.AFTERCARE})


class MessageConsent(models.Model):
    """One yes or no to one purpose by one channel; the newest row counts, none is ever changed."""

    class How(models.TextChoices):
        DESK = "desk", _("Said at the desk")
        PAPER = "paper", _("Signed on paper")
        PAGE = "page", _("On the patient's own page")
        UNSUBSCRIBED = "unsubscribed", _("By the link in a message")
        STOP = "stop", _("STOP by text message")

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="message_consents")
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose.choices)
    channel = models.CharField(_("channel"), max_length=5, choices=Channel.choices)
    is_given = models.BooleanField(_("agreed"))
    how = models.CharField(_("how"), max_length=12, choices=How.choices)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )  # null: the patient themselves

    class Meta:
        verbose_name = _("consent to messages")
        verbose_name_plural = _("consents to messages")
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [models.Index(fields=["patient", "purpose", "channel", "id"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(purpose__in=Purpose.values) & Q(channel__in=Channel.values),
                name="patients_messageconsent_is_known",
            ),
            AppendOnly(name="patients_messageconsent_append_only"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.channel} {self.is_given}"


class UnusableAddress(models.Model):
    """An e-mail address or number that a provider refused for good: nothing more goes there.

    It speaks of the address, not of the patient: corrected, the patient is reachable again.
    """

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="unusable_addresses")
    channel = models.CharField(_("channel"), max_length=5, choices=Channel.choices)
    address = models.CharField(_("address"), max_length=LONGEST_ADDRESS)
    answer = models.CharField(_("what the provider said"), max_length=200, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("unusable address")
        verbose_name_plural = _("unusable addresses")
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["patient", "channel", "address"], name="patients_unusableaddress_once"
            ),
        ]

    def __str__(self) -> str:
        return self.address
