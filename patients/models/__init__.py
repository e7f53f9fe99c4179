"""Who is treated, and their course of treatment."""

from patients.models.patient import Gender, Language, Patient
from patients.models.public_id import new_public_id
from patients.models.series import Series, TreatmentSession

__all__ = ["Gender", "Language", "Patient", "Series", "TreatmentSession", "new_public_id"]
