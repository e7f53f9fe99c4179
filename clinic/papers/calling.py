"""The call list as a table for a spreadsheet: people, numbers, and when they come."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from clinic.papers.spreadsheet import Cell, in_zone


def header() -> list[str]:
    return [
        _("Family name"),
        _("Given name"),
        _("Birth date"),
        _("Mobile phone"),
        _("Other phone"),
        _("E-mail"),
        _("Language"),
        _("Appointment"),
        _("Why"),
    ]


def rows(found: Iterable[Any], zone: dt.tzinfo) -> Iterator[list[Cell]]:
    """`found` are `pages.to_tell.ToTell`, which stand a floor above."""
    for row in found:
        patient = row.patient
        yield [
            patient.family_name,
            patient.given_name,
            patient.birth_on,
            patient.phone,
            patient.other_phone,
            patient.email,
            str(patient.language_label),
            in_zone(row.starts_at, zone) if row.starts_at else "",
            row.why,
        ]
