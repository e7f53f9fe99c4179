"""Phone numbers: kept as E.164, taken as soon as country and length are right.

`is_valid` of the numbering plans would also ask whether the range has been given out. New ranges
come sooner than new tables, and the ranges kept for fiction (06 39 98 …) never come; a desk that
cannot save the number it was told is worse than a number that does not exist.
"""

from typing import Any

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from phonenumber_field import formfields, modelfields
from phonenumber_field.phonenumber import PhoneNumber, to_python

HOME = "FR"
HOME_CODE, HOME_DIGITS = 33, 9  # after the country code; the tables let shorter ones pass


def is_plausible(number: PhoneNumber) -> bool:
    """Whether such a number could exist: in France ten digits, elsewhere as long as numbers are."""
    if number.country_code == HOME_CODE:
        return len(str(number.national_number)) == HOME_DIGITS
    return phonenumbers.is_possible_number(number)


def dialled(number: PhoneNumber) -> str:
    """06 12 34 56 78 at home, +32 475 12 34 56 from elsewhere."""
    is_home = number.country_code == HOME_CODE
    return str(number.as_national if is_home else number.as_international)


def takes_texts(number: PhoneNumber) -> bool:
    """A land line does not; a range that the tables do not know yet is tried."""
    return phonenumbers.number_type(number) != phonenumbers.PhoneNumberType.FIXED_LINE


def validate_plausible(value: Any) -> None:
    number = to_python(value)
    if isinstance(number, PhoneNumber) and not is_plausible(number):
        raise ValidationError(_("This number has too few or too many digits."), code="invalid")


class PhoneField(modelfields.PhoneNumberField):
    default_validators = [validate_plausible]


class PhoneFormField(formfields.PhoneNumberField):
    default_validators = [validate_plausible]

    def to_python(self, value: Any) -> Any:
        """A plausible number in its E.164 form, whatever was typed; else what was typed."""
        number = super().to_python(value)
        if isinstance(number, PhoneNumber) and is_plausible(number):
            return PhoneNumber.from_string(number.as_e164)
        return number
