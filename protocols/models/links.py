"""What a version of a protocol refers to, each link with its source, and fixed with the version."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from protocols.models.fixed import FixedWithProtocol
from protocols.models.product import Product
from protocols.models.protocol import Protocol
from protocols.models.source import Sourced
from protocols.models.terms import AnswerType, Contraindication, Indication, Severity, Zone
from protocols.planning import Duration

LONGEST_WAIT = 2  # years, our choice: what lasts longer is a blocker


class ProtocolIndication(Sourced):
    protocol = models.ForeignKey(
        Protocol, on_delete=models.CASCADE, related_name="indication_links"
    )
    indication = models.ForeignKey(Indication, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["protocol", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["protocol", "indication"], name="protocols_protocolindication_once"
            ),
            FixedWithProtocol(path=["protocol"], name="protocols_protocolindication_fixed"),
        ]

    def __str__(self) -> str:
        return str(self.indication)


class ProtocolZone(Sourced):
    protocol = models.ForeignKey(Protocol, on_delete=models.CASCADE, related_name="zone_links")
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["protocol", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["protocol", "zone"], name="protocols_protocolzone_once"
            ),
            FixedWithProtocol(path=["protocol"], name="protocols_protocolzone_fixed"),
        ]

    def __str__(self) -> str:
        return str(self.zone)


class ProtocolProduct(Sourced):
    protocol = models.ForeignKey(Protocol, on_delete=models.CASCADE, related_name="product_links")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["protocol", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["protocol", "product"], name="protocols_protocolproduct_once"
            ),
            FixedWithProtocol(path=["protocol"], name="protocols_protocolproduct_fixed"),
        ]

    def __str__(self) -> str:
        return str(self.product)


class ProtocolContraindication(Sourced):
    """The severity stands here, so that a version keeps the one it was published with.

    `wait` is an ISO duration (`P2D`): no session before the answered date plus it.
    """

    protocol = models.ForeignKey(
        Protocol, on_delete=models.CASCADE, related_name="contraindication_links"
    )
    contraindication = models.ForeignKey(
        Contraindication, on_delete=models.PROTECT, related_name="+"
    )
    severity = models.CharField(max_length=10, choices=Severity)
    wait = models.CharField(max_length=12, blank=True)

    class Meta:
        ordering = ["protocol", "severity", "pk"]  # "blocking", then "wait", then "warning"
        constraints = [
            models.UniqueConstraint(
                fields=["protocol", "contraindication"],
                name="protocols_protocolcontraindication_once",
            ),
            models.CheckConstraint(
                name="protocols_protocolcontraindication_severity_known",
                condition=models.Q(severity__in=["blocking", "warning", "wait"]),
            ),
            models.CheckConstraint(
                name="protocols_protocolcontraindication_waits_how_long",
                condition=(models.Q(severity="wait") & ~models.Q(wait=""))
                | (~models.Q(severity="wait") & models.Q(wait="")),
            ),
            FixedWithProtocol(path=["protocol"], name="protocols_protocolcontraindication_fixed"),
        ]

    def __str__(self) -> str:
        return str(self.contraindication)

    def clean(self) -> None:
        if self.contraindication_id and (problem := self.wait_problem()):
            raise ValidationError({"wait": problem})

    def wait_problem(self) -> str:
        """What is wrong with the days to wait, or nothing. They count from an answered date."""
        if self.severity != Severity.WAIT:
            return _("Only what must wait has days to wait.") if self.wait else ""
        if self.contraindication.answer_type != AnswerType.DATE:
            return _("Days are counted from a date: the question must ask for one.")
        try:
            wait = Duration.parse(self.wait)
        except ValueError as error:
            return str(error)
        is_long = wait.days > LONGEST_WAIT * 366 or wait.months > LONGEST_WAIT * 12
        return _("Two years at most.") if is_long else ""
