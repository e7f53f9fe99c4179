"""Instants as whole minutes since 1970 UTC, and days of a clinic as instants."""

import datetime as dt
from zoneinfo import ZoneInfo

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def to_minute(moment: dt.datetime) -> int:
    """Whole minutes since 1970, rounded down."""
    return (moment - EPOCH) // MINUTE


def to_minute_up(moment: dt.datetime) -> int:
    return -((EPOCH - moment) // MINUTE)


def from_minute(minute: int) -> dt.datetime:
    return EPOCH + minute * MINUTE


def midnight(on: dt.date, zone: ZoneInfo) -> dt.datetime:
    """The instant at which this local day begins."""
    return dt.datetime.combine(on, dt.time(), zone).astimezone(dt.UTC)


def day_bounds(on: dt.date, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """The local day as instants, half-open; 23 or 25 hours long when the clocks change."""
    return midnight(on, zone), midnight(on + dt.timedelta(days=1), zone)
