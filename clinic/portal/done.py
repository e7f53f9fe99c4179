"""What the page says after something was done, and the appointment that it was done to.

Both stand in the address: reading them must write nothing, and reading them again says what is so.
"""

import datetime as dt
from dataclasses import dataclass

from clinic import booking, wording
from clinic.models import Appointment
from clinic.portal.appointments import SOONEST, Shown, every
from clinic.portal.words import SAID, SAID_OF
from patients.models import Patient

Status = Appointment.Status
STANDS = {"confirmed": Status.BOOKED, "moved": Status.BOOKED, "cancelled": Status.CANCELLED}


@dataclass(frozen=True)
class Done:
    """`moved`: where it is now, after a move; `back`: where it was, while that may be had again."""

    words: str
    moved: Shown | None = None
    back: Shown | None = None


def of(patient: Patient, code: str, public_id: str, *, now: dt.datetime) -> Done | None:
    """Nothing for a code that says nothing, and of an appointment nothing that is no longer so: the
    page is read again with the way back. Two queries where an appointment is named."""
    if code not in STANDS:
        return Done(str(SAID[code])) if code in SAID else None
    shown = _named(patient, code, public_id, now=now)
    if shown is None:
        return None
    words = str(SAID_OF[code]) % {"when": wording.moment(shown.starts_at)}
    if code != "moved" or not shown.may_move:
        return Done(words)
    return Done(words, shown, _back(patient, shown))


def _named(patient: Patient, code: str, public_id: str, *, now: dt.datetime) -> Shown | None:
    """The patient's own, as long as it still stands as the code says."""
    found = every(patient).filter(public_id=public_id, status=STANDS[code]).first()
    return Shown(found, now) if found else None


def _back(patient: Patient, shown: Shown) -> Shown | None:
    """Where it was, if it may be had again: the neighbours' windows, and nobody there meanwhile."""
    before = every(patient).filter(replaced_by=shown.appointment).first()
    if before is None or before.starts_at < shown.now + SOONEST:
        return None
    visit = booking.visit_of(shown.appointment)
    return Shown(before, shown.now) if is_free(visit, before, now=shown.now) else None


def is_free(visit: booking.Visit, before: Appointment, *, now: dt.datetime) -> bool:
    on = before.starts_at.astimezone(before.clinic.zone).date()
    if on not in booking.move_window(visit, now=now).days:
        return False
    only = (before.practitioner,) if before.practitioner else ()
    openings = booking.openings(visit, on=on, only=only, now=now)
    return any(place.starts_at == before.starts_at for place in openings)
