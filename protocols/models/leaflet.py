"""What a patient is told: what to do before and after, what is expected, what is not."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from protocols.models.fixed import FixedWithProtocol
from protocols.models.protocol import Protocol
from protocols.models.source import Sourced
from protocols.translated import Translated


class Topic(models.TextChoices):
    """What an instruction or a disagreement is about."""

    SESSIONS = "sessions", _("Number of sessions")
    SPACING = "spacing", _("Spacing")
    MAINTENANCE = "maintenance", _("Maintenance")
    VISIT = "visit", _("Visit")
    MISSED = "missed", _("Missed window")
    REEVALUATION = "reevaluation", _("Review")
    PERFORMERS = "performers", _("Who may perform it")
    PRODUCTS = "products", _("Products")
    MEDICINES = "medicines", _("Medicines")
    MAKE_UP = "make_up", _("Make-up")
    SPORT = "sport", _("Sport")
    HEAT = "heat", _("Heat and pool")
    COLD = "cold", _("Cold")
    SUN = "sun", pgettext_lazy("topic", "Sun")  # alone, it would be Sunday
    SKIN_CARE = "skin_care", _("Skin care")
    HAIR = "hair", _("Hair")
    REDNESS = "redness", _("Redness")
    SWELLING = "swelling", _("Swelling")
    PAPULES = "papules", _("Papules")
    BRUISE = "bruise", _("Bruise")
    TINGLING = "tingling", _("Tingling, warmth, tightness")
    PAIN = "pain", _("Pain")
    NODULE = "nodule", _("Nodule")
    INFECTION = "infection", _("Infection")
    ALLERGY = "allergy", _("Allergy")
    BREAST_FEEDING = "breast_feeding", _("Breast-feeding")
    EVIDENCE = "evidence", _("Evidence")
    COVER = "cover", _("Reimbursement")
    SEASON = "season", _("Season")


class LeafletRule(Sourced):
    """One sentence of the leaflet, about one thing, from one source."""

    topic = models.CharField(max_length=20, choices=Topic)
    position = models.PositiveSmallIntegerField(default=0)
    text_fr = models.TextField()
    text_en = models.TextField(blank=True)

    text = Translated("text")

    class Meta:
        abstract = True
        ordering = ["protocol", "position", "pk"]

    def __str__(self) -> str:
        return self.text


class CareInstruction(LeafletRule):
    """What to do, and when: hours are counted from the visit's start before, from its end after."""

    class When(models.TextChoices):
        BEFORE = "before", _("Before")
        AFTER = "after", _("After")

    protocol = models.ForeignKey(
        Protocol, on_delete=models.CASCADE, related_name="care_instructions"
    )
    phase = models.CharField(max_length=10, choices=When)
    hours_from = models.SmallIntegerField(null=True, blank=True)
    hours_until = models.SmallIntegerField(null=True, blank=True)

    class Meta(LeafletRule.Meta):
        constraints = [
            models.CheckConstraint(
                name="protocols_careinstruction_hours_in_order",
                condition=Q(hours_from__isnull=True)
                | Q(hours_until__isnull=True)
                | Q(hours_from__lte=models.F("hours_until")),
            ),
            models.CheckConstraint(
                name="protocols_careinstruction_hours_on_their_side",
                condition=(
                    Q(phase="before")
                    & (Q(hours_from__isnull=True) | Q(hours_from__lte=0))
                    & (Q(hours_until__isnull=True) | Q(hours_until__lte=0))
                )
                | (
                    Q(phase="after")
                    & (Q(hours_from__isnull=True) | Q(hours_from__gte=0))
                    & (Q(hours_until__isnull=True) | Q(hours_until__gte=0))
                ),
            ),
            FixedWithProtocol(path=["protocol"], name="protocols_careinstruction_fixed"),
        ]


class ExpectedReaction(LeafletRule):
    """What usually happens; without hours where no source gives them."""

    protocol = models.ForeignKey(
        Protocol, on_delete=models.CASCADE, related_name="expected_reactions"
    )
    hours_min = models.PositiveSmallIntegerField(null=True, blank=True)
    hours_max = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta(LeafletRule.Meta):
        constraints = [
            models.CheckConstraint(
                name="protocols_expectedreaction_hours_in_order",
                condition=Q(hours_min__isnull=True)
                | Q(hours_max__isnull=True)
                | Q(hours_min__lte=models.F("hours_max")),
            ),
            FixedWithProtocol(path=["protocol"], name="protocols_expectedreaction_fixed"),
        ]


class AlertSign(LeafletRule):
    """What is not expected, and how fast to ask for help; it wins over anything expected."""

    class Urgency(models.TextChoices):
        EMERGENCY = "emergency", _("Call the emergency services")
        URGENT = "urgent", _("See a doctor without delay")
        PRACTITIONER = "practitioner", _("See your practitioner")
        CHECK = "check", _("Have it checked")

    protocol = models.ForeignKey(Protocol, on_delete=models.CASCADE, related_name="alert_signs")
    urgency = models.CharField(max_length=20, choices=Urgency)
    after_hours = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta(LeafletRule.Meta):
        constraints = [
            models.CheckConstraint(
                name="protocols_alertsign_urgency_known",
                condition=Q(urgency__in=["emergency", "urgent", "practitioner", "check"]),
            ),
            FixedWithProtocol(path=["protocol"], name="protocols_alertsign_fixed"),
        ]


class SourcedValue(LeafletRule):
    """What one source says on a topic. Where several differ, the default is marked, and why."""

    protocol = models.ForeignKey(Protocol, on_delete=models.CASCADE, related_name="sourced_values")
    is_default = models.BooleanField(default=False)
    why_fr = models.CharField(max_length=300, blank=True)
    why_en = models.CharField(max_length=300, blank=True)

    why = Translated("why")

    class Meta(LeafletRule.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["protocol", "topic"],
                condition=Q(is_default=True),
                name="protocols_sourcedvalue_one_default",
            ),
            FixedWithProtocol(path=["protocol"], name="protocols_sourcedvalue_fixed"),
        ]
