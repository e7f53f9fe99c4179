"""Patients with their next appointment: the rows of the list and of the search, one query each."""

import datetime as dt

from django.db.models import OuterRef, QuerySet, Subquery

from clinic.models import OPEN, Appointment
from patients import search
from patients.models import Patient


def with_next_appointment(patients: QuerySet[Patient], *, now: dt.datetime) -> QuerySet[Patient]:
    """Adds `next_at`: when the patient comes next, None when nothing is booked."""
    coming = Appointment.objects.filter(
        patient=OuterRef("pk"), status__in=OPEN, ends_at__gt=now
    ).order_by("starts_at")
    return patients.annotate(next_at=Subquery(coming.values("starts_at")[:1]))


def rows(ids: list[int], *, now: dt.datetime) -> list[Patient]:
    """In the order of `ids`."""
    found = {
        row.pk: row for row in with_next_appointment(Patient.objects.filter(pk__in=ids), now=now)
    }
    return [found[pk] for pk in ids if pk in found]


def search_results(
    query: str, *, limit: int, now: dt.datetime
) -> tuple[list[Patient], search.Found]:
    found = search.first(query, limit=limit)
    return rows(found.ids, now=now), found
