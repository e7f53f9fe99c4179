"""One visit to be placed: the days that its rules leave, and what is free on them. Reads only."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from clinic import availability
from clinic.availability import Availability, Horizon
from clinic.booking.asks import Place, Problem
from clinic.booking.clearance import screened
from clinic.booking.places import place_of
from clinic.dates import written
from clinic.models import OCCUPYING, Appointment, Clinic, Resource, VisitType
from patients.models import Patient, TreatmentSession
from patients.series import Rule, rules_for
from protocols import planning, wording
from protocols.models import Protocol

FURTHEST_DAYS = 366  # how far ahead a visit without neighbours may be placed


@dataclass(frozen=True)
class Visit:
    """What has to be placed: a session or a single visit, for whom, and what it moves away from."""

    clinic: Clinic
    patient: Patient
    step: planning.Step  # with the patient among its needs
    rules: tuple[Rule, ...] = ()
    qualifications: tuple[str, ...] = ()
    session: TreatmentSession | None = None
    visit_type: VisitType | None = None
    moving: Appointment | None = None

    @property
    def protocol(self) -> Protocol | None:
        return self.session.series.protocol if self.session else None

    def problems(self, starts_at: dt.datetime, *, now: dt.datetime) -> tuple[Problem, ...]:
        """What stands against this start, whatever is free."""
        on = starts_at.astimezone(self.clinic.zone).date()
        found = [*self.not_to_be_placed()]
        found += [Problem("gap", rule_text(rule), "starts_at") for rule in self.broken(on)]
        if starts_at <= now:
            found.append(Problem("past", _("This time has already passed."), "starts_at"))
        return tuple(found)

    def broken(self, on: dt.date) -> list[Rule]:
        """The gaps that a visit on this day would not keep."""
        return [rule for rule in self.rules if not rule.allows(on)]

    def not_to_be_placed(self) -> Iterator[Problem]:
        """Why this visit is not one to be placed at all, in its present state."""
        if self.moving is not None and self.moving.status != Appointment.Status.BOOKED:
            yield Problem("not_booked", _("Only a booked appointment can be moved."))
        if self.session is not None and not self.session.series.is_open:
            yield Problem("series_ended", _("This series has ended."))
        waiting = TreatmentSession.Status.NOT_STARTED
        if self.session is not None and self.moving is None and self.session.status != waiting:
            yield Problem("not_open", _("This session is not waiting to be booked."))


@dataclass(frozen=True)
class MoveWindow:
    """The days that keep the gaps to the neighbours; `days` is every one of them, in order."""

    days: tuple[dt.date, ...]
    due: dt.date | None
    rules: tuple[str, ...]

    @property
    def opens(self) -> dt.date | None:
        return self.days[0] if self.days else None

    @property
    def closes(self) -> dt.date | None:
        return self.days[-1] if self.days else None


def visit_of(appointment: Appointment) -> Visit:
    """What this appointment places, so that it can be placed elsewhere."""
    clinic, patient = appointment.clinic, appointment.patient
    if appointment.visit_type is not None:
        return single_visit(clinic, patient, appointment.visit_type, moving=appointment)
    if appointment.session is None:
        raise ValueError("the database keeps every appointment a session or a single visit")
    return session_visit(appointment.session, clinic, moving=appointment)


def single_visit(
    clinic: Clinic,
    patient: Patient,
    visit_type: VisitType,
    moving: Appointment | None = None,
) -> Visit:
    needs = tuple(kind.code for kind in visit_type.needs.all())
    segments = (planning.Segment(visit_type.minutes, needs),)
    (step,) = availability.with_patient([planning.Step("visit", None, segments)])
    return Visit(clinic, patient, step, visit_type=visit_type, moving=moving)


def session_visit(
    session: TreatmentSession, clinic: Clinic, moving: Appointment | None = None
) -> Visit:
    series = session.series
    sessions = list(
        series.sessions.exclude(status=TreatmentSession.Status.CANCELLED).select_related("step")
    )
    (step,) = availability.with_patient([session.step.as_planned()])
    return Visit(
        clinic=clinic,
        patient=series.patient,
        step=step,
        rules=rules_for(session, sessions, booked_dates(sessions), series.previous_on),
        qualifications=tuple(series.protocol.performers),
        session=session,
        moving=moving,
    )


def booked_dates(sessions: Sequence[TreatmentSession]) -> dict[int, dt.date]:
    """The local date of each session's live appointment, by number. One query."""
    numbers = {session.pk: session.number for session in sessions}
    live = Appointment.objects.filter(session__in=numbers, status__in=OCCUPYING)
    return {
        numbers[appointment.session_id]: appointment.on
        for appointment in live.select_related("clinic")
        if appointment.session_id is not None
    }


