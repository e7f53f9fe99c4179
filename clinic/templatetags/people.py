"""Ages and phone numbers as a desk reads them."""

import datetime as dt

from django import template
from phonenumber_field.phonenumber import PhoneNumber

from patients import phones
from patients.models import Patient

register = template.Library()


@register.filter
def age_on(patient: Patient, today: dt.date) -> int | None:
    return patient.age(today=today)


@register.filter
def dialled(phone: PhoneNumber | str) -> str:
    """06 12 34 56 78 at home, +32 475 12 34 56 from elsewhere."""
    return phones.dialled(phone) if isinstance(phone, PhoneNumber) else str(phone or "")
