"""A protocol is one row a version. A series points at the version it started on, for ever."""

from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Prefetch, Q, prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from protocols import planning
from protocols.models.fixed import NotReplaced, PublishedIsFixed, PublishedStays
from protocols.models.product import Product, Qualification
from protocols.models.terms import Contraindication, Indication, Zone
from protocols.translated import Translated

if TYPE_CHECKING:
    from protocols.models.step import Step

RULE_COLUMNS = (
    "id", "slug", "version", "name_fr", "name_en", "summary_fr", "summary_en", "performers",
    "reflection_days", "season_from_month", "season_until_month", "sessions_min", "sessions_max",
    "on_missed", "consent_fr", "consent_en", "content_hash", "drafted_by", "published_at",
    "published_by",
)  # fmt: skip


class ProtocolQuerySet(models.QuerySet["Protocol"]):
    def bookable(self) -> Self:
        """The current version of each protocol: the one that new series start on."""
        return self.filter(status=Protocol.Status.ACTIVE)

    def drafts(self) -> Self:
        return self.filter(status=Protocol.Status.DRAFT)

    def with_steps(self) -> Self:
        """Enough to plan: phases, steps, segments and needs in five queries, however many rows."""
        return self.prefetch_related("phases", "steps__phase", "steps__segments__needs")

    def with_rules(self) -> Self:
        """Everything a protocol's page shows, in a fixed number of queries."""
        return self.with_steps().prefetch_related(
            "phases__source",
            "steps__source",
            "steps__segments__source",
            "indication_links__indication",
            "indication_links__source",
            "zone_links__zone",
            "zone_links__source",
            "product_links__product",
            "product_links__source",
            "contraindication_links__contraindication",
            "contraindication_links__source",
            "care_instructions__source",
            "expected_reactions__source",
            "alert_signs__source",
            "sourced_values__source",
        )


def default_performers() -> list[str]:
    return [Qualification.PHYSICIAN.value]


def validate_performers(value: Any) -> None:
    known = set(Qualification.values)
    if not isinstance(value, list) or not value or not set(value) <= known:
        raise ValidationError(_("Name at least one of: %s") % ", ".join(sorted(known)))


