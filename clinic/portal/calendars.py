"""The address under which a patient's calendar finds all their appointments, and keeps them true.

One address at a time. It is shown once, when it is made; made anew, the earlier one is dead.
"""

import datetime as dt

from django.db import transaction

from clinic import audit
from clinic.models import Clinic, PatientLink
from clinic.outbox import links
from clinic.papers import feeds
from clinic.portal.actor import the_patient
from clinic.portal.appointments import in_calendar
from clinic.portal.visitor import Visitor
from patients.models import Patient

FEED = PatientLink.Purpose.FEED


def current(patient: Patient) -> PatientLink | None:
    """The address that calendars read just now."""
    return PatientLink.objects.filter(
        patient=patient, purpose=FEED, revoked_at__isnull=True
    ).first()


@transaction.atomic
def make(visitor: Visitor, *, now: dt.datetime) -> str:
    """A new address, in the place of the earlier one."""
    _revoke(visitor, now=now)
    key = links.issue(
        patient=visitor.patient, clinic=visitor.clinic, purpose=FEED, expires_at=None, now=now
    )
    _write_down("calendar.make", visitor, now=now)
    return links.feed_address_of(key)


@transaction.atomic
def end(visitor: Visitor, *, now: dt.datetime) -> None:
    if _revoke(visitor, now=now):
        _write_down("calendar.end", visitor, now=now)


def _revoke(visitor: Visitor, *, now: dt.datetime) -> int:
    Patient.objects.select_for_update().get(pk=visitor.patient.pk)
    return links.revoke(PatientLink.objects.filter(patient=visitor.patient, purpose=FEED), now=now)


def content(patient: Patient, clinic: Clinic, *, now: dt.datetime) -> bytes:
    """In the language that is active. One query: moved ones under their old UID, cancelled ones."""
    return feeds.calendar(in_calendar(patient, now=now), clinic=clinic, refreshes=True)


def _write_down(what: str, visitor: Visitor, *, now: dt.datetime) -> None:
    audit.record(
        what,
        by=the_patient(visitor.link),
        now=now,
        clinic=visitor.clinic,
        patient=visitor.patient,
    )
