"""The days on which a clinic is closed, for pictures of its calendar."""

import datetime as dt

from clinic import availability
from clinic.availability import Horizon
from clinic.models import Absence, Clinic


def closed_days(clinic: Clinic, first: dt.date, last: dt.date) -> frozenset[dt.date]:
    """Public holidays and whole days of closure, `first` and `last` included. One query."""
    horizon = Horizon(clinic, first, last)
    start, end = horizon.instants
    closures = Absence.objects.filter(
        clinic=clinic, resource=None, starts_at__lt=end, ends_at__gt=start
    ).values_list("resource_id", "starts_at", "ends_at")
    return availability.closed_dates(horizon, closures)
