"""What was done at a session: the record, the products with their lots, and what came after."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from patients.models.patient import Patient
from patients.models.public_id import LENGTH, new_public_id
from patients.models.rules import SignedIsFixed
from patients.models.series import TreatmentSession
from patients.models.stock import Lot
from protocols.closing import ClosedWithOwner
from protocols.database import AppendOnly, FixedColumns, NeverDeleted
from protocols.models import Product

SHALLOWEST_MM, DEEPEST_MM = 1, 13  # user-004 l. 3
WORST = 10  # of pain and of satisfaction: 0-10

# What the practitioner writes. Autosave sends these, and a conflict is told field by field.
WRITTEN = (
    "zones", "techniques", "depth", "depth_mm", "needle", "passes", "cream_minutes", "led_minutes",
    "asepsis", "asepsis_other", "pain_before", "pain_after", "satisfaction", "tolerance",
    "reactions", "reactions_text", "notes", "aftercare_given", "next_step", "next_step_text",
)  # fmt: skip
FIXED_WHEN_SIGNED = (
    "id", "public_id", "session", "patient", *WRITTEN, "started_at", "ended_at", "place",
    "performer", "performer_name", "opened_at", "opened_by", "version", "saved_at", "saved_by",
    "signed_at", "signed_by",
)  # fmt: skip


class SessionRecord(models.Model):
    """FHIR Procedure: what was done at one session. A draft until it is signed, then fixed.

    `version` grows with every save; who saves an older one is told so, and loses nothing.
    `zones`, `techniques` and `reactions` are lists of codes (`patients.charts`).
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SIGNED = "signed", _("Signed")

    class Depth(models.TextChoices):
        IED = "IED", _("Intra-epidermal (IED)")
        IDS = "IDS", _("Superficial intradermal (IDS)")
        IDP = "IDP", _("Deep intradermal (IDP)")
        IHD = "IHD", _("Hypodermic (IHD)")

    class Asepsis(models.TextChoices):
        CHLORHEXIDINE = "chlorhexidine", _("Alcoholic chlorhexidine")
        POVIDONE = "povidone", _("Alcoholic povidone-iodine")
        OTHER = "other", _("Other")

    class Tolerance(models.TextChoices):
        GOOD = "good", _("Good")
        FAIR = "fair", _("Fair")
        POOR = "poor", _("Poor")

    class NextStep(models.TextChoices):
        AS_PLANNED = "as_planned", _("Next session as planned")
        REVIEW_FIRST = "review_first", _("See me before the next session")
        ADAPT = "adapt", _("Adapt the next session")
        STOP = "stop", _("Stop the series")

    public_id = models.CharField(
        max_length=LENGTH, unique=True, default=new_public_id, editable=False
    )
    session = models.OneToOneField(TreatmentSession, models.PROTECT, related_name="record")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="records")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    version = models.PositiveIntegerField(default=1)

    started_at = models.DateTimeField(_("begun at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=300)
    performer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    performer_name = models.CharField(_("performed by"), max_length=200)

    zones: models.JSONField = models.JSONField(_("zones"), default=list, blank=True)
    techniques: models.JSONField = models.JSONField(_("technique"), default=list, blank=True)
    depth = models.CharField(_("depth"), max_length=3, choices=Depth.choices, blank=True)
    depth_mm = models.DecimalField(
        _("depth in mm"),
        max_digits=3,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(SHALLOWEST_MM), MaxValueValidator(DEEPEST_MM)],
    )
    needle = models.CharField(_("needle"), max_length=60, blank=True)
    passes = models.PositiveSmallIntegerField(_("passes"), null=True, blank=True)
    cream_minutes = models.PositiveSmallIntegerField(_("numbing cream, min"), null=True, blank=True)
    led_minutes = models.PositiveSmallIntegerField(_("LED, min"), null=True, blank=True)
    asepsis = models.CharField(_("asepsis"), max_length=15, choices=Asepsis.choices, blank=True)
    asepsis_other = models.CharField(_("with what"), max_length=120, blank=True)
    pain_before = models.PositiveSmallIntegerField(
        _("pain before"), null=True, blank=True, validators=[MaxValueValidator(WORST)]
    )
    pain_after = models.PositiveSmallIntegerField(
        _("pain after"), null=True, blank=True, validators=[MaxValueValidator(WORST)]
    )
    satisfaction = models.PositiveSmallIntegerField(
        _("satisfaction"), null=True, blank=True, validators=[MaxValueValidator(WORST)]
    )
    tolerance = models.CharField(
        _("tolerance"), max_length=5, choices=Tolerance.choices, blank=True
    )
    reactions: models.JSONField = models.JSONField(
        _("immediate reactions"), default=list, blank=True
    )
    reactions_text = models.TextField(_("reactions in words"), blank=True)
    notes = models.TextField(_("notes"), blank=True)
    aftercare_given = models.BooleanField(_("aftercare handed over"), default=False)
    next_step = models.CharField(
        _("next"), max_length=15, choices=NextStep.choices, default=NextStep.AS_PLANNED
    )
    next_step_text = models.TextField(_("next, in words"), blank=True)

    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("session record")
        verbose_name_plural = _("session records")
        ordering: ClassVar = ["-started_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["patient", "started_at"]),
            models.Index(fields=["performer", "status"]),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status="draft", signed_at__isnull=True, signed_by__isnull=True)
                | Q(status="signed", signed_at__isnull=False, signed_by__isnull=False),
                name="patients_sessionrecord_signed_at_by",
            ),
            models.CheckConstraint(
                condition=Q(depth_mm__isnull=True)
                | Q(depth_mm__gte=SHALLOWEST_MM, depth_mm__lte=DEEPEST_MM),
                name="patients_sessionrecord_depth_is_possible",
                violation_error_message=_("Between 1 and 13 mm."),
            ),
            models.CheckConstraint(
                condition=(Q(pain_before__isnull=True) | Q(pain_before__lte=WORST))
                & (Q(pain_after__isnull=True) | Q(pain_after__lte=WORST))
                & (Q(satisfaction__isnull=True) | Q(satisfaction__lte=WORST)),
                name="patients_sessionrecord_scores_to_ten",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="patients_sessionrecord_ends_after_start",
            ),
            SignedIsFixed(fields=FIXED_WHEN_SIGNED, name="patients_sessionrecord_signed_is_fixed"),
            FixedColumns(
                fields=["id", "public_id", "session", "patient"],
                name="patients_sessionrecord_whose_is_fixed",
            ),
            NeverDeleted(
                keys=("id", "public_id", "session_id"), name="patients_sessionrecord_never_deleted"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session}"

    @property
    def is_signed(self) -> bool:
        return self.status == self.Status.SIGNED


