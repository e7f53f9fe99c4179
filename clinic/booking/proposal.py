"""What a proposal says: each session with its reason, and what each other day would cost."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from clinic.booking import tokens
from clinic.booking.asks import Pick, Place, Problem, SeriesAsk
from clinic.models import Resource
from patients.standing import Standing
from protocols import planning


@dataclass(frozen=True)
class ProposedAlternative:
    """Another day for a session. The three differences compare with the proposal as it stands."""

    starts_at: dt.datetime
    practitioner: Resource | None
    pick: Pick
    days_more: int
    preferences_more: int
    changes_more: int

    def compared_with(self, more: "Difference") -> "ProposedAlternative":
        """The same alternative, beside a proposal that costs `more` than the one before."""
        days, preferences, changes = more
        return replace(
            self,
            days_more=self.days_more - days,
            preferences_more=self.preferences_more - preferences,
            changes_more=self.changes_more - changes,
        )


Difference = tuple[int, int, int]  # in the order of planning.Cost


def difference(cost: planning.Cost, other: planning.Cost) -> Difference:
    return (
        cost.days_off_ideal - other.days_off_ideal,
        cost.preferences_unmet - other.preferences_unmet,
        cost.practitioner_changes - other.practitioner_changes,
    )


@dataclass(frozen=True)
class ProposedSession:
    """One session of the proposal; `number` is the protocol's. Times are in the clinic's zone."""

    number: int
    phase: str
    place: Place
    window: planning.Window
    days_off_ideal: int
    reason: str | None
    gap_days: int | None
    is_picked: bool
    alternatives: tuple[ProposedAlternative, ...]

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
    def practitioner(self) -> Resource | None:
        return self.place.practitioner

    @property
    def resources(self) -> tuple[Resource, ...]:
        return self.place.resources

    def beside(self, more: Difference) -> "ProposedSession":
        return replace(
            self, alternatives=tuple(other.compared_with(more) for other in self.alternatives)
        )


def cost_of(sessions: Sequence[ProposedSession], ask: SeriesAsk) -> planning.Cost:
    """What these sessions cost by the planner's measures."""
    seen = ask.previous_practitioner
    changes = 0
    for session in sessions:
        practitioner = session.practitioner.public_id if session.practitioner else None
        changes += bool(practitioner and seen and practitioner != seen)
        seen = practitioner or seen
    return planning.Cost(
        sum(session.days_off_ideal for session in sessions),
        sum(misses(session, ask.prefer) for session in sessions),
        changes,
    )


def misses(session: ProposedSession, wishes: planning.Wishes | None) -> bool:
    """Whether a session misses any part of the wishes."""
    if wishes is None:
        return False
    start, end = session.starts_at, session.ends_at
    from_minute = start.hour * 60 + start.minute
    to_minute = end.hour * 60 + end.minute or 24 * 60
    practitioner = session.practitioner
    return (
        (wishes.weekdays is not None and start.weekday() not in wishes.weekdays)
        or (wishes.from_minute is not None and from_minute < wishes.from_minute)
        or (wishes.to_minute is not None and to_minute > wishes.to_minute)
        or bool(
            wishes.practitioner and practitioner and practitioner.public_id != wishes.practitioner
        )
    )


@dataclass(frozen=True)
class Loosening:
    """A change to the ask after which the series fits."""

    code: str
    label: str
    ask: SeriesAsk


@dataclass(frozen=True)
class Proposal:
    """What is shown and, signed in `token`, what is booked."""

    ask: SeriesAsk
    status: str  # "planned" or "infeasible"
    sessions: tuple[ProposedSession, ...]
    cost: planning.Cost
    blocked_at: int | None
    why: str | None
    loosenings: tuple[Loosening, ...]
    warnings: tuple[Problem, ...]
    obstacles: tuple[Problem, ...] = ()  # what forbids booking it as it is shown
    screened: Standing = field(default_factory=Standing)

    @property
    def is_planned(self) -> bool:
        return self.status == "planned"

    @property
    def is_bookable(self) -> bool:
        """Also in part: what fits may be booked, the rest later."""
        return bool(self.sessions) and not self.obstacles

    @cached_property
    def token(self) -> str:
        return tokens.sign(self.ask, [(s.number, s.place) for s in self.sessions])