class Protocol(models.Model):
    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("In use")
        RETIRED = "retired", _("Retired")

    class OnMissed(models.TextChoices):
        CARRY_ON = "carry_on", _("Carry on with the series")
        ADD_SESSION = "add_session", _("Add a session")
        RESTART_PHASE = "restart_phase", _("Restart the phase")
        ASK_PRACTITIONER = "ask_practitioner", _("Ask the practitioner")

    slug = models.SlugField(max_length=60)
    version = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    name_fr = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    summary_fr = models.TextField()
    summary_en = models.TextField(blank=True)
    consent_fr = models.TextField(blank=True)
    consent_en = models.TextField(blank=True)
    performers = models.JSONField(default=default_performers, validators=[validate_performers])
    reflection_days = models.PositiveSmallIntegerField(default=0)
    season_from_month = models.PositiveSmallIntegerField(null=True, blank=True)
    season_until_month = models.PositiveSmallIntegerField(null=True, blank=True)
    sessions_min = models.PositiveSmallIntegerField(default=1)
    sessions_max = models.PositiveSmallIntegerField(default=1)
    on_missed = models.CharField(max_length=20, choices=OnMissed, default=OnMissed.ASK_PRACTITIONER)
    content_hash = models.CharField(max_length=64, blank=True, editable=False)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    drafted_by = models.CharField(max_length=200, blank=True, editable=False)
    published_by = models.CharField(max_length=200, blank=True, editable=False)
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)
    retired_by = models.CharField(max_length=200, blank=True, editable=False)

    indications = models.ManyToManyField(
        Indication, through="ProtocolIndication", related_name="protocols"
    )
    zones = models.ManyToManyField(Zone, through="ProtocolZone", related_name="protocols")
    products = models.ManyToManyField(Product, through="ProtocolProduct", related_name="protocols")
    contraindications = models.ManyToManyField(
        Contraindication, through="ProtocolContraindication", related_name="protocols"
    )

    name = Translated("name")
    summary = Translated("summary")
    consent = Translated("consent")
    objects = ProtocolQuerySet.as_manager()

    class Meta:
        ordering = ["slug", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["slug", "version"], name="protocols_protocol_version_once"
            ),
            models.UniqueConstraint(
                fields=["slug"],
                condition=Q(status="active"),
                name="protocols_protocol_one_active",
            ),
            models.UniqueConstraint(
                fields=["slug"], condition=Q(status="draft"), name="protocols_protocol_one_draft"
            ),
            models.CheckConstraint(
                name="protocols_protocol_version_from_1", condition=Q(version__gte=1)
            ),
            models.CheckConstraint(
                name="protocols_protocol_status_known",
                condition=Q(status__in=["draft", "active", "retired"]),
            ),
            models.CheckConstraint(
                name="protocols_protocol_published_unless_draft",
                condition=Q(status="draft", published_at__isnull=True, published_by="")
                | (~Q(status="draft") & Q(published_at__isnull=False) & ~Q(published_by="")),
            ),
            models.CheckConstraint(
                name="protocols_protocol_retired_at_by_whom",
                condition=Q(status="retired", retired_at__isnull=False) & ~Q(retired_by="")
                | ~Q(status="retired") & Q(retired_at__isnull=True, retired_by=""),
            ),
            models.CheckConstraint(
                name="protocols_protocol_on_missed_known",
                condition=Q(
                    on_missed__in=["carry_on", "add_session", "restart_phase", "ask_practitioner"]
                ),
            ),
            models.CheckConstraint(
                name="protocols_protocol_somebody_performs", condition=~Q(performers=[])
            ),
            models.CheckConstraint(
                name="protocols_protocol_sessions_in_order",
                condition=Q(sessions_min__gte=1, sessions_max__gte=F("sessions_min")),
            ),
            models.CheckConstraint(
                name="protocols_protocol_season_whole_or_none",
                condition=Q(season_from_month__isnull=True, season_until_month__isnull=True)
                # NULL would pass a comparison: it must be said that there is none.
                | Q(
                    season_from_month__isnull=False,
                    season_until_month__isnull=False,
                    season_from_month__gte=1,
                    season_from_month__lte=12,
                    season_until_month__gte=1,
                    season_until_month__lte=12,
                ),
            ),
            PublishedIsFixed(fields=RULE_COLUMNS, name="protocols_protocol_fixed"),
            PublishedStays(name="protocols_protocol_stays"),
            NotReplaced(name="protocols_protocol_not_replaced"),
        ]

    def __str__(self) -> str:
        return f"{self.name} (v{self.version})"

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT

    @property
    def is_fixed(self) -> bool:
        """A published version: nobody changes it any more, the database included."""
        return not self.is_draft

    @property
    def minutes(self) -> int:
        """How long the longest visit lasts."""
        return max((step.minutes for step in self.steps.all()), default=0)

    def in_season(self, month: int) -> bool:
        """Whether this month is one the protocol is for; a season may run over the new year."""
        first, last = self.season_from_month, self.season_until_month
        if first is None or last is None:
            return True
        return first <= month <= last if first <= last else month >= first or month <= last

    def phased_steps(self) -> "list[Step]":
        """Its steps in order, each with its phase; read once, and kept for who asks again."""
        from protocols.models.step import Step

        in_order: models.QuerySet[Step] = Step.objects.select_related("phase").order_by("number")
        prefetch_related_objects([self], Prefetch("steps", in_order))
        return list(self.steps.all())

    def planning_steps(self) -> tuple[planning.Step, ...]:
        """The steps as the planner takes them. For more than one protocol, use `with_steps()`."""
        return tuple(step.as_planned() for step in self.steps.all())
