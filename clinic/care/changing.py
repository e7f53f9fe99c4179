"""Who may change, take back or add an amendment to what was written of a patient.

Reading from outside the care takes a reason (`clinic.care.access`); a reason is none for changing
what others wrote elsewhere. It takes to work where the session was held, of what belongs to no
session where the patient is received; or to treat the patient there; or to have written it. What is
only added beside (a reaction told on the phone, a photo, an answer) is free to whoever may read.
See docs/decisions/0017.
"""

import datetime as dt
from collections.abc import Collection

from django.db.models import Q
from django.utils.translation import gettext as _

from clinic.care import access
from clinic.models import Clinic, StaffMember
from patients.models import Patient, Series, TreatmentSession


class Elsewhere(Exception):
    """Somebody would change what is another clinic's; the text says whose."""


def of_session(session: TreatmentSession) -> Q:
    """Appointments at which it is held; for `held` below."""
    return Q(session=session)


def of_series(series: Series) -> Q:
    return Q(session__series=series)


def of_patient(patient: Patient, session: TreatmentSession | None = None) -> Q:
    """Where the session is held, or without one where the patient is received."""
    return Q(patient=patient) if session is None else of_session(session)


def elsewhere(
    staff: StaffMember, held: Q, *, authors: Collection[int | None] = (), now: dt.datetime
) -> str:
    """Why this person may not change it: a sentence, empty where they may. Three queries at most.

    `held`: the appointments whose clinics it belongs to; without any it belongs to every clinic.
    `authors`: the users, by key, who wrote it.
    """
    if staff.user.pk in authors:
        return ""
    at = access.that_count(staff, held).order_by().values("clinic")
    clinics = {clinic.pk: clinic for clinic in Clinic.objects.filter(pk__in=at)}
    if not clinics or staff.clinic.pk in clinics:
        return ""
    if access.visits(staff, now=now).filter(held, clinic__in=clinics).exists():
        return ""
    names = ", ".join(sorted(clinic.name for clinic in clinics.values()))
    return _("This belongs to %(clinics)s: it is changed there, or by whoever wrote it.") % {
        "clinics": names
    }


def require(
    staff: StaffMember, held: Q, *, authors: Collection[int | None] = (), now: dt.datetime
) -> None:
    """Elsewhere where it is not theirs to change. For verbs; pages ask `elsewhere` before."""
    if problem := elsewhere(staff, held, authors=authors, now=now):
        raise Elsewhere(problem)
