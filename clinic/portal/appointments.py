"""A patient's appointments as their own page shows them: when and where, and what may be done."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max, Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic import wording
from clinic.models import Appointment, Clinic, Hold
from clinic.portal.words import CANCELLED_MEANWHILE
from patients.models import Patient

# Our choice: nearer than this the clinic has prepared the visit, and fills the place by phone.
MOVE_UNTIL = dt.timedelta(hours=24)
SOONEST = dt.timedelta(hours=2)  # ours too: a place to move to is not taken from under the desk
TOOK_PLACE = (
    Appointment.Status.BOOKED,  # nobody said so yet
    Appointment.Status.ARRIVED,
    Appointment.Status.FULFILLED,
)
MOST = 50  # appointments on one page
SLUG = "session__series__protocol__slug"


@dataclass(frozen=True)
class Shown:
    """One appointment to come. `practitioner` is told to those who said the birth date."""

    appointment: Appointment
    now: dt.datetime

    @property
    def clinic(self) -> Clinic:
        return self.appointment.clinic

    @property
    def starts_at(self) -> dt.datetime:
        return self.appointment.starts_at.astimezone(self.clinic.zone)

    @property
    def ends_at(self) -> dt.datetime:
        return self.appointment.ends_at.astimezone(self.clinic.zone)

    @property
    def day(self) -> str:
        return wording.day(self.starts_at.date())

    @property
    def hours(self) -> str:
        return wording.hours(self.starts_at, self.ends_at)

    @property
    def is_confirmed(self) -> bool:
        return self.appointment.confirmed_at is not None

    @property
    def is_booked(self) -> bool:
        """Nobody has said yet what became of it, and it has not begun."""
        return self.appointment.status == Appointment.Status.BOOKED and self.starts_at > self.now

    @property
    def is_cancelled(self) -> bool:
        """Also the place of before a move."""
        return self.appointment.status == Appointment.Status.CANCELLED

    @property
    def is_soon(self) -> bool:
        """Too near to be moved without a call."""
        return self.starts_at - self.now < MOVE_UNTIL

    @property
    def may_move(self) -> bool:
        return self.is_booked and not self.is_soon and self.appointment.may_be_moved

    @property
    def practitioner(self) -> str:
        resource = self.appointment.practitioner
        return resource.name if resource else ""

    @property
    def name(self) -> str:
        """What it is for: for those who said the birth date."""
        session = self.appointment.session
        if session is None:
            return str(self.appointment.visit_type)
        told = {"number": session.number, "protocol": session.series.protocol.name}
        return _("Session %(number)s · %(protocol)s") % told

    @property
    def countdown(self) -> str:
        return days_to(self.starts_at.date(), today=self.now.astimezone(self.clinic.zone).date())


def days_to(on: dt.date, *, today: dt.date) -> str:
    days = (on - today).days
    if days <= 1:
        return _("tomorrow") if days == 1 else _("today")
    return ngettext("in %(n)d day", "in %(n)d days", days) % {"n": days}


def every(patient: Patient) -> QuerySet[Appointment]:
    """All attempts of one patient, at whichever clinic, with what the pages need."""
    holds = Prefetch("holds", Hold.objects.select_related("resource__kind"))
    return (
        Appointment.objects.filter(patient=patient)
        .select_related(
            "clinic", "patient", "visit_type", "session__step", "session__series__protocol"
        )
        .prefetch_related(holds)
        .order_by("starts_at", "id")
    )


def coming(patient: Patient, *, now: dt.datetime) -> list[Shown]:
    """Those that have not ended, in order. Two queries."""
    open_ones = every(patient).filter(
        status__in=[Appointment.Status.BOOKED, Appointment.Status.ARRIVED], ends_at__gt=now
    )
    return [Shown(appointment, now) for appointment in open_ones[:MOST]]


def in_calendar(patient: Patient, *, now: dt.datetime) -> QuerySet[Appointment]:
    """What a calendar is told: what comes, what was, and what was cancelled, for a year back."""
    since = now - dt.timedelta(days=366)
    rows = Appointment.objects.filter(patient=patient, ends_at__gt=since)
    return rows.exclude(status=Appointment.Status.ENTERED_IN_ERROR).select_related("clinic")


def moved_to(shown: Shown) -> Shown | None:
    """Where an appointment stands that was moved since, also more than once. Two queries."""
    if shown.appointment.cancellation_reason != Appointment.Reason.MOVED:
        return None
    patient, uid = shown.appointment.patient, shown.appointment.uid
    live = every(patient).filter(uid=uid).exclude(status=Appointment.Status.CANCELLED).first()
    return Shown(live, shown.now) if live else None


def refusal(shown: Shown) -> str:
    """Why this appointment cannot be moved here; nothing where it can."""
    if shown.is_cancelled:
        return str(CANCELLED_MEANWHILE)
    if not shown.is_booked:
        return _("This appointment can no longer be changed here.")
    if shown.is_soon:
        return _("Your appointment is very near. To move it, please call us.")
    return "" if shown.may_move else _("To move this appointment, please call us.")


def latest(patient: Patient, *, now: dt.datetime) -> list[Shown]:
    """The session of each protocol that ended last, the most recent first. Two queries.

    Without a limit in time: how long each is spoken of, its advice says. A revised protocol is the
    same one.
    """
    past = every(patient).filter(status__in=TOOK_PLACE, ends_at__lte=now, session__isnull=False)
    # A patient is in one place at a time, so that an end names one visit.
    ends = past.order_by().values(SLUG).annotate(last=Max("ends_at")).values("last")
    rows = past.filter(ends_at__in=ends).order_by("-ends_at")
    return [Shown(appointment, now) for appointment in rows]


def first_of_each(shown: Iterable[Shown]) -> list[Shown]:
    """The first session of each protocol among these."""
    firsts: dict[str, Shown] = {}
    for one in shown:
        if session := one.appointment.session:
            firsts.setdefault(session.series.protocol.slug, one)
    return list(firsts.values())
