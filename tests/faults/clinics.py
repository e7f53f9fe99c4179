"""Clinics under load: what many clients want at the same time, signed as the desk would send it."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from clinic import booking
from clinic.booking import tokens
from clinic.booking.asks import Place
from clinic.models import Clinic, Resource, User
from clinic.moments import to_minute
from patients.models import Patient
from protocols.models import Protocol
from tests.factories import (
    NOW,
    PARIS,
    House,
    make_clinic,
    make_patient,
    make_protocol,
    make_resource,
    make_user,
)
from tests.faults.processes import Answer, Work

SESSIONS, MINUTES = 10, 30
KINDS = ("practitioner", "room", "gun")
MONDAY = dt.datetime(2026, 3, 9, 9, 0, tzinfo=PARIS)
STARTS_OF_A_WEEK = [  # within the house's hours: 13 a day
    dt.timedelta(days=day, minutes=minute)
    for day in range(5)
    for minute in (*range(0, 181, MINUTES), *range(300, 511, MINUTES))
]


@dataclass
class BusyClinic:
    """`each` practitioners, rooms and devices; a weekly protocol of ten sessions that needs all."""

    clinic: Clinic
    user: User
    resources: dict[str, list[Resource]]
    protocol: Protocol

    @classmethod
    def of(cls, each: int) -> "BusyClinic":
        clinic = make_clinic(holiday_region="")
        resources = {kind: [make_resource(clinic, kind) for _ in range(each)] for kind in KINDS}
        protocol = make_protocol(SESSIONS, ("P3D", "P1W", "P11D"), segments=((MINUTES, KINDS),))
        return cls(clinic, make_user(clinic), resources, protocol)

    def token(self, patient: Patient, places: Sequence[Place]) -> str:
        """A signed series, its sessions and holds in any order."""
        ask = booking.SeriesAsk(self.clinic, patient, self.protocol, NOW.date(), SESSIONS)
        numbered = list(enumerate(places, start=1))
        random.shuffle(numbered)
        return tokens.sign(ask, numbered)

    def place(self, week: int, start: dt.timedelta, resources: Sequence[Resource]) -> Place:
        starts_at = MONDAY + dt.timedelta(weeks=week) + start
        minute = to_minute(starts_at)
        holds = [(resource, minute, minute + MINUTES) for resource in resources]
        random.shuffle(holds)
        return Place(starts_at, starts_at + dt.timedelta(minutes=MINUTES), tuple(holds))

    def crossing(self, first_week: int = 0) -> str:
        """Ten sessions at random times with random resources: nearly every two series meet."""
        places = [
            self.place(
                first_week + week,
                random.choice(STARTS_OF_A_WEEK),
                [random.choice(resources) for resources in self.resources.values()],
            )
            for week in range(SESSIONS)
        ]
        return self.token(make_patient(), places)

    def disjoint(self, number: int) -> str:
        """The same people and rooms as others, never at the same time."""
        each = len(self.resources["room"])
        start = STARTS_OF_A_WEEK[number // each]
        chosen = [resources[number % each] for resources in self.resources.values()]
        places = [self.place(week, start, chosen) for week in range(SESSIONS)]
        return self.token(make_patient(), places)

    def booking(self, token: str, key: str = "") -> Work:
        return lambda: outcome(
            booking.book(token=token, key=key, by=self.user, clinic=self.clinic, now=NOW)
        )


def one_slot(clients: int) -> list[Work]:
    """As many patients as clients, all of whom were shown the same first slot."""
    house = House(sessions=1)
    shown = [house.propose(patient=make_patient()) for _ in range(clients)]
    assert len({proposal.sessions[0].starts_at for proposal in shown}) == 1
    return [
        lambda token=proposal.token: outcome(
            booking.book(token=token, key="", by=house.user, clinic=house.clinic, now=NOW)
        )
        for proposal in shown
    ]


def outcome(answer: object) -> str:
    """`yes`, or why not."""
    if isinstance(answer, booking.Refused):
        return "+".join(problem.code for problem in answer.problems)
    return "yes"


def tally(answers: Sequence[Answer]) -> Counter[str]:
    return Counter("error" if answer.error else str(answer.value) for answer in answers)
