"""What is asked of the booking verbs, and what they answer when they cannot."""

import datetime as dt
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from clinic.models import Clinic, Resource
from patients.models import Patient, Series
from protocols.models import Protocol
from protocols.planning import Wishes


@dataclass(frozen=True)
class Pick:
    """A session that the receptionist settled by hand: its start, and with whom."""

    number: int
    starts_at: dt.datetime
    practitioner: str = ""  # public id; empty: whoever is listed first and free


@dataclass(frozen=True)
class SeriesAsk:
    """A series to propose: sessions `from_number` to `through` of the protocol, both included.

    `previous_on` is the date of the last session done (elsewhere, or earlier in `series`).
    `require` is a must, `prefer` a wish; a wished practitioner is named by public id.
    """

    clinic: Clinic
    patient: Patient
    protocol: Protocol
    start_on: dt.date
    through: int
    from_number: int = 1
    previous_on: dt.date | None = None
    previous_practitioner: str | None = None
    require: Wishes | None = None
    prefer: Wishes | None = None
    picks: tuple[Pick, ...] = ()
    series: Series | None = None  # the rest of a running series; None opens a new one

    def with_pick(self, pick: Pick) -> "SeriesAsk":
        """Settle one session; what comes after it is planned anew, so later picks fall away."""
        kept = tuple(other for other in self.picks if other.number < pick.number)
        return replace(self, picks=(*kept, pick))


@dataclass(frozen=True)
class Problem:
    """Why something was refused: a stable `code`, a sentence for the reader, and its field."""

    code: str
    message: str
    field: str = ""


@dataclass(frozen=True)
class Refused:
    """Nothing was written. `problems` is never empty."""

    problems: tuple[Problem, ...]

    @classmethod
    def because(cls, code: str, message: str, field: str = "") -> "Refused":
        return cls((Problem(code, message, field),))

    @property
    def was_taken(self) -> bool:
        """Somebody was faster: worth a new proposal."""
        return any(problem.code in {"taken", "stale", "busy"} for problem in self.problems)


def taken() -> Refused:
    return Refused.because(
        "taken", _("This time has just been taken. Nothing was booked; here is what is free now.")
    )


def too_busy() -> Refused:
    return Refused.because(
        "busy", _("Many bookings are being made just now. Nothing was booked; please try again.")
    )


@dataclass(frozen=True)
class Place:
    """A visit with its hour and its holds: what `book` writes.

    `holds` are (resource, start, end) in minutes since 1970 UTC.
    """

    starts_at: dt.datetime
    ends_at: dt.datetime
    holds: tuple[tuple[Resource, int, int], ...]

    @property
    def resources(self) -> tuple[Resource, ...]:
        return tuple(dict.fromkeys(resource for resource, _start, _end in self.holds))

    @property
    def practitioner(self) -> Resource | None:
        return next((r for r in self.resources if r.is_practitioner), None)
