"""Place one visit: move it, or book it. The old place falls free in the same act."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from clinic import audit, outbox
from clinic.booking import idempotency
from clinic.booking.asks import Place, Problem, Refused, taken
from clinic.booking.booking import Booked
from clinic.booking.clearance import State, forbidden, in_its_way, state_of
from clinic.booking.locks import carry_out
from clinic.booking.visits import Visit, find_place, session_visit, single_visit, visit_of
from clinic.booking.writing import Attempt, is_taken, write
from clinic.models import Appointment, Clinic, Kind, Resource, User, VisitType
from patients.models import Patient, TreatmentSession
from patients.standing import read


@dataclass(frozen=True)
class Moved:
    """`appointment` is the new one; it `replaces` the old.

    `warnings`: what will stand in the way of its session on that day. A move books nothing that was
    not booked, so it is told and not refused.
    """

    appointment: Appointment
    warnings: tuple[Problem, ...] = ()


def place_visit(
    visit: Visit,
    *,
    starts_at: dt.datetime,
    only: Sequence[Resource] = (),
    by: User,
    now: dt.datetime,
    key: str = "",
) -> Appointment | Refused:
    """Write the visit at this start, or say what stands against it."""
    asked = idempotency.fingerprint(
        patient=visit.patient.pk,
        session=visit.session and visit.session.pk,
        moving=visit.moving and visit.moving.pk,
        starts_at=starts_at.isoformat(),
    )
    if (earlier := _earlier(key=key, by=by, asked=asked)) is not None:
        return earlier
    seen = state_of(visit.patient)
    place = _place(visit, starts_at, only, now=now)
    if isinstance(place, Refused):
        # Perhaps because of this very request, sent twice and carried out meanwhile.
        return _earlier(key=key, by=by, asked=asked) or place
    told = outbox.telling(visit.clinic, visit.patient, visit.protocol)
    return carry_out(
        lambda: _write(visit, place, seen, told, key=key, asked=asked, by=by, now=now),
        resources=[resource.pk for resource in place.resources],
        patients=[visit.patient.pk],
    )


def _place(
    visit: Visit, starts_at: dt.datetime, only: Sequence[Resource], *, now: dt.datetime
) -> Place | Refused:
    """Where the visit could be at this start, or what stands against it."""
    if problems := visit.problems(starts_at, now=now) or barred(visit, starts_at, now=now):
        return Refused(problems)
    place = find_place(visit, starts_at, only, now=now)
    if place is None:
        return Refused.because(
            "taken", _("Nothing is free for this visit at that time."), "starts_at"
        )
    return place


def barred(visit: Visit, starts_at: dt.datetime, *, now: dt.datetime) -> tuple[Problem, ...]:
    """What the gates say to a session that gets a place: the same as to a whole series."""
    if visit.session is None or visit.moving is not None:
        return ()
    series, on = visit.session.series, starts_at.astimezone(visit.clinic.zone).date()
    return forbidden(
        visit.clinic,
        visit.patient,
        series.protocol,
        [(visit.session.number, on)],
        series=series,
        known=read(visit.patient, series.protocol),
        now=now,
    )


def _write(
    visit: Visit,
    place: Place,
    seen: State,
    told: outbox.Telling,
    *,
    key: str,
    asked: str,
    by: User,
    now: dt.datetime,
) -> Appointment | Refused:
    """Behind the locks: free the old place, take the new one. `seen`: read for the gates before."""
    if (earlier := _earlier(key=key, by=by, asked=asked)) is not None:
        return earlier
    is_newer = state_of(visit.patient) != seen
    if is_newer and (problems := barred(visit, place.starts_at, now=now)):
        return Refused(problems)
    claims = tuple((resource.pk, start, end) for resource, start, end in place.holds)
    if is_taken(claims, ignoring=visit.moving):
        return taken()
    if visit.moving is not None and not _let_go(visit.moving, by=by, now=now):
        return Refused.because("changed", _("This appointment was changed meanwhile."))
    attempt = Attempt(
        place.starts_at.astimezone(dt.UTC),
        place.ends_at.astimezone(dt.UTC),
        claims,
        session=visit.session,
        visit_type=visit.visit_type,
        replaces=visit.moving,
    )
    (appointment,) = write([attempt], clinic=visit.clinic, patient=visit.patient, by=by, now=now)
    if visit.moving is None:
        outbox.plan([appointment], told, news=Kind.BOOKED, now=now)
    else:
        outbox.tell_moved(visit.moving, appointment, told, now=now)
    audit.record(
        "appointment.move" if visit.moving else "appointment.book",
        by=by,
        now=now,
        clinic=visit.clinic,
        patient=visit.patient,
        subject=f"appointment:{appointment.public_id}",
        replaces=visit.moving.public_id if visit.moving else None,
    )
    answer = {"series": None, "appointments": [appointment.pk]}
    idempotency.remember(key=key, by=by, asked=asked, answer=answer, now=now)
    return appointment


def _earlier(*, key: str, by: User, asked: str) -> Appointment | Refused | None:
    """What was answered to the same request before."""
    answer = idempotency.answered(key=key, by=by, asked=asked)
    if answer is None or isinstance(answer, Refused):
        return answer
    return Appointment.objects.get(pk=answer["appointments"][0])


def _let_go(appointment: Appointment, *, by: User, now: dt.datetime) -> bool:
    """Cancel as moved, if it still is as we saw it: of two movers one wins."""
    changed = Appointment.objects.filter(pk=appointment.pk, status=appointment.status).update(
        status=Appointment.Status.CANCELLED,
        cancellation_reason=Appointment.Reason.MOVED,
        changed_at=now,
        changed_by=by,
    )
    return changed == 1


def move(
    *,
    appointment: Appointment,
    starts_at: dt.datetime,
    only: Sequence[Resource] = (),
    by: User,
    now: dt.datetime,
    key: str = "",
) -> Moved | Refused:
    """Move one appointment where its own and its neighbours' gaps hold.

    `only`: of the kinds of these resources, these alone; of other kinds those it holds now where
    they are free, else others.
    """
    visit = visit_of(appointment)
    written = place_visit(visit, starts_at=starts_at, only=only, by=by, now=now, key=key)
    if isinstance(written, Refused):
        return written
    return Moved(written, in_its_way(visit.session, written.clinic, written.on))


def book_visit(
    *,
    clinic: Clinic,
    patient: Patient,
    visit_type: VisitType,
    starts_at: dt.datetime,
    only: Sequence[Resource] = (),
    by: User,
    now: dt.datetime,
    key: str,
) -> Booked | Refused:
    """Book a single visit that belongs to no series."""
    visit = single_visit(clinic, patient, visit_type)
    written = place_visit(visit, starts_at=starts_at, only=only, by=by, now=now, key=key)
    return written if isinstance(written, Refused) else Booked(None, (written,))


def book_session(
    *,
    session: TreatmentSession,
    clinic: Clinic,
    starts_at: dt.datetime,
    only: Sequence[Resource] = (),
    by: User,
    now: dt.datetime,
    key: str,
) -> Booked | Refused:
    """Book a session of a running series that has no appointment."""
    visit = session_visit(session, clinic)
    written = place_visit(visit, starts_at=starts_at, only=only, by=by, now=now, key=key)
    return written if isinstance(written, Refused) else Booked(session.series, (written,))
