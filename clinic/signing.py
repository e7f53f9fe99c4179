"""Sign a record and mark its session done: one act, behind the locks, or nothing of it."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from clinic import audit, recording
from clinic.booking import Problem, Refused
from clinic.booking.attendance import fulfil, is_too_early
from clinic.booking.ending import held_by
from clinic.booking.locks import carry_out
from clinic.care import spacing
from clinic.models import Appointment, Clinic, Resource, Role, StaffMember, User
from patients import records
from patients.models import SessionRecord
from protocols.planning import Window


@dataclass(frozen=True)
class Signed:
    """Signed, sealed, and the session done.

    `out_of_window`: the booked sessions to be moved now, by appointment, with their window.
    """

    record: SessionRecord
    out_of_window: Mapping[int, Window] = field(default_factory=dict)


@dataclass(frozen=True)
class NotReady:
    """Not signed, but all that was typed is saved: `record` is as it stands now.

    `problems` are blockers to put right, and closed gates. `unseen_warnings` are to be shown, and
    their codes sent along as `seen`. `unseen_fields` were written by somebody else since the form
    was shown: it is to be shown again. Any one of the three may be what stands in the way.
    """

    record: SessionRecord
    problems: tuple[Problem, ...] = ()
    unseen_warnings: tuple[records.Problem, ...] = ()
    unseen_fields: frozenset[str] = frozenset()


Answer = Signed | NotReady | records.Conflict | Refused


def sign(
    *,
    appointment: Appointment,
    record_id: int,
    base: int,
    fields: Mapping[str, Any],
    products: Sequence[records.ProductLine],
    seen: Collection[str] = (),
    by: User,
    now: dt.datetime,
) -> Answer:
    """Save what was shown, sign exactly that, seal it, and mark the appointment fulfilled.

    `fields` and `products` are the whole form, on version `base`; `seen` the codes of the warnings
    that were shown. A second signature of the same content is answered like the first; of another
    content it is Refused with `signed`, and what was typed is kept (`records.kept`).
    """
    shown = Shown(record_id, base, fields, products, tuple(seen))
    try:
        answer = carry_out(
            lambda: _sign(appointment.pk, shown, by=by, now=now),
            resources=held_by(appointment),
            patients=[appointment.patient_id],
        )
    except ValidationError as error:
        return recording.refusal(error)
    if isinstance(answer, Signed):
        return replace(answer, out_of_window=astray(answer.record))
    return answer


def astray(record: SessionRecord) -> dict[int, Window]:
    """The booked sessions of its series that are not where they may be."""
    booked = Appointment.objects.filter(
        status=Appointment.Status.BOOKED, session__series=record.session.series_id
    )
    return spacing.left_behind(booked)


@dataclass(frozen=True)
class Shown:
    """The form as it was when the button was pressed."""

    record_id: int
    base: int
    fields: Mapping[str, Any]
    products: Sequence[records.ProductLine]
    seen: tuple[str, ...]


def _sign(appointment_id: int, shown: Shown, *, by: User, now: dt.datetime) -> Answer:
    """Behind the locks. What is returned is committed: a draft that was saved stays saved."""
    appointment = Appointment.objects.select_related(
        "clinic",
        "patient",
        "session__series__protocol",
        "session__series__patient",
        "session__step__phase",
    ).get(pk=appointment_id)
    if refused := may_not(appointment, shown, by=by, now=now):
        return refused
    saved = records.save_draft(
        record_id=shown.record_id,
        base=shown.base,
        fields=shown.fields,
        products=shown.products,
        by=by,
        now=now,
    )
    if isinstance(saved, records.Closed):
        return again(saved)
    if isinstance(saved, records.Conflict):
        return saved
    records.wait(saved.record, (), by=by, now=now)  # a whole form has no row without its lot
    saved.record.session = appointment.session  # type: ignore[assignment]  # may_not has looked
    return not_ready(saved, appointment, shown) or _write(saved.record, appointment, by=by, now=now)


def may_not(
    appointment: Appointment, shown: Shown, *, by: User, now: dt.datetime
) -> Refused | None:
    """What is refused before anything is written."""
    if not StaffMember.objects.filter(
        user=by, clinic=appointment.clinic, role=Role.PRACTITIONER
    ).exists():
        return Refused.because("not_a_practitioner", _("Only a practitioner signs a record."))
    if is_too_early(appointment, now=now):
        return Refused.because("too_early", _("This appointment is still to come."))
    records_of_session = SessionRecord.objects.filter(pk=shown.record_id)
    if not records_of_session.filter(session=appointment.session_id).exists():
        return Refused.because("other_session", _("This record is of another session."))
    if not appointment.is_occupying:
        return Refused.because("not_booked", _("This appointment is no longer booked."))
    return None


def again(closed: records.Closed) -> Signed | Refused:
    """Signed before: the same content is the same signature."""
    if closed.kept is None:
        return Signed(closed.record)
    return Refused.because(
        "signed",
        _("This record was signed meanwhile. What you typed is kept: add it as an amendment."),
    )


def not_ready(saved: records.Saved, appointment: Appointment, shown: Shown) -> NotReady | None:
    record = saved.record
    if unseen := unseen_fields(saved, shown):
        return NotReady(record, unseen_fields=unseen)
    found = problems(record, appointment)
    blockers = tuple(Problem(b.code, b.message, b.field) for b in found.blockers)
    warnings = found.unseen(shown.seen)
    return NotReady(record, blockers, warnings) if blockers or warnings else None


def problems(record: SessionRecord, appointment: Appointment) -> records.Problems:
    """What stands against signing it as it is saved, and what must have been seen.

    A closed gate holds a session up; of one that took place it is a warning, since what happened is
    to be written down whatever was missing.
    """
    found = records.problems_before_signing(
        record,
        on=appointment.on,
        performer_qualification=qualification_of(record, appointment.clinic),
    )
    closed = [records.Problem(o.code, o.message, "") for o in recording.obstacles(appointment)]
    blockers = (*other_day(record, appointment), *found.blockers)
    if recording.took_place(appointment):
        return records.Problems(blockers, (*closed, *found.warnings))
    return records.Problems((*closed, *blockers), found.warnings)


def unseen_fields(saved: records.Saved, shown: Shown) -> frozenset[str]:
    """What others wrote since the form was shown, unless the form says the very same."""
    if not saved.theirs:
        return frozenset()
    now = records.content_of(saved.record)
    typed = records.typed_content(shown.fields, shown.products)
    return frozenset(name for name in saved.theirs if typed.get(name, ...) != now[name])


def qualification_of(record: SessionRecord, clinic: Clinic) -> str:
    """Of who performed the session, as the clinic's settings say."""
    practising = Resource.objects.filter(
        clinic=clinic, user=record.performer_id, kind__category="practitioner"
    )
    return practising.values_list("qualification", flat=True).first() or ""


def other_day(record: SessionRecord, appointment: Appointment) -> tuple[records.Problem, ...]:
    """The session is done on the day of its appointment, which the record must be of."""
    if record.started_at.astimezone(appointment.clinic.zone).date() == appointment.on:
        return ()
    message = _("The record begins on another day than the appointment.")
    return (records.Problem("other_day", message, "started_at"),)


def _write(
    record: SessionRecord, appointment: Appointment, *, by: User, now: dt.datetime
) -> Signed | Refused:
    if appointment.status != Appointment.Status.FULFILLED:
        marked = fulfil(appointment, by=by, now=now)
        if isinstance(marked, Refused):
            return marked
    audit.record(
        "record.sign",
        by=by,
        now=now,
        clinic=appointment.clinic,
        patient=appointment.patient,
        subject=f"record:{record.public_id}",
        version=record.version,
    )
    records.sign(record=record, by=by, now=now)
    return Signed(record)
