"""The days a plan is about, laid out as one line of cells."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours on a weekday (0 is Monday), wall-clock minutes since midnight, 0 to 1440.

    In force on the dates from ``valid_from`` on and before ``valid_until``.
    """

    weekday: int
    from_minute: int
    to_minute: int
    valid_from: date | None = None
    valid_until: date | None = None


class Frame:
    """The local days ``first`` to ``last`` (both included) of ``zone``; ``unit`` in minutes."""

    def __init__(self, zone: ZoneInfo, first: date, last: date, unit: int = 15) -> None:
        raise NotImplementedError

    # Frame.for_steps(zone, start_on, steps, *, until=None, previous_on=None,
    #                 first_within_days=60, grid_minutes=15) -> Frame
    # frame.calendar(hours: Iterable[Hours], busy: Iterable[tuple[int, int]] = ()) -> Calendar
    #     busy: half-open, UTC minutes since the epoch