class ProductUse(models.Model):
    """FHIR Procedure.used: a volume of one lot. What is printed on it is copied, and stays."""

    record = models.ForeignKey(SessionRecord, models.PROTECT, related_name="products")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="uses")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(_("product"), max_length=120)
    maker = models.CharField(_("maker"), max_length=120)
    lot_number = models.CharField(_("lot"), max_length=40)
    expires_on = models.DateField(_("use by"))
    regulatory_status = models.CharField(
        _("status"), max_length=10, choices=Product.RegulatoryStatus.choices
    )
    volume_ml = models.DecimalField(
        _("volume, ml"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    prepared_at = models.DateTimeField(_("prepared at"), null=True, blank=True)
    injected_at = models.DateTimeField(_("injected at"), null=True, blank=True)

    class Meta:
        verbose_name = _("product used")
        verbose_name_plural = _("products used")
        ordering: ClassVar = ["record", "position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(volume_ml__isnull=True) | Q(volume_ml__gt=0),
                name="patients_productuse_some_volume",
            ),
            models.CheckConstraint(
                condition=Q(prepared_at__isnull=True)
                | Q(injected_at__isnull=True)
                | Q(prepared_at__lte=F("injected_at")),
                name="patients_productuse_prepared_before_injected",
            ),
            ClosedWithOwner(path=["record"], name="patients_productuse_fixed_with_record"),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.lot_number}"


class RecordVersion(models.Model):
    """What one save wrote into a draft: only the fields that it changed, the first one all of them.

    Read in order they say what the draft was at any version, which is what a save upon an older
    version is compared with; and who wrote what, when.
    """

    record = models.ForeignKey(SessionRecord, models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    content: models.JSONField = models.JSONField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("version of a record")
        verbose_name_plural = _("versions of records")
        ordering: ClassVar = ["record", "version"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["record", "version"], name="patients_recordversion_once"
            ),
            AppendOnly(name="patients_recordversion_append_only"),
        ]

    def __str__(self) -> str:
        return f"{self.record} · {self.version}"


class KeptText(models.Model):
    """What somebody typed into a record that could not take it: another was faster, or signed it.

    `content` is the whole form as typed; `base` the version it was typed upon.
    """

    record = models.ForeignKey(SessionRecord, models.PROTECT, related_name="kept_texts")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    base = models.PositiveIntegerField()
    content: models.JSONField = models.JSONField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("kept text")
        verbose_name_plural = _("kept texts")
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            FixedColumns(
                fields=["record", "by", "at", "base", "content"], name="patients_kepttext_is_fixed"
            ),
            NeverDeleted(name="patients_kepttext_never_deleted"),
        ]

    def __str__(self) -> str:
        return f"{self.record} · {self.base}"


