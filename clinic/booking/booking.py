"""Book what was shown: a whole series in one act, or nothing of it."""

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from clinic import audit, availability, outbox
from clinic.availability import PATIENT, Availability, Horizon
from clinic.booking import idempotency, tokens
from clinic.booking.asks import Problem, Refused, taken
from clinic.booking.clearance import State, forbidden, state_of
from clinic.booking.locks import carry_out
from clinic.booking.places import place_of
from clinic.booking.steps import read_steps
from clinic.booking.tokens import Shown, ShownSession
from clinic.booking.writing import Attempt, is_taken, write
from clinic.models import Appointment, Clinic, Kind, User
from clinic.moments import from_minute
from patients import quotes, standing
from patients import series as course
from patients.models import Patient, Series, TreatmentSession
from protocols import planning
from protocols.models import Protocol


@dataclass(frozen=True)
class Booked:
    """What stands in the agenda now. `series` is None for a single visit."""

    series: Series | None
    appointments: tuple[Appointment, ...]


@dataclass(frozen=True)
class Context:
    """The rows that a shown proposal speaks of."""

    clinic: Clinic
    patient: Patient
    protocol: Protocol
    series: Series | None
    state: State  # of what the gates read, before they read it

    @cached_property
    def known(self) -> standing.Read:
        """How the patient stands on any day, read once."""
        is_blank = self.state.screening is None and self.state.decision is None
        return standing.read(self.patient, self.protocol, is_blank=is_blank)


def book(*, token: str, key: str, by: User, clinic: Clinic, now: dt.datetime) -> Booked | Refused:
    """Book the proposal behind `token`: every session of it, or nothing.

    `key` makes a repeated request one booking. Refused with `taken` when somebody was faster, with
    `stale` when hours, absences or the protocol changed since it was shown, and with the code of
    the gate of `clinic.care` that forbids it.
    """
    try:
        shown = tokens.read(token)
    except signing.BadSignature:
        return Refused.because("stale", _("This proposal is too old. Here is what is free now."))
    asked = idempotency.fingerprint(token=token)
    if (earlier := idempotency.answered(key=key, by=by, asked=asked)) is not None:
        return _again(earlier)
    context = _context(shown, clinic)
    if context is None:
        return stale()
    # The quick look first: who came too late in a rush leaves the machine to the others.
    is_late = is_taken(shown.holds)
    if not is_late and (problems := _forbidden(shown, context, now=now)):
        return Refused(problems)
    if is_late or not _still_stands(shown, context, now=now):
        # Perhaps taken by this very request, sent twice and answered meanwhile.
        earlier = idempotency.answered(key=key, by=by, asked=asked)
        return taken() if earlier is None else _again(earlier)
    drafts = _messages(shown, context, now=now)
    return carry_out(
        lambda: _write(shown, context, drafts, key=key, asked=asked, by=by, now=now),
        resources=shown.resources,
        patients=[shown.patient],
    )


def stale() -> Refused:
    return Refused.because(
        "stale", _("Something changed since this was shown. Here is what is free now.")
    )


def _again(answer: dict[str, Any] | Refused) -> Booked | Refused:
    if isinstance(answer, Refused):
        return answer
    appointments = Appointment.objects.filter(pk__in=answer["appointments"])
    return Booked(Series.objects.filter(pk=answer["series"]).first(), tuple(appointments))


def _context(shown: Shown, clinic: Clinic) -> Context | None:
    """The rows, as long as they may still be booked on."""
    if shown.clinic != clinic.pk:
        return None
    patient = Patient.objects.filter(pk=shown.patient).first()
    series = Series.objects.filter(pk=shown.series).first() if shown.series else None
    protocols = Protocol.objects.filter(pk=shown.protocol)
    protocol = (protocols if shown.series else protocols.bookable()).first()
    closed = shown.series and (series is None or not series.is_open)
    if patient is None or protocol is None or closed:
        return None
    return Context(clinic, patient, protocol, series, state_of(patient))


def _forbidden(shown: Shown, context: Context, *, now: dt.datetime) -> tuple[Problem, ...]:
    """What the gates say to these sessions on these days."""
    return forbidden(
        context.clinic,
        context.patient,
        context.protocol,
        [(session.number, day_of(session, context)) for session in shown.sessions],
        series=context.series,
        known=context.known,
        has_quotes=context.state.quotes > 0,
        now=now,
    )


def day_of(session: ShownSession, context: Context) -> dt.date:
    return from_minute(session.starts).astimezone(context.clinic.zone).date()


