"""A proposal as the page shows it: rows in words, choices as addresses, what a pick changed."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from clinic import booking, wording
from clinic.availability import Horizon, absences, closed_dates
from clinic.booking import Pick, Proposal, ProposedAlternative, ProposedSession, SeriesAsk
from clinic.models import Resource
from clinic.pages.addresses import address_of, written_pick
from clinic.pages.screening import Badge
from clinic.papers.ribbon import Ribbon, of_proposal
from protocols.models import Phase, Step

LOOK_PAST = dt.timedelta(days=45)  # closed days are drawn so far past the last session


@dataclass(frozen=True)
class Choice:
    """Another day for one session, as a link."""

    address: str
    key: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    practitioner: Resource | None
    difference: str


@dataclass(frozen=True)
class Row:
    """One session of the list."""

    number: int
    phase: str
    session: ProposedSession
    where: tuple[Resource, ...]
    gap: str
    reason: str
    off_ideal: str
    was: dt.datetime | None  # where it stood before the last pick, or on the page that was sent
    choices: tuple[Choice, ...]
    undo: str | None
    written: str


@dataclass(frozen=True)
class Change:
    """A sentence and the address it leads to."""

    label: str
    address: str


@dataclass(frozen=True)
class ProposalPage:
    proposal: Proposal
    ribbon: Ribbon | None
    rows: tuple[Row, ...]
    summary: str
    change: str  # what the last pick did to the whole, in words
    blocked: str
    loosenings: tuple[Change, ...]
    badge: Badge

    @property
    def moved(self) -> int:
        """How many rows stand elsewhere than before; the picked one is not counted."""
        return sum(row.was is not None and not row.session.is_picked for row in self.rows)

    @property
    def last(self) -> int:
        return self.rows[-1].number if self.rows else 0


def page_of(
    ask: SeriesAsk, *, now: dt.datetime, shown: Iterable[Pick] | None = None
) -> ProposalPage:
    """The proposal for this ask, beside what was `shown`, or beside itself before its last pick.

    Planning twice keeps the address short: what a pick changed is worked out, not carried along.
    """
    proposal = booking.propose(ask, now=now)
    before = None
    if shown is None and ask.picks:
        before = booking.propose(replace(ask, picks=ask.picks[:-1]), now=now)
    former = _starts(before.sessions) if before else {p.number: p.starts_at for p in shown or ()}
    today = ask.clinic.today(now=now)
    return ProposalPage(
        proposal=proposal,
        ribbon=of_proposal(proposal, today=today, closed=_closed(proposal, today)),
        rows=tuple(_rows(proposal, former, today)),
        summary=wording.summary(proposal.cost),
        change=wording.change_of_cost(before.cost, proposal.cost) if before else "",
        blocked=wording.block(proposal.why),
        loosenings=tuple(
            Change(loosening.label, address_of(loosening.ask)) for loosening in proposal.loosenings
        ),
        badge=Badge.of(ask.patient.public_id, ask.protocol.pk, proposal.screened),
    )


def _starts(sessions: Iterable[ProposedSession]) -> dict[int, dt.datetime]:
    return {session.number: session.starts_at for session in sessions}


def _closed(proposal: Proposal, today: dt.date) -> frozenset[dt.date]:
    if not proposal.sessions:
        return frozenset()
    last = max(session.window.closes for session in proposal.sessions[1:] or proposal.sessions)
    first = min(today, proposal.sessions[0].window.opens)
    horizon = Horizon(proposal.ask.clinic, first, last + LOOK_PAST)
    return closed_dates(horizon, absences(horizon))


def _rows(proposal: Proposal, former: Mapping[int, dt.datetime], today: dt.date) -> Iterable[Row]:
    steps = {step.number: step for step in proposal.ask.protocol.steps.all()}
    for session in proposal.sessions:
        former_start = former.get(session.number)
        yield _row(session, steps[session.number], proposal.ask, former_start, today)


def _row(
    session: ProposedSession,
    step: Step,
    ask: SeriesAsk,
    former: dt.datetime | None,
    today: dt.date,
) -> Row:
    is_moved = former is not None and former != session.starts_at
    here = Pick(session.number, session.starts_at, _id(session.practitioner))
    return Row(
        number=session.number,
        phase=str(Phase.Kind(session.phase).label),
        session=session,
        where=tuple(r for r in session.resources if not r.is_practitioner),
        gap=wording.gap(step.gap) if session.gap_days is not None else "",
        reason=wording.reason(session.reason, is_today=session.window.due == today),
        off_ideal=wording.off_ideal(session.days_off_ideal),
        was=former if is_moved else None,
        choices=tuple(_choice(session, choice, ask) for choice in session.alternatives),
        undo=_without_pick(ask, session) if session.is_picked else None,
        written=written_pick(here, ask.clinic),
    )


def _id(practitioner: Resource | None) -> str:
    return practitioner.public_id if practitioner else ""


def _choice(session: ProposedSession, choice: ProposedAlternative, ask: SeriesAsk) -> Choice:
    starts_at = choice.starts_at.astimezone(ask.clinic.zone)
    length = session.ends_at.astimezone(dt.UTC) - session.starts_at.astimezone(dt.UTC)
    return Choice(
        address=address_of(ask.with_pick(choice.pick)),
        key=f"{session.number}-{starts_at:%Y-%m-%d}",
        starts_at=starts_at,
        ends_at=(starts_at.astimezone(dt.UTC) + length).astimezone(ask.clinic.zone),
        practitioner=choice.practitioner,
        difference=wording.difference(
            choice,
            same_practitioner=choice.practitioner == session.practitioner,
            practitioner=str(choice.practitioner or ""),
        ),
    )


def _without_pick(ask: SeriesAsk, session: ProposedSession) -> str:
    """This pick undone; those of later sessions were made after it and fall away with it."""
    kept = tuple(pick for pick in ask.picks if pick.number < session.number)
    return address_of(replace(ask, picks=kept))
