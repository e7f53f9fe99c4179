"""The birth date, asked before anything about health. Wrong dates are counted, on every link.

Nobody learns here whether a date is on file: without one, every date is wrong.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Max, Sum

from clinic import audit
from clinic.booking import Refused
from clinic.booking.locks import carry_out
from clinic.models import PatientLink, StaffMember, User
from clinic.portal.actor import the_patient
from clinic.portal.visitor import Visitor
from patients.models import Patient

# Our choice: five tries, then a pause; after three pauses in a day, none until the next.
TRIES = 5
PAUSE = dt.timedelta(minutes=15)
PAUSES_A_DAY = 3
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Told:
    """What came of a try. `shut_until`: no date is looked at before then."""

    is_right: bool = False
    shut_until: dt.datetime | None = None


def shut_until(patient: Patient, *, now: dt.datetime) -> dt.datetime | None:
    """Until when no date is looked at, whichever of the patient's links is used. One query."""
    found = PatientLink.objects.filter(patient=patient).aggregate(
        last=Max("shut_until"), tries=Sum("wrong_tries", default=0)
    )
    last: dt.datetime | None = found["last"]
    if last is not None and found["tries"] >= TRIES * PAUSES_A_DAY:
        last += DAY - PAUSE
    return last if last is not None and last > now else None


def reopen(patient: Patient, *, by: StaffMember, now: dt.datetime) -> None:
    """The desk knows who calls: the tries are forgotten, and dates are looked at again."""
    with transaction.atomic():
        PatientLink.objects.filter(patient=patient).update(wrong_tries=0, shut_until=None)
        audit.record("portal.reopen", by=by.user, now=now, clinic=by.clinic, patient=patient)


def say(visitor: Visitor, birth_on: dt.date, *, now: dt.datetime) -> Told:
    """Compare one date with the patient's. Behind their lock: fifty tries at once are fifty."""
    by = the_patient(visitor.link)
    told = carry_out(
        lambda: _say(visitor, birth_on, by=by, now=now),
        resources=(),
        patients=[visitor.patient.pk],
    )
    return Told(shut_until=now + PAUSE) if isinstance(told, Refused) else told


def _say(visitor: Visitor, birth_on: dt.date, *, by: User, now: dt.datetime) -> Told:
    until = shut_until(visitor.patient, now=now)
    if until is not None:
        return Told(shut_until=until)
    patient = Patient.objects.get(pk=visitor.patient.pk)
    is_right = patient.birth_on is not None and patient.birth_on == birth_on
    if is_right:
        PatientLink.objects.filter(patient=patient, wrong_tries__gt=0).update(wrong_tries=0)
    else:
        _count(visitor, now=now)
    audit.record(
        "portal.birth" if is_right else "portal.wrong_birth",
        by=by,
        now=now,
        clinic=visitor.clinic,
        patient=patient,
    )
    return Told(is_right, shut_until(patient, now=now))


def _count(visitor: Visitor, *, now: dt.datetime) -> None:
    """One more wrong date; after five on any of the patient's links there is a pause. Those of
    before the last day count no more."""
    own = PatientLink.objects.filter(pk=visitor.link.pk)
    every = PatientLink.objects.filter(patient=visitor.patient)
    last = every.aggregate(last=Max("shut_until"))["last"]
    if last is not None and last <= now - (DAY - PAUSE):
        every.filter(wrong_tries__gt=0).update(wrong_tries=0)
        every.filter(shut_until__isnull=False).update(shut_until=None)
    own.update(wrong_tries=F("wrong_tries") + 1)
    if every.aggregate(tries=Sum("wrong_tries"))["tries"] % TRIES == 0:
        own.update(shut_until=now + PAUSE)
