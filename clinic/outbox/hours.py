"""When a clinic may write to patients: 8 to 20 on its own clock, no Sundays, no public holidays.

The hours are our choice (domain 3.17: no official text was found), a clinic may narrow them.
"""

import datetime as dt

from clinic.availability import holiday_names
from clinic.models import Clinic

A_DAY = dt.timedelta(days=1)
LAST_MINUTES = dt.timedelta(minutes=15)  # what is due last still leaves before the hour
SUNDAY = 6


def is_open(clinic: Clinic, moment: dt.datetime) -> bool:
    """Whether a message may leave at this moment."""
    local = moment.astimezone(clinic.zone)
    opens, closes = _hours(clinic, local.date())
    return is_day(clinic, local.date()) and opens <= moment < closes


def is_day(clinic: Clinic, on: dt.date) -> bool:
    """Neither a Sunday nor a public holiday there."""
    return on.weekday() != SUNDAY and not holiday_names(clinic.holiday_region, on, on)


def earlier(clinic: Clinic, moment: dt.datetime) -> dt.datetime:
    """`moment` where it is open, else the last open moment before it."""
    on = moment.astimezone(clinic.zone).date()
    while True:
        opens, closes = _hours(clinic, on)
        if is_day(clinic, on) and moment >= opens:
            return min(moment, closes - LAST_MINUTES)
        on -= A_DAY


def later(clinic: Clinic, moment: dt.datetime) -> dt.datetime:
    """`moment` where it is open, else the first open moment after it."""
    on = moment.astimezone(clinic.zone).date()
    while True:
        opens, closes = _hours(clinic, on)
        if is_day(clinic, on) and moment < closes:
            return max(moment, opens)
        on += A_DAY


def at(clinic: Clinic, on: dt.date, minute: int) -> dt.datetime:
    """The instant of a wall-clock minute; a skipped one is the moment of the jump."""
    local = dt.datetime.combine(on, dt.time(minute // 60, minute % 60), clinic.zone)
    return local.astimezone(dt.UTC)


def _hours(clinic: Clinic, on: dt.date) -> tuple[dt.datetime, dt.datetime]:
    return (
        at(clinic, on, clinic.messages_from_hour * 60),
        at(clinic, on, clinic.messages_until_hour * 60),
    )
