"""Wall clock and instants. An instant is a whole number of seconds since the epoch, UTC."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from importlib import resources
from typing import cast
from zoneinfo import ZoneInfo

DAY = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = _EPOCH.toordinal()


@lru_cache(maxsize=64)
def load_zone(name: str) -> ZoneInfo:
    """The zone as the pinned `tzdata` package has it, whatever the machine knows; or KeyError.

    `ZoneInfo(name)` would ask the system first, and two machines could then answer differently.
    """
    package = resources.files("tzdata")
    names = (package / "zones").read_text(encoding="ascii").split("\n")
    if not name or name not in names:
        raise KeyError(name)
    with (package / "zoneinfo" / name).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


def offset(zone: ZoneInfo, wall: datetime) -> int:
    """Seconds that ``wall`` (naive, its fold respected) is ahead of UTC."""
    delta = cast("timedelta", wall.replace(tzinfo=zone).utcoffset())
    return delta.days * DAY + delta.seconds


def midnight_offset(zone: ZoneInfo, ordinal: int) -> int:
    """`offset` of a day's first 00:00; one that is skipped counts as before the jump."""
    return offset(zone, datetime.fromordinal(ordinal))


def exists(zone: ZoneInfo, wall: datetime) -> bool:
    """Whether the clock ever shows ``wall``: in a skipped hour it does not."""
    return offset(zone, wall) >= offset(zone, wall.replace(fold=1))


def instant(zone: ZoneInfo, wall: datetime, *, last: bool) -> int:
    """The instant of a wall-clock time (naive, fold 0).

    A skipped one means the moment of the jump. A repeated one means its ``last`` occurrence, or
    its first. Seconds are kept; fractions of them are not looked at.
    """
    early, late = offset(zone, wall), offset(zone, wall.replace(fold=1))
    count = _count(wall)
    if early < late:
        return _jump(zone, count - late, count - early)
    return count - (late if last else early)


def _count(wall: datetime) -> int:
    """Seconds from 1970-01-01T00:00 to ``wall``, both naive."""
    days = wall.toordinal() - _EPOCH_ORDINAL
    return days * DAY + wall.hour * 3600 + wall.minute * 60 + wall.second


def _jump(zone: ZoneInfo, before: int, after: int) -> int:
    """The moment between two instants (before < jump <= after) at which the offset changes."""
    settled = local(zone, after).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if local(zone, middle).utcoffset() == settled:
            after = middle
        else:
            before = middle
    return after


def local(zone: ZoneInfo, moment: int) -> datetime:
    """The aware local time at an instant; its fold tells the second of two equal readings."""
    return (_EPOCH + timedelta(seconds=moment)).astimezone(zone)


def day_count(ordinal: int) -> int:
    """Seconds from 1970-01-01T00:00 to a date's 00:00, both naive."""
    return (ordinal - _EPOCH_ORDINAL) * DAY


def wall_time(ordinal: int, minute: int) -> datetime:
    """The naive local time ``minute`` minutes of wall clock after a date's 00:00; 1440 is 24:00."""
    return datetime.fromordinal(ordinal) + timedelta(minutes=minute)
