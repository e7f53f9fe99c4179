"""A proposal signed: what was shown is what is booked, and nobody else's idea of it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing

from clinic.booking.asks import Place, SeriesAsk
from clinic.moments import to_minute

SALT = "clinic.booking.proposal"
VALID_FOR = dt.timedelta(hours=12)


@dataclass(frozen=True)
class ShownSession:
    """A session as it was shown: minutes since 1970 UTC, resources by primary key."""

    number: int
    starts: int
    ends: int
    holds: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class Shown:
    """A proposal as it was shown."""

    clinic: int
    patient: int
    protocol: int
    series: int | None
    previous_on: dt.date | None
    sessions: tuple[ShownSession, ...]

    @property
    def holds(self) -> list[tuple[int, int, int]]:
        return [hold for session in self.sessions for hold in session.holds]

    @property
    def resources(self) -> set[int]:
        return {resource for resource, _start, _end in self.holds}


def sign(ask: SeriesAsk, sessions: Sequence[tuple[int, Place]]) -> str:
    content = {
        "clinic": ask.clinic.pk,
        "patient": ask.patient.pk,
        "protocol": ask.protocol.pk,
        "series": ask.series.pk if ask.series else None,
        "previous_on": ask.previous_on.isoformat() if ask.previous_on else None,
        "sessions": [_row(number, place) for number, place in sessions],
    }
    return signing.dumps(content, salt=SALT, compress=True)


def _row(number: int, place: Place) -> list[Any]:
    holds = [[resource.pk, start, end] for resource, start, end in place.holds]
    return [number, to_minute(place.starts_at), to_minute(place.ends_at), holds]


def read(token: str) -> Shown:
    """The proposal behind a token. Raises `signing.BadSignature`, also when it is too old."""
    content = signing.loads(token, salt=SALT, max_age=VALID_FOR)
    previous_on = content["previous_on"]
    return Shown(
        clinic=content["clinic"],
        patient=content["patient"],
        protocol=content["protocol"],
        series=content["series"],
        previous_on=dt.date.fromisoformat(previous_on) if previous_on else None,
        sessions=tuple(
            ShownSession(number, starts, ends, tuple((r, s, e) for r, s, e in holds))
            for number, starts, ends, holds in content["sessions"]
        ),
    )
