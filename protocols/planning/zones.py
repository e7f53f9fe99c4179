"""Wall clock and instants. An instant is a whole number of seconds since the epoch, UTC."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from typing import cast
from zoneinfo import ZoneInfo

DAY = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = _EPOCH.toordinal()


@cache  # one object to a zone: repeated times of two of them would never compare equal
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


def offsets(zone: ZoneInfo, wall: datetime) -> tuple[int, int]:
    """Seconds ahead of UTC at a wall-clock time (naive), at its first and its last occurrence.

    The two are equal but at a clock change: the first is greater when the time is repeated, and
    smaller when it is skipped (then they are the offsets before and after the jump).
    """
    aware = wall.replace(tzinfo=zone)
    return _seconds(aware), _seconds(aware.replace(fold=1))


def _seconds(aware: datetime) -> int:
    return _in_seconds(aware.utcoffset())


def _in_seconds(offset: timedelta | None) -> int:
    delta = cast("timedelta", offset)
    return delta.days * DAY + delta.seconds


def midnight_offsets(zone: ZoneInfo, ordinals: Iterable[int]) -> list[int]:
    """Seconds ahead of UTC at each day's first 00:00; a skipped one counts as before the jump.

    The zone is asked as directly as can be: a frame has hundreds of days, and few offsets.
    """
    deltas = map(zone.utcoffset, map(datetime.fromordinal, ordinals))
    return list(map(cache(_in_seconds), deltas))


def existing(zone: ZoneInfo, wall: datetime) -> int | None:
    """The first instant at which the clock shows ``wall``; None if it never does."""
    first, last = offsets(zone, wall)
    return None if first < last else _count(wall) - first


def instant(zone: ZoneInfo, wall: datetime, *, last: bool) -> int:
    """The instant of a wall-clock time (naive).

    A skipped one means the moment of the jump. A repeated one means its ``last`` occurrence, or
    its first. Seconds are kept; fractions of them are not looked at.
    """
    first_offset, last_offset = offsets(zone, wall)
    count = _count(wall)
    if first_offset < last_offset:
        return _jump(zone, count - last_offset, count - first_offset)
    return count - (last_offset if last else first_offset)


def _count(wall: datetime) -> int:
    """Seconds from 1970-01-01T00:00 to ``wall``, both naive."""
    return day_count(wall.toordinal()) + wall.hour * 3600 + wall.minute * 60 + wall.second


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
