"""What a gate is asked, and what it answers; `clinic.care.gates` lists them all.

The sentences say nothing about health: reception reads them.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from clinic.models import Clinic
from patients.models import Patient, Series, TreatmentSession
from patients.standing import Read, Standing, read
from protocols.models import Protocol


@dataclass(frozen=True)
class Obstacle:
    """A stable `code`, a sentence for the desk, and the date from which it no longer stands."""

    code: str
    message: str
    until: dt.date | None = None


@dataclass(frozen=True)
class Confirming:
    """A series about to be booked, or the rest of one, the first session on `first_on`."""

    clinic: Clinic
    patient: Patient
    protocol: Protocol
    numbers: tuple[int, ...]
    first_on: dt.date
    today: dt.date
    series: Series | None = None
    known: Read | None = None  # of the patient, where it was read already
    has_quotes: bool = True  # False: it is known that none stands, for whatever protocol

    def standing(self) -> Standing:
        """How the patient stands on the first day."""
        return (self.known or read(self.patient, self.protocol)).on(self.first_on)


@dataclass(frozen=True)
class Starting:
    """A session about to be begun on `on`."""

    clinic: Clinic
    session: TreatmentSession
    on: dt.date

    @property
    def patient(self) -> Patient:
        return self.session.series.patient

    @property
    def protocol(self) -> Protocol:
        return self.session.series.protocol


ConfirmGate = Callable[[Confirming], Iterator[Obstacle]]
StartGate = Callable[[Starting], Iterator[Obstacle]]
