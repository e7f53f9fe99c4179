"""Who is treated, their course of treatment, and their record."""

from patients.models.aftermath import (
    AccessRequest,
    AdverseEvent,
    AdverseEventEntry,
    Photo,
    Review,
)
from patients.models.consent import CareConsent
from patients.models.contact import (
    ALLOWED_UNASKED,
    LONGEST_ADDRESS,
    MessageConsent,
    Purpose,
    UnusableAddress,
)
from patients.models.patient import Channel, Gender, Language, Patient
from patients.models.public_id import new_public_id
from patients.models.quote import Quote, QuoteLine, VatGround
from patients.models.record import (
    Amendment,
    KeptText,
    ProductUse,
    RecordVersion,
    Seal,
    SessionRecord,
    WaitingProducts,
)
from patients.models.screening import Screening, ScreeningAnswer, ScreeningDecision
from patients.models.series import Series, TreatmentSession
from patients.models.stock import Article, Lot

__all__ = [
    "ALLOWED_UNASKED",
    "LONGEST_ADDRESS",
    "AccessRequest",
    "AdverseEvent",
    "AdverseEventEntry",
    "Amendment",
    "Article",
    "CareConsent",
    "Channel",
    "Gender",
    "KeptText",
    "Language",
    "Lot",
    "MessageConsent",
    "Patient",
    "Photo",
    "ProductUse",
    "Purpose",
    "Quote",
    "QuoteLine",
    "RecordVersion",
    "Review",
    "Screening",
    "ScreeningAnswer",
    "ScreeningDecision",
    "Seal",
    "Series",
    "SessionRecord",
    "TreatmentSession",
    "UnusableAddress",
    "VatGround",
    "WaitingProducts",
    "new_public_id",
]
