"""Hours as people write them."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinic.models import clock
from clinic.models.places import MINUTES_OF_A_DAY

WRITTEN = re.compile(r"([0-9]{1,2})(?:\s*[:hH.]\s*([0-9]{2})?)?")


class ClockField(forms.CharField):
    """Minutes of the day as 09:30, 9h30 or 9; up to 24:00, the end of the day."""

    default_error_messages = {"invalid": _("Enter an hour such as 09:30; the day ends at 24:00.")}

    def __init__(self, **options: Any) -> None:
        attrs = {"size": 5, "class": "clock", "inputmode": "text", "autocomplete": "off"}
        super().__init__(max_length=8, widget=forms.TextInput(attrs=attrs), **options)

    def prepare_value(self, value: Any) -> Any:
        return clock(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        match = WRITTEN.fullmatch(text.strip())
        if match is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        hours, minutes = int(match[1]), int(match[2] or 0)
        if minutes > 59 or hours * 60 + minutes > MINUTES_OF_A_DAY:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return hours * 60 + minutes

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)
