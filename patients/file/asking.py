"""Requests for the file: registered with the day they are due on, then delivered or refused."""

import datetime as dt

from dateutil.relativedelta import relativedelta
from django.db.models import QuerySet

from patients.actor import Actor
from patients.models import AccessRequest, Patient

# CSP L1111-7: eight days, or two months when the information is older than five years.
RECENT = relativedelta(days=8)
OLD = relativedelta(months=2)
SOON = dt.timedelta(days=2)  # our choice: what a worklist marks before it is late


def due_on(received_on: dt.date, *, is_old: bool) -> dt.date:
    """Months are the calendar's: two of them after 31 December is the last of February."""
    return received_on + (OLD if is_old else RECENT)


def register(
    *,
    patient: Patient,
    received_on: dt.date,
    is_old: bool,
    identity: str,
    by: Actor,
    now: dt.datetime,
) -> AccessRequest:
    """`identity`: how it was checked that it is the patient who asks."""
    return AccessRequest.objects.create(
        patient=patient,
        received_on=received_on,
        is_old=is_old,
        due_on=due_on(received_on, is_old=is_old),
        identity=identity,
        at=now,
        by=by,
    )


def answer(*, request: AccessRequest, status: str, how: str, by: Actor, now: dt.datetime) -> bool:
    """Delivered, and how; or refused, and why. False when somebody answered it before."""
    still_open = AccessRequest.objects.filter(pk=request.pk, status=AccessRequest.Status.OPEN)
    changed = still_open.update(status=status, answer=how, answered_at=now, answered_by=by)
    return bool(changed)


def requests_due() -> QuerySet[AccessRequest]:
    """For the worklist of practitioners: what is still to answer, the most urgent first."""
    still_open = AccessRequest.objects.filter(status=AccessRequest.Status.OPEN)
    return still_open.select_related("patient").order_by("due_on", "pk")


def urgency(request: AccessRequest, *, today: dt.date) -> str:
    """`late`, `soon`, `open`; empty once it is answered."""
    if request.status != AccessRequest.Status.OPEN:
        return ""
    if request.due_on < today:
        return "late"
    return "soon" if request.due_on <= today + SOON else "open"
