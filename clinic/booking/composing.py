"""From an ask to a proposal: the optimum, with the receptionist's picks worked in. Reads only."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from clinic import availability
from clinic.availability import Availability, Horizon
from clinic.booking.asks import Pick, Problem, SeriesAsk
from clinic.booking.clearance import forbidden
from clinic.booking.loosening import candidates
from clinic.booking.places import place_of
from clinic.booking.proposal import (
    Loosening,
    Proposal,
    ProposedAlternative,
    ProposedSession,
    cost_of,
    difference,
)
from clinic.booking.steps import numbered_steps
from clinic.booking.warnings import warnings_of
from patients import standing
from protocols import planning

FIRST_WITHIN_DAYS = 60
LATEST_START = dt.timedelta(days=31)  # how much later the start may be suggested
MOST_LOOSENINGS = 3


def propose(ask: SeriesAsk, *, now: dt.datetime) -> Proposal:
    """The best series for this ask, as it could be booked now.

    A pick that can no longer be had is left out and named in `warnings`.
    """
    known = standing.read(ask.patient, ask.protocol)
    found = known.on(ask.clinic.today(now=now))
    ask = after_hold(ask, found.not_before)
    desk = Desk.open(ask, now=now, not_before=found.not_before)
    state = desk.plan(ask)
    blocked = state.blocked_at is not None
    dates = [(session.number, session.on) for session in state.sessions]
    return Proposal(
        ask=ask,
        status="infeasible" if blocked else "planned",
        sessions=tuple(state.sessions),
        cost=cost_of(state.sessions, ask),
        blocked_at=state.blocked_at,
        why=state.why,
        loosenings=tuple(desk.loosenings(ask, state.blocked_at)) if blocked else (),
        warnings=(*state.lost, *warnings_of(ask, [on for _number, on in dates], found)),
        obstacles=forbidden(
            ask.clinic, ask.patient, ask.protocol, dates, series=ask.series, known=known, now=now
        ),
        screened=found,
    )


def after_hold(ask: SeriesAsk, not_before: dt.date | None) -> SeriesAsk:
    """A first session is wanted from the day on which it is allowed; others have their window."""
    if not_before is None or ask.previous_on is not None or not_before <= ask.start_on:
        return ask
    return replace(ask, start_on=not_before)


@dataclass(frozen=True)
class State:
    """A series so far: what is planned, and where it stops."""

    sessions: list[ProposedSession]
    blocked_at: int | None
    why: str | None
    lost: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Desk:
    """The calendars of one ask, over which it and its variations are planned."""

    availability: Availability
    steps: dict[int, planning.Step]  # by number, the patient among their needs

    @classmethod
    def open(cls, ask: SeriesAsk, *, now: dt.datetime, not_before: dt.date | None = None) -> "Desk":
        steps = numbered_steps(ask.protocol)
        wanted = [steps[n] for n in range(ask.from_number, ask.through + 1) if n in steps]
        calendars = availability.calendars(
            Horizon(ask.clinic, ask.start_on, last_day(ask, wanted)),
            wanted,
            qualifications=ask.protocol.performers,
            patient=ask.patient,
            not_before=not_before,
            now=now,
        )
        return cls(calendars, steps)

    def problem(self, ask: SeriesAsk) -> planning.Problem:
        return self.availability.problem(
            tuple(self.steps[number] for number in self.numbers(ask)),
            ask.start_on,
            previous_on=ask.previous_on,
            previous_practitioner=ask.previous_practitioner,
            first_within_days=FIRST_WITHIN_DAYS,
            require=ask.require,
            prefer=ask.prefer,
        )

    def numbers(self, ask: SeriesAsk) -> list[int]:
        return [number for number in self.steps if ask.from_number <= number <= ask.through]

    def plan(self, ask: SeriesAsk) -> State:
        """The optimum, then for each pick in turn the pick and the optimum of what follows it."""
        state = self._solved(ask, self.problem(ask), [])
        for pick in sorted(ask.picks, key=lambda pick: pick.number):
            state = self._with_pick(ask, state, pick)
        return state

    def _with_pick(self, ask: SeriesAsk, state: State, pick: Pick) -> State:
        index = pick.number - ask.from_number
        if not 0 <= index < len(state.sessions):
            return state
        before, chosen = state.sessions[:index], state.sessions[index]
        picked = self._picked(self.problem(ask), chosen, pick)
        if picked is None:
            return replace(state, lost=(*state.lost, lost_pick(pick)))
        after = self._solved(ask, self.problem(ask), [*before, picked])
        more = difference(cost_of(after.sessions, ask), cost_of(state.sessions, ask))
        kept = [session.beside(more) for session in after.sessions[: index + 1]]
        return replace(after, sessions=[*kept, *after.sessions[index + 1 :]], lost=state.lost)

    def _picked(
        self, problem: planning.Problem, chosen: ProposedSession, pick: Pick
    ) -> ProposedSession | None:
        """The session at its picked start; None when it is not free or outside the window."""
        step = self.steps[pick.number]
        starts_at = pick.starts_at.astimezone(self.availability.clinic.zone)
        if starts_at.date() not in chosen.window:
            return None  # also what lies beyond the days that were looked at
        free = replace(problem, require=None)  # what is picked by hand is wished for
        opening = planning.place(free, step, starts_at, pick.practitioner or None)
        if opening is None:
            return None
        others = (self._as_alternative(chosen), *chosen.alternatives)
        return replace(
            chosen,
            place=place_of(step, starts_at, opening.resources, self.availability),
            days_off_ideal=abs((starts_at.date() - chosen.window.due).days),
            reason=None,
            is_picked=True,
            gap_days=moved_gap(chosen, starts_at.date()),
            alternatives=tuple(other for other in others if other.starts_at != starts_at),
        )

    def _as_alternative(self, session: ProposedSession) -> ProposedAlternative:
        name = session.practitioner.public_id if session.practitioner else ""
        pick = Pick(session.number, session.starts_at, name)
        return ProposedAlternative(session.starts_at, session.practitioner, pick, 0, 0, 0)

    def _solved(
        self, ask: SeriesAsk, problem: planning.Problem, before: list[ProposedSession]
    ) -> State:
        """`before`, followed by the optimum of the rest."""
        numbers = self.numbers(ask)[len(before) :]
        if before:
            seen = [s.practitioner.public_id for s in before if s.practitioner]
            last_seen = seen[-1] if seen else ask.previous_practitioner
            problem = problem.remaining(problem.steps[len(before) :], before[-1].on, last_seen)
        plan = planning.solve(problem)
        previous_on = before[-1].on if before else ask.previous_on
        sessions = [*before, *self._proposed(plan, numbers, previous_on)]
        blocked_at = None if plan.blocked_at is None else numbers[plan.blocked_at - 1]
        return State(sessions, blocked_at, plan.why)

    def _proposed(
        self, plan: planning.Plan, numbers: Sequence[int], previous_on: dt.date | None
    ) -> list[ProposedSession]:
        sessions = []
        for number, planned in zip(numbers, plan.sessions, strict=False):
            sessions.append(self._session(number, planned, plan.cost, previous_on))
            previous_on = planned.starts_at.date()
        return sessions

    def _session(
        self,
        number: int,
        planned: planning.PlannedSession,
        cost: planning.Cost,
        previous_on: dt.date | None,
    ) -> ProposedSession:
        on = planned.starts_at.date()
        step = self.steps[number]
        return ProposedSession(
            number=number,
            phase=planned.phase,
            place=place_of(step, planned.starts_at, planned.resources, self.availability),
            window=planned.window,
            days_off_ideal=planned.days_off_ideal,
            reason=planned.reason,
            gap_days=None if previous_on is None else (on - previous_on).days,
            is_picked=False,
            alternatives=tuple(
                self._alternative(number, other, cost) for other in planned.alternatives
            ),
        )

    def _alternative(
        self, number: int, other: planning.Alternative, cost: planning.Cost
    ) -> ProposedAlternative:
        name = other.practitioner or ""
        return ProposedAlternative(
            other.starts_at,
            self.availability.by_id.get(name),
            Pick(number, other.starts_at, name),
            *difference(other.cost, cost),
        )

    def loosenings(self, ask: SeriesAsk, blocked_at: int | None) -> list[Loosening]:
        """The first few changes to the ask that make the whole series fit."""
        found: list[Loosening] = []
        for candidate in candidates(ask, blocked_at):
            if len(found) < MOST_LOOSENINGS and self.fits(candidate.ask):
                found.append(candidate)
        return found

    def fits(self, ask: SeriesAsk) -> bool:
        problem = self.problem(replace(ask, picks=()))
        return planning.solve(problem, alternatives=False).status == "planned"


def last_day(ask: SeriesAsk, steps: Sequence[planning.Step]) -> dt.date:
    """The last day that these steps can reach, with room for a later start."""
    first = ask.start_on + LATEST_START + dt.timedelta(days=FIRST_WITHIN_DAYS)
    last = max(first, ask.previous_on or first)
    for step in steps:
        last = step.gap.max.after(last) if step.gap else last
    return last


def moved_gap(session: ProposedSession, on: dt.date) -> int | None:
    """Days to the session before, when this one moves to `on`."""
    return None if session.gap_days is None else session.gap_days + (on - session.on).days


def lost_pick(pick: Pick) -> Problem:
    return Problem(
        "pick_lost",
        _("Session %(number)s: the time you chose is no longer free.") % {"number": pick.number},
    )