class WaitingProducts(models.Model):
    """The rows of a draft's products that have no lot yet, as they stand in the form.

    Nothing is used without its lot, so they are not of the record; but whoever opens the draft on
    another screen finds them. `rows` are texts by field: `proposed` (a lot's public id), `find`,
    `volume_ml`, `prepared_at`, `injected_at`. Gone once each has its lot, and with the signature.
    """

    record = models.OneToOneField(SessionRecord, models.PROTECT, related_name="waiting_products")
    rows: models.JSONField = models.JSONField(default=list)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("products that wait for their lot")
        verbose_name_plural = _("products that wait for their lot")
        ordering: ClassVar = ["record"]

    def __str__(self) -> str:
        return f"{self.record} · {len(self.rows)}"


class Amendment(models.Model):
    """What was found wrong or missing after signing. The original stays and is shown with it."""

    record = models.ForeignKey(SessionRecord, models.PROTECT, related_name="amendments")
    text = models.TextField(_("what is to be read"))
    reason = models.CharField(_("reason"), max_length=200)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")
        ordering: ClassVar = ["record", "at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(text="") & ~Q(reason=""), name="patients_amendment_says_why"
            ),
            AppendOnly(name="patients_amendment_append_only"),
        ]

    def __str__(self) -> str:
        return f"{self.record} · {self.at:%Y-%m-%d}"


class Seal(models.Model):
    """One link of the chain over all that was signed: `patients.seals` makes and verifies it.

    `hash` is the SHA-256 over number, `previous_hash`, `content_hash`, signer and time. What was
    sealed can neither be changed nor be taken out without breaking the chain after it.
    """

    number = models.PositiveIntegerField(unique=True)
    record = models.OneToOneField(
        SessionRecord, models.PROTECT, null=True, blank=True, related_name="seal"
    )
    amendment = models.OneToOneField(
        Amendment, models.PROTECT, null=True, blank=True, related_name="seal"
    )
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    content_hash = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(record__isnull=False, amendment__isnull=True)
                | Q(record__isnull=True, amendment__isnull=False),
                name="patients_seal_is_on_one_thing",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="patients_seal_from_one"),
            AppendOnly(name="patients_seal_append_only"),
            # Every other key too: SQLite's OR REPLACE would take a link out by its number.
            NeverDeleted(
                keys=("id", "number", "record_id", "amendment_id", "previous_hash", "hash"),
                name="patients_seal_never_deleted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.hash[:12]}"