def rule_text(rule: Rule) -> str:
    """«2 to 4 weeks after session 1, on 12 May 2026»"""
    gap = rule.gap
    words = {"number": rule.other_number or "", "on": written(rule.other_on, "DATE_FORMAT")}
    if len(rule.between) > 1 and rule.other_number is None:
        return _("with room for the sessions since the last one, done on %(on)s") % words
    if len(rule.between) > 1:
        return _("with room for what lies between it and session %(number)s, on %(on)s") % words
    if gap is None:
        return ""
    words["gap"] = wording.window(gap)
    if rule.is_before and rule.other_number is None:
        return _("%(gap)s after the last session, done on %(on)s") % words
    if rule.is_before:
        return _("%(gap)s after session %(number)s, on %(on)s") % words
    return _("%(gap)s before session %(number)s, on %(on)s") % words


def move_window(visit: Visit, *, now: dt.datetime) -> MoveWindow:
    """The days on which this visit may be, from today on."""
    today = visit.clinic.today(now=now)
    candidates = (today + dt.timedelta(days=n) for n in range(FURTHEST_DAYS))
    days = tuple(day for day in candidates if not visit.broken(day))
    return MoveWindow(days, _due(visit.rules), tuple(rule_text(rule) for rule in visit.rules))


def _due(rules: Sequence[Rule]) -> dt.date | None:
    gaps = ((rule.gap, rule) for rule in rules if rule.is_before)
    return next((gap.window(rule.other_on).due for gap, rule in gaps if gap), None)


def openings(
    visit: Visit, *, on: dt.date, only: Sequence[Resource] = (), now: dt.datetime
) -> tuple[Place, ...]:
    """Every free place of one day for this visit, whatever its rules say."""
    calendars = _calendars(visit, on, on, only, now)
    problem = calendars.problem((visit.step,), on)
    return tuple(
        place_of(visit.step, opening.starts_at, opening.resources, calendars)
        for opening in planning.openings(problem, visit.step, on)
    )


def free_days(
    visit: Visit, days: Sequence[dt.date], *, only: Sequence[Resource] = (), now: dt.datetime
) -> tuple[dt.date, ...]:
    """Those of these days on which the visit has a free place. One look at the calendars."""
    if not days:
        return ()
    calendars = _calendars(visit, days[0], days[-1], only, now)
    problem = calendars.problem((visit.step,), days[0])
    return tuple(planning.open_days(problem, visit.step, days))


def _calendars(
    visit: Visit, first: dt.date, last: dt.date, only: Sequence[Resource], now: dt.datetime
) -> Availability:
    return availability.calendars(
        Horizon(visit.clinic, first, last),
        [visit.step],
        qualifications=visit.qualifications,
        only=only,
        patient=visit.patient,
        not_before=hold_on(visit, now=now),
        now=now,
        ignoring=visit.moving,
    )


def hold_on(visit: Visit, *, now: dt.datetime) -> dt.date | None:
    """The day before which no session of this treatment may be; a single visit is always free."""
    if visit.protocol is None:
        return None
    return screened(visit.clinic, visit.patient, visit.protocol, now=now).not_before


def find_place(
    visit: Visit, starts_at: dt.datetime, only: Sequence[Resource], *, now: dt.datetime
) -> Place | None:
    """Resources for this visit at this start: those it has now where they are free."""
    starts_at = starts_at.astimezone(visit.clinic.zone)
    on = starts_at.date()
    for wanted in _preferred(visit, only):
        calendars = _calendars(visit, on, on, wanted, now)
        problem = calendars.problem((visit.step,), on)
        opening = planning.place(problem, visit.step, starts_at)
        if opening is not None:
            return place_of(visit.step, starts_at, opening.resources, calendars)
    return None


def _preferred(visit: Visit, only: Sequence[Resource]) -> list[Sequence[Resource]]:
    """First with all that it holds now, then with its practitioner, then with whoever is free."""
    if visit.moving is None:
        return [only]
    asked = {resource.kind_id for resource in only}
    held = [
        hold.resource
        for hold in visit.moving.holds.select_related("resource__kind")
        if hold.resource.kind_id not in asked
    ]
    practitioner = [resource for resource in held if resource.is_practitioner]
    return [[*only, *held], [*only, *practitioner], only]
