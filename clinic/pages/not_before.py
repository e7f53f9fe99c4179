"""Booked sessions that stand before the day from which their patient may be treated.

Why they may not is not asked here: the desk reads this.
"""

import datetime as dt

from clinic.models import Appointment, Clinic
from patients.standing import may_be_held, standings


def too_early(clinic: Clinic, *, now: dt.datetime) -> dict[int, dt.date]:
    """By appointment ahead, the day before which it may not be. One query where nobody is held,
    five where somebody is.
    """
    today = clinic.today(now=now)
    ahead = Appointment.objects.filter(
        clinic=clinic,
        status=Appointment.Status.BOOKED,
        starts_at__gt=now,
        session__isnull=False,
        patient__in=may_be_held(on=today),
    ).order_by()
    visits = list(ahead.values_list("pk", "starts_at", "patient", "session__series__protocol"))
    found = standings({(patient, protocol) for *_visit, patient, protocol in visits}, on=today)
    held = {
        pk: (starts_at.astimezone(clinic.zone).date(), found[patient, protocol].not_before)
        for pk, starts_at, patient, protocol in visits
    }
    return {pk: until for pk, (on, until) in held.items() if until and on < until}
