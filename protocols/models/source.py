from django.db import models
from django.utils.translation import gettext_lazy as _

from protocols.translated import Translated


class Source(models.Model):
    """Where a rule comes from, shown to the reader beside the rule."""

    class Kind(models.TextChoices):
        USER_PAGE = "user_page", _("Patient information page")
        TRIAL = "trial", _("Trial or review")
        CLINICIAN = "clinician", _("Clinician's page")
        OFFICIAL = "official", _("Official or learned body")
        VENDOR = "vendor", _("Vendor or press")
        OURS = "ours", _("Our choice")

    code = models.SlugField(max_length=60, unique=True)
    title_fr = models.CharField(max_length=250)
    title_en = models.CharField(max_length=250, blank=True)
    address = models.CharField(max_length=400, blank=True)
    kind = models.CharField(max_length=20, choices=Kind)

    title = Translated("title")

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="protocols_source_kind_known",
                condition=models.Q(
                    kind__in=["user_page", "trial", "clinician", "official", "vendor", "ours"]
                ),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_ours(self) -> bool:
        return self.kind == self.Kind.OURS

    @property
    def link(self) -> str:
        """An address a browser can follow, or nothing."""
        return self.address if self.address.startswith("https://") else ""


class Sourced(models.Model):
    """A rule that says where it comes from: which source, and where in it."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    locator = models.CharField(max_length=60, blank=True)

    class Meta:
        abstract = True

    @property
    def citation(self) -> str:
        return f"{self.source.title}, {self.locator}" if self.locator else self.source.title
