"""Ages and phone numbers as a desk reads them."""

import datetime as dt

from django import template
from phonenumber_field.phonenumber import PhoneNumber

from patients.models import Patient
from patients.phones import HOME_CODE

register = template.Library()


@register.filter
def age_on(patient: Patient, today: dt.date) -> int | None:
    return patient.age(today=today)


@register.filter
def dialled(phone: PhoneNumber | str) -> str:
    """06 12 34 56 78 at home, +32 475 12 34 56 from elsewhere."""
    if not isinstance(phone, PhoneNumber):
        return str(phone or "")
    return str(phone.as_national if phone.country_code == HOME_CODE else phone.as_international)
