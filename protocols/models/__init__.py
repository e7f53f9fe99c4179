from protocols.models.leaflet import (
    AlertSign,
    CareInstruction,
    ExpectedReaction,
    SourcedValue,
    Topic,
)
from protocols.models.links import (
    ProtocolContraindication,
    ProtocolIndication,
    ProtocolProduct,
    ProtocolZone,
)
from protocols.models.phase import Phase
from protocols.models.product import Product, Qualification
from protocols.models.protocol import Protocol, ProtocolQuerySet
from protocols.models.resource_kind import ResourceKind
from protocols.models.segment import Segment, SegmentNeed
from protocols.models.source import Source
from protocols.models.step import Step
from protocols.models.terms import AnswerType, Contraindication, Indication, Severity, Zone

__all__ = [
    "AlertSign",
    "AnswerType",
    "CareInstruction",
    "Contraindication",
    "ExpectedReaction",
    "Indication",
    "Phase",
    "Product",
    "Protocol",
    "ProtocolContraindication",
    "ProtocolIndication",
    "ProtocolProduct",
    "ProtocolQuerySet",
    "ProtocolZone",
    "Qualification",
    "ResourceKind",
    "Segment",
    "SegmentNeed",
    "Severity",
    "Source",
    "SourcedValue",
    "Step",
    "Topic",
    "Zone",
]
