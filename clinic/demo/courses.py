"""What one patient lived through, before it becomes rows: attempts at visits, and their series."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from clinic.booking.asks import Place
from clinic.demo.diaries import Site
from clinic.models import OCCUPYING, Appointment, Resource, VisitType
from patients.models import Patient, Series
from protocols import planning
from protocols.models import Protocol

Status = Appointment.Status
Reason = Appointment.Reason


@dataclass(eq=False)
class Attempt:
    """One appointment to be. `number` is the session's, None for a single visit."""

    site: Site
    patient: Patient
    place: Place
    booked_at: dt.datetime
    number: int | None = None
    visit_type: VisitType | None = None
    replaces: "Attempt | None" = None
    status: Status = Status.BOOKED
    changed_at: dt.datetime = field(init=False)
    confirmed_at: dt.datetime | None = None
    reason: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        self.changed_at = self.booked_at

    @property
    def session_number(self) -> int:
        if self.number is None:
            raise ValueError("a single visit has no number")
        return self.number

    @property
    def starts_at(self) -> dt.datetime:
        return self.place.starts_at

    @property
    def ends_at(self) -> dt.datetime:
        return self.place.ends_at

    @property
    def on(self) -> dt.date:
        return self.place.starts_at.date()

    @property
    def is_live(self) -> bool:
        return self.status in OCCUPYING


@dataclass(eq=False)
class Course:
    """A series to be. `current` holds the last attempt at each session, `history` all of them."""

    site: Site
    patient: Patient
    protocol: Protocol
    staff: Sequence[Resource]
    from_minute: int
    numbers: Sequence[int]
    opened_at: dt.datetime
    steps: Mapping[int, planning.Step]
    previous_on: dt.date | None = None
    status: str = Series.Status.ACTIVE
    closed_at: dt.datetime | None = None
    closing_reason: str = ""
    current: dict[int, Attempt] = field(default_factory=dict)
    history: list[Attempt] = field(default_factory=list)

    def add(self, attempt: Attempt) -> None:
        self.current[attempt.session_number] = attempt
        self.history.append(attempt)

    def on_before(self, number: int) -> dt.date | None:
        """The date from which this session's window counts."""
        dates = [
            attempt.on
            for other, attempt in self.current.items()
            if other < number and attempt.is_live
        ]
        return max(dates, default=self.previous_on)

    def done(self) -> list[Attempt]:
        return [visit for visit in self.current.values() if visit.status == Status.FULFILLED]

    def ahead(self) -> list[Attempt]:
        return [visit for visit in self.current.values() if visit.status == Status.BOOKED]

    @property
    def is_open(self) -> bool:
        return self.status in Series.OPEN

    @property
    def last_on(self) -> dt.date:
        return max((visit.on for visit in self.current.values()), default=self.opened_at.date())
