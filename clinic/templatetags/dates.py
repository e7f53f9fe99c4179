"""Takes the place of Django's `date` in every template: see OPTIONS in the settings."""

import datetime as dt
from typing import Any

from django import template
from django.template.defaultfilters import date as django_date

from clinic.dates import written

register = template.Library()


@register.filter(expects_localtime=True, is_safe=False)
def date(value: Any, pattern: str = "DATE_FORMAT") -> str:
    return written(value, pattern) if isinstance(value, dt.date) else django_date(value, pattern)
