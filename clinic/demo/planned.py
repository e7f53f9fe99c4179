"""What will be said of the appointments ahead, as the bookings themselves would have planned it."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator

from clinic.models import Appointment, Clinic, Message
from clinic.outbox.advice import Advice, advice_of
from clinic.outbox.planning import row
from clinic.outbox.timing import Rules, Telling, rules_of
from protocols.models import Protocol

BATCH = 2000


def plan(*, now: dt.datetime) -> int:
    """One row for each message that is still to come; how many."""
    rows = Message.objects.bulk_create(list(messages(now=now)), BATCH)
    return len(rows)


def messages(*, now: dt.datetime) -> Iterator[Message]:
    rules: dict[int, Rules] = {clinic.pk: rules_of(clinic) for clinic in Clinic.objects.all()}
    advice: dict[int, Advice] = {one.pk: advice_of(one) for one in Protocol.objects.bookable()}
    noshows = Appointment.objects.filter(status=Appointment.Status.NOSHOW)
    missed = Counter(noshows.values_list("patient", flat=True))
    ahead = Appointment.objects.filter(starts_at__gt=now, status=Appointment.Status.BOOKED)
    for visit in ahead.select_related("clinic", "patient", "session__series__protocol"):
        protocol = visit.session.series.protocol if visit.session else None
        told = Telling(
            rules[visit.clinic_id],
            protocol.slug if protocol else "",
            advice.get(protocol.pk, Advice()) if protocol else Advice(),
            missed[visit.patient_id],
        )
        for one in told.of(visit, None, now=visit.booked_at):
            if one.due_at > now:
                yield row(visit, one, now=visit.booked_at)
