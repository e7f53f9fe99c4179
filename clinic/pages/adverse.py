"""Adverse reactions as lists: of one patient, and those that are open. Reads only."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from clinic.care.access import in_care_of
from clinic.models import StaffMember
from clinic.pages.photos import Side
from patients import adverse, charts
from patients.models import AdverseEvent, Patient, Photo, ProductUse, TreatmentSession


@dataclass(frozen=True)
class EventShown:
    """`signs` in words, alert signs first."""

    event: AdverseEvent
    is_urgent: bool
    is_unsorted: bool
    alert_signs: list[str]
    other_signs: list[str]


@dataclass(frozen=True)
class Work:
    """Open reactions of one's own patients; of the others no more than that there are some."""

    mine: list[EventShown]
    others: list[AdverseEvent]


def shown(event: AdverseEvent) -> EventShown:
    return EventShown(
        event,
        adverse.is_urgent(event),
        adverse.is_unsorted(event),
        charts.named(event.signs, charts.ALERT_SIGNS),
        charts.named(event.signs, charts.EXPECTED_SIGNS),
    )


def loaded() -> QuerySet[AdverseEvent]:
    return AdverseEvent.objects.select_related(
        "patient", "session__series__protocol", "product_use", "reported_by", "closed_by"
    )


def of_patient(patient: Patient) -> list[EventShown]:
    """Open ones first, then the latest."""
    events = sorted(loaded().filter(patient=patient), key=lambda e: e.status != "open")
    return [shown(event) for event in events]


def open_for(staff: StaffMember, *, now: dt.datetime) -> list[EventShown]:
    """What this practitioner has to look after: the urgent first, then what waited longest."""
    mine = loaded().filter(in_care_of(staff, now=now), status=AdverseEvent.Status.OPEN)
    return by_urgency(map(shown, mine.order_by("reported_at", "pk")))


def work(staff: StaffMember, *, now: dt.datetime) -> Work:
    """Two queries. Nothing that was told may stay unseen because its practitioner left."""
    others = AdverseEvent.objects.filter(
        ~in_care_of(staff, now=now), status=AdverseEvent.Status.OPEN
    )
    rows = others.select_related("patient").only(
        "reported_at", "seriousness", "signs", "severity", "source", "patient__public_id",
        "patient__family_name", "patient__given_name",
    )  # fmt: skip
    waiting = sorted(rows, key=lambda e: (not adverse.is_urgent(e), e.reported_at))
    return Work(open_for(staff, now=now), waiting)


def photos_of(event: AdverseEvent) -> list[Side]:
    """Those that the patient sent with it: written by the same act."""
    if event.source != AdverseEvent.Source.PATIENT:
        return []
    sent = Photo.objects.filter(
        patient=event.patient, by=event.reported_by, at=event.reported_at, removed_at__isnull=True
    )
    return [Side(photo) for photo in sent]


def by_urgency(events: Iterable[EventShown]) -> list[EventShown]:
    return sorted(events, key=lambda row: (not row.is_urgent, not row.is_unsorted))


# --- What a form offers --------------------------------------------------------------------------


def sessions_of(patient: Patient) -> list[TreatmentSession]:
    """Those that took place, latest first, each with its record where it has one."""
    took_place = Q(record__isnull=False) | Q(status=TreatmentSession.Status.COMPLETED)
    found = TreatmentSession.objects.filter(took_place, series__patient=patient)
    return list(found.select_related("record", "series__protocol").order_by("-pk"))


def uses_of(patient: Patient) -> list[ProductUse]:
    return list(
        ProductUse.objects.filter(record__patient=patient)
        .select_related("record")
        .order_by("-record__started_at", "position", "pk")
    )
