"""Open, stop and complete a series, and the days on which each of its sessions may be.

Nothing here knows appointments: `dates` says, by session number, on which date a session was done
or is booked. Windows count from the session before, never from the plan.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from patients.actor import Actor
from patients.models import Patient, Series, TreatmentSession
from protocols.models import Protocol
from protocols.planning import Gap, Window

Dates = Mapping[int, dt.date]


def open_series(
    *,
    patient: Patient,
    protocol: Protocol,
    numbers: Sequence[int],
    previous_on: dt.date | None,
    by: Actor,
    now: dt.datetime,
) -> Series:
    """A new series with one session for each of these step numbers. Call it in a transaction."""
    series = _open(patient, protocol, previous_on, by, now)
    _add(series, set(numbers))
    return series


def open_booked(
    *,
    patient: Patient,
    protocol: Protocol,
    numbers: Sequence[int],
    previous_on: dt.date | None,
    by: Actor,
    now: dt.datetime,
) -> tuple[Series, list[TreatmentSession]]:
    """A new series whose sessions get their appointments in the same transaction."""
    series = _open(patient, protocol, previous_on, by, now)
    return series, _add(series, set(numbers), status=TreatmentSession.Status.SCHEDULED)


def _open(
    patient: Patient, protocol: Protocol, previous_on: dt.date | None, by: Actor, now: dt.datetime
) -> Series:
    return Series.objects.create(
        patient=patient, protocol=protocol, previous_on=previous_on, opened_at=now, opened_by=by
    )


def add_sessions(*, series: Series, numbers: Sequence[int]) -> None:
    """The sessions of these step numbers that the series does not have yet."""
    there = set(series.sessions.values_list("number", flat=True))
    _add(series, set(numbers) - there)


def _add(
    series: Series,
    numbers: set[int],
    status: TreatmentSession.Status = TreatmentSession.Status.NOT_STARTED,
) -> list[TreatmentSession]:
    """No query for the steps where the protocol has been read with them."""
    return TreatmentSession.objects.bulk_create(
        TreatmentSession(series=series, step=step, number=step.number, status=status)
        for step in series.protocol.steps.all()
        if step.number in numbers
    )


def stop(*, series: Series, reason: str, by: Actor, now: dt.datetime) -> None:
    """What is done stays; what is not is cancelled. Call it in a transaction."""
    series.sessions.exclude(status=TreatmentSession.Status.COMPLETED).update(
        status=TreatmentSession.Status.CANCELLED
    )
    series.status = Series.Status.REVOKED
    series.closed_at, series.closed_by, series.closing_reason = now, by, reason
    series.save(update_fields=["status", "closed_at", "closed_by", "closing_reason"])


def complete_session(
    *, session: TreatmentSession, on: dt.date, by: Actor, now: dt.datetime
) -> None:
    """The session was done on that date; the series is complete when it was the last one."""
    session.status, session.done_on = TreatmentSession.Status.COMPLETED, on
    session.save(update_fields=["status", "done_on"])
    series = session.series
    ended = {TreatmentSession.Status.COMPLETED, TreatmentSession.Status.CANCELLED}
    if series.is_open and not series.sessions.exclude(status__in=ended).exists():
        series.status, series.closed_at, series.closed_by = Series.Status.COMPLETED, now, by
        series.save(update_fields=["status", "closed_at", "closed_by"])


def reopen_session(*, session: TreatmentSession) -> None:
    """Undo `complete_session`: the mark was a mistake."""
    session.status, session.done_on = TreatmentSession.Status.SCHEDULED, None
    session.save(update_fields=["status", "done_on"])
    series = session.series
    if series.status == Series.Status.COMPLETED:
        series.status, series.closed_at, series.closed_by = Series.Status.ACTIVE, None, None
        series.save(update_fields=["status", "closed_at", "closed_by"])


@dataclass(frozen=True)
class Due:
    """A session with its date, when it has one, and its window, when the one before has a date."""

    session: TreatmentSession
    on: dt.date | None
    window: Window | None


def course(
    sessions: Sequence[TreatmentSession], dates: Dates, previous_on: dt.date | None
) -> Iterator[Due]:
    """Every session in order. One without a date hands its due day on, so that all are drawn."""
    previous = previous_on
    for session in sessions:
        on = session.done_on or dates.get(session.number)
        gap = session.step.gap
        window = gap.window(previous) if gap and previous else None
        yield Due(session, on, window)
        previous = on or (window.due if window else previous)


@dataclass(frozen=True)
class Rule:
    """What a session's date must keep to the nearest session that has one, before it or after it.

    To a neighbour that is the gap. Where sessions without a date lie between, there must be room
    for them: at least the shortest gaps, one after the other.
    """

    between: tuple[TreatmentSession, ...]  # later than the first of the two, up to the second
    other_number: int | None  # the other one; None: the session done elsewhere before the series
    other_on: dt.date
    is_before: bool  # the other one comes before

    @property
    def gap(self) -> Gap | None:
        """To a neighbour; None where others lie between, or where no gap is written down."""
        return self.between[0].step.gap if len(self.between) == 1 else None

    def allows(self, on: dt.date) -> bool:
        first, second = (self.other_on, on) if self.is_before else (on, self.other_on)
        if len(self.between) == 1:
            return self.gap is None or self.gap.allows(first, second)
        for session in self.between:
            first = session.step.gap.window(first).opens if session.step.gap else first
        return first <= second


def rules_for(
    session: TreatmentSession,
    sessions: Sequence[TreatmentSession],
    dates: Dates,
    previous_on: dt.date | None,
) -> tuple[Rule, ...]:
    """The rules to the nearest sessions that have a date: at most one each way."""
    known = {s.number: s.done_on or dates.get(s.number) for s in sessions}
    place = [s.number for s in sessions].index(session.number)
    rules = []
    before = next((n for n in range(place - 1, -1, -1) if known[sessions[n].number]), None)
    if before is not None and (on := known[sessions[before].number]):
        between = tuple(sessions[before + 1 : place + 1])
        rules.append(Rule(between, sessions[before].number, on, is_before=True))
    elif previous_on:
        rules.append(Rule(tuple(sessions[: place + 1]), None, previous_on, is_before=True))
    after = next((n for n in range(place + 1, len(sessions)) if known[sessions[n].number]), None)
    if after is not None and (on := known[sessions[after].number]):
        between = tuple(sessions[place + 1 : after + 1])
        rules.append(Rule(between, sessions[after].number, on, is_before=False))
    return tuple(rules)
