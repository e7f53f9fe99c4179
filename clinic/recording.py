"""Records, as pages use them: each verb of `patients.records` with its audit row, in one act.

Behind the line of `booking.locks`: many drafts save themselves at once. `Refused` here is a clinic
too busy to write, or a record that may not be begun; what was typed is still with the browser.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from clinic import audit
from clinic.booking import Problem, Refused
from clinic.booking.attendance import is_too_early
from clinic.booking.locks import carry_out
from clinic.care import changing, gates
from clinic.care.obstacles import Starting
from clinic.models import Appointment, Clinic, StaffMember, User
from patients import records
from patients.models import Amendment, KeptText, SessionRecord, TreatmentSession


def open_draft(*, appointment: Appointment, by: User, now: dt.datetime) -> SessionRecord | Refused:
    """The record of the appointment's session: the one that is there, or a new draft.

    A new one only of a session that may be begun: today or earlier, not cancelled, no gate closed.
    """
    there = SessionRecord.objects.filter(session=appointment.session_id).first()
    if there is not None:
        return there
    session = appointment.session
    if session is None:
        return Refused.because("no_session", _("This visit belongs to no series."))
    if problems := not_to_begin(appointment, now=now):
        return Refused(problems)
    return carry_out(lambda: _open(session, appointment, by=by, now=now), resources=())


def not_to_begin(appointment: Appointment, *, now: dt.datetime) -> tuple[Problem, ...]:
    if not appointment.is_occupying:
        return (Problem("not_booked", _("This appointment is no longer booked.")),)
    if is_too_early(appointment, now=now):
        return (Problem("too_early", _("This appointment is still to come.")),)
    return () if took_place(appointment) else obstacles(appointment)


def took_place(appointment: Appointment) -> bool:
    """Said to be done: no gate keeps what happened from being written down."""
    return appointment.status == Appointment.Status.FULFILLED


def obstacles(appointment: Appointment) -> tuple[Problem, ...]:
    """The gates before its session that are closed."""
    if appointment.session is None:
        return ()
    starting = Starting(appointment.clinic, appointment.session, appointment.on)
    return tuple(Problem(o.code, o.message) for o in gates.before_starting(starting))


def _open(
    session: TreatmentSession, appointment: Appointment, *, by: User, now: dt.datetime
) -> SessionRecord:
    clinic = appointment.clinic
    is_today = now.astimezone(clinic.zone).date() == appointment.on
    record = records.open_draft(
        session=session,
        place=f"{clinic.name}, {clinic.address}".rstrip(", "),
        performer=performer_of(appointment) or by,
        by=by,
        now=now,
        started_at=now if is_today else appointment.starts_at,
    )
    _audit("record.open", record, clinic, by=by, now=now)
    return record


def performer_of(appointment: Appointment) -> User | None:
    """Who is expected to treat: the account of the practitioner that the appointment holds."""
    treating = User.objects.filter(
        resources__holds__appointment=appointment, resources__kind__category="practitioner"
    )
    return treating.order_by("pk").first()


def save(
    *,
    record: SessionRecord,
    clinic: Clinic,
    base: int,
    fields: Mapping[str, Any],
    products: Sequence[records.ProductLine] | None,
    waiting: Sequence[Mapping[str, str]] | None = None,
    by: User,
    now: dt.datetime,
) -> records.Saved | records.Conflict | records.Closed | Refused:
    """`records.save_draft`, and who did it. What no record can hold is Refused, field by field.

    `waiting`: the rows of products without a lot, where the form had its rows.
    """

    def act() -> records.Saved | records.Conflict | records.Closed:
        answer = records.save_draft(
            record_id=record.pk, base=base, fields=fields, products=products, by=by, now=now
        )
        waits = (
            waiting is not None
            and isinstance(answer, records.Saved)
            and records.wait(answer.record, waiting, by=by, now=now)
        )
        _audit_save(answer, waits=waits, clinic=clinic, by=by, now=now)
        return answer

    try:
        return carry_out(act, resources=())
    except ValidationError as error:
        return refusal(error)


def refusal(error: ValidationError) -> Refused:
    """What was wrong with a form, as booking's verbs say it."""
    return Refused(
        tuple(
            Problem("invalid", message, field)
            for field, messages in error.message_dict.items()
            for message in messages
        )
    )


def _audit_save(
    answer: records.Saved | records.Conflict | records.Closed,
    *,
    waits: bool,
    clinic: Clinic,
    by: User,
    now: dt.datetime,
) -> None:
    """A save that said nothing new leaves no row."""
    record = answer.record
    if isinstance(answer, records.Saved):
        if answer.written or waits:
            _audit("record.save", record, clinic, by=by, now=now, version=record.version)
    elif answer.kept is not None:
        _audit("record.keep", record, clinic, by=by, now=now, kept=answer.kept.pk)


def not_to_amend(record: SessionRecord, staff: StaffMember, *, now: dt.datetime) -> str:
    """Why this person adds nothing to it: a sentence, empty where they may."""
    held = changing.of_session(record.session)
    authors = (record.performer_id, record.signed_by_id)
    return changing.elsewhere(staff, held, authors=authors, now=now)


def amend(
    *, record: SessionRecord, text: str, reason: str, by: StaffMember, now: dt.datetime
) -> Amendment | Refused:
    """Add to a signed record what is to be read with it; Refused by field."""
    if problem := not_to_amend(record, by, now=now):
        return Refused.because("elsewhere", problem)

    def act() -> Amendment:
        amendment = records.amend(record=record, text=text, reason=reason, by=by.user, now=now)
        _audit("record.amend", record, by.clinic, by=by.user, now=now, amendment=amendment.pk)
        return amendment

    try:
        return carry_out(act, resources=())
    except ValidationError as error:
        return refusal(error)


def settle(*, kept: KeptText, clinic: Clinic, by: User, now: dt.datetime) -> bool | Refused:
    """A kept text was dealt with; False where it is not this person's, or was settled before."""

    def act() -> bool:
        settled = records.settle(kept_text=kept, by=by, now=now)
        if settled:
            _audit("record.settle", kept.record, clinic, by=by, now=now, kept=kept.pk)
        return settled

    return carry_out(act, resources=())


def _audit(
    action: str,
    record: SessionRecord,
    clinic: Clinic,
    *,
    by: User,
    now: dt.datetime,
    **detail: Any,
) -> None:
    audit.record(
        action,
        by=by,
        now=now,
        clinic=clinic,
        patient=record.patient,
        subject=f"record:{record.public_id}",
        **detail,
    )
