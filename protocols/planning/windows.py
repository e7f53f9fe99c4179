"""The window in which the next session may take place."""

from dataclasses import dataclass
from datetime import date

from protocols.planning.durations import Duration


@dataclass(frozen=True, slots=True)
class Window:
    """From ``opens`` to ``closes``, both days included; ``due`` is the ideal day.

    ``due`` lies inside unless ``opens`` was put off. A window that closes before it opens holds
    nothing.
    """

    opens: date
    due: date
    closes: date

    def __contains__(self, day: date) -> bool:
        return self.opens <= day <= self.closes


@dataclass(frozen=True, slots=True)
class Gap:
    """The time to leave after the session before: at least, ideally, at most.

    Well-formed when min <= ideal <= max on every date (see `problem`).
    """

    min: Duration
    ideal: Duration
    max: Duration

    def problem(self) -> str | None:
        """What is wrong with the gap, or None."""
        if not self.min.always_at_most(self.ideal):
            return f"expected min <= ideal on any date, but {self.min} may pass {self.ideal}"
        if not self.ideal.always_at_most(self.max):
            return f"expected ideal <= max on any date, but {self.ideal} may pass {self.max}"
        return None

    def window(self, previous: date) -> Window:
        """The window after a session on ``previous``; OverflowError past the year 9999."""
        return Window(
            self.min.after(previous), self.ideal.after(previous), self.max.after(previous)
        )

    def allows(self, previous: date, on: date) -> bool:
        """Whether a session on ``on`` keeps the gap to the one on ``previous``."""
        return on in self.window(previous)

    def ordinals(self, previous: int) -> tuple[int, int, int]:
        """`window` on proleptic ordinals: opens, due, closes."""
        return (
            self.min.ordinal_after(previous),
            self.ideal.ordinal_after(previous),
            self.max.ordinal_after(previous),
        )
