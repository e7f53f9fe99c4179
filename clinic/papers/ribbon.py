"""The picture of a series, proposed or running; `clinic.papers.drawing` lays it out."""

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext as _

from clinic import attempts, states, wording
from clinic.booking import Proposal, ProposedSession
from clinic.models import Appointment
from clinic.papers.drawing import WIDTH, Ribbon, Stop, draw
from patients.models import Series, TreatmentSession
from patients.series import Due, course


def of_proposal(
    proposal: Proposal,
    *,
    today: dt.date,
    closed: Iterable[dt.date] = (),
    width: int = WIDTH,
) -> Ribbon | None:
    """The proposed sessions, and the window of the one that finds no place."""
    stops = [_proposed(session) for session in proposal.sessions]
    blocked = _blocked(proposal)
    return draw([*stops, blocked] if blocked else stops, today=today, closed=closed, width=width)


def of_series(
    series: Series,
    *,
    today: dt.date,
    closed: Iterable[dt.date] = (),
    width: int = WIDTH,
) -> Ribbon | None:
    """Sessions done, booked, and to book: the last ones on the day they are due.

    None where no date is known. `series` comes with its sessions, their steps and appointments.
    """
    sessions = list(series.sessions.all())
    stops = map(_of_session, course(sessions, attempts.dates(sessions), series.previous_on))
    return draw(list(filter(None, stops)), today=today, closed=closed, width=width)


def _proposed(session: ProposedSession) -> Stop:
    on = session.starts_at.date()
    why = wording.reason(session.reason)
    return Stop(
        number=session.number,
        on=on,
        window=session.window,
        state=states.PROPOSED,
        title=title(session.number, wording.moment(session.starts_at), why),
        is_picked=session.is_picked,
        options=tuple(
            (choice.starts_at.date(), f"{session.number}-{choice.starts_at:%Y-%m-%d}")
            for choice in session.alternatives
        ),
    )


def _blocked(proposal: Proposal) -> Stop | None:
    """The blocked step, on the day it would be due."""
    before = proposal.sessions[-1].starts_at.date() if proposal.sessions else None
    before = before or proposal.ask.previous_on
    steps = proposal.ask.protocol.steps.all()
    step = next((step for step in steps if step.number == proposal.blocked_at), None)
    if step is None or step.gap is None or before is None:
        return None
    window = step.gap.window(before)
    what = title(step.number, str(states.BLOCKED.word), wording.block(proposal.why))
    return Stop(step.number, window.due, window, states.BLOCKED, what, is_settled=False)


def _of_session(due: Due) -> Stop | None:
    """A session without an appointment stands where it was missed, or else where it is due."""
    missed = None if due.on else _missed(due.session)
    told = attempts.standing(due.session) or missed
    on = missed.on if missed else due.on
    if on is None and due.window and due.session.status != TreatmentSession.Status.CANCELLED:
        on = due.window.due
    if on is None:
        return None
    state = states.of_appointment(told) if told else states.of_session(due.session)
    when = wording.moment(told.starts_at.astimezone(told.clinic.zone)) if told else wording.day(on)
    return Stop(
        number=due.session.number,
        on=on,
        window=None if missed else due.window,
        state=state,
        title=title(due.session.number, when, str(state.word)),
        is_settled=due.on is not None,
        is_done=state == states.DONE,
    )


def _missed(session: TreatmentSession) -> Appointment | None:
    last = attempts.latest(session)
    return last if last and last.status == Appointment.Status.NOSHOW else None


def title(number: int, *facts: str) -> str:
    return " · ".join(filter(None, [_("Session %(number)d") % {"number": number}, *facts]))