def _still_stands(shown: Shown, context: Context, *, now: dt.datetime) -> bool:
    """Whether each shown place could be had now: hours, absences, holds, the patient's own day.

    This is the slow and thorough look, outside the locks. Behind them only what somebody else may
    have booked meanwhile is looked at again.
    """
    steps = read_steps(context.protocol)
    dates = [day_of(session, context) for session in shown.sessions]
    if not dates or any(session.number not in steps for session in shown.sessions):
        return False
    calendars = availability.calendars(
        Horizon(context.clinic, min(dates), max(dates)),
        [steps[session.number] for session in shown.sessions],
        qualifications=context.protocol.performers,
        among=shown.resources,
        patient=context.patient,
        not_before=context.known.on(context.clinic.today(now=now)).not_before,
        now=now,
    )
    return all(stands(session, steps[session.number], calendars) for session in shown.sessions)


def stands(shown: ShownSession, step: planning.Step, calendars: Availability) -> bool:
    """Whether exactly these resources are still free for this visit at this time."""
    held = {resource for resource, _start, _end in shown.holds}
    rows = [row for row in calendars.by_id.values() if row.pk in held]
    chosen = {row.kind.code: row.public_id for row in rows} | {PATIENT: PATIENT}
    starts_at = from_minute(shown.starts).astimezone(calendars.clinic.zone)
    problem = calendars.problem((step,), starts_at.date())
    if not planning.serves(problem, step, starts_at, chosen):
        return False
    place = place_of(step, starts_at, chosen, calendars)
    return {(row.pk, start, end) for row, start, end in place.holds} == set(shown.holds)


def _messages(shown: Shown, context: Context, *, now: dt.datetime) -> outbox.Drafts:
    """What the patient will be told of each shown session."""
    told = outbox.telling(context.clinic, context.patient, context.protocol)
    visits = (
        Appointment(
            clinic=context.clinic,
            starts_at=from_minute(session.starts),
            ends_at=from_minute(session.ends),
        )
        for session in shown.sessions
    )
    return outbox.draft(visits, told, news=Kind.BOOKED, now=now)


def _write(
    shown: Shown,
    context: Context,
    drafts: outbox.Drafts,
    *,
    key: str,
    asked: str,
    by: User,
    now: dt.datetime,
) -> Booked | Refused:
    """Behind the locks."""
    if (earlier := idempotency.answered(key=key, by=by, asked=asked)) is not None:
        return _again(earlier)
    if is_taken(shown.holds):
        return taken()
    state = state_of(context.patient)
    if state != context.state:  # answered or decided since the gates were looked at
        context = replace(context, state=state)
        if problems := _forbidden(shown, context, now=now):
            return Refused(problems)
    series, sessions = _series(shown, context, by=by, now=now)
    if state.quotes:
        quotes.attach(series=series, today=context.clinic.today(now=now))
    is_new = context.series is None
    attempts = [_attempt(one, sessions[one.number], is_new=is_new) for one in shown.sessions]
    appointments = write(attempts, clinic=context.clinic, patient=context.patient, by=by, now=now)
    outbox.write(appointments, drafts, now=now)
    audit.record(
        "series.book",
        by=by,
        now=now,
        clinic=context.clinic,
        patient=context.patient,
        subject=f"series:{series.public_id}",
        appointments=[appointment.public_id for appointment in appointments],
    )
    answer = {"series": series.pk, "appointments": [a.pk for a in appointments]}
    idempotency.remember(key=key, by=by, asked=asked, answer=answer, now=now)
    return Booked(series, tuple(appointments))


def _series(
    shown: Shown, context: Context, *, by: User, now: dt.datetime
) -> tuple[Series, dict[int, TreatmentSession]]:
    """The series, and those of its sessions that are to be booked, by number."""
    numbers = [session.number for session in shown.sessions]
    if context.series is not None:
        course.add_sessions(series=context.series, numbers=numbers)
        return context.series, {row.number: row for row in context.series.sessions.all()}
    series, sessions = course.open_booked(
        patient=context.patient,
        protocol=context.protocol,
        numbers=numbers,
        previous_on=shown.previous_on,
        by=by,
        now=now,
    )
    return series, {row.number: row for row in sessions}


def _attempt(shown: ShownSession, session: TreatmentSession, *, is_new: bool) -> Attempt:
    starts_at, ends_at = from_minute(shown.starts), from_minute(shown.ends)
    return Attempt(starts_at, ends_at, shown.holds, session=session, is_new=is_new)
