"""Photos taken into a record and out of it again, each with its audit row."""

import datetime as dt

from django.db import transaction

from clinic import audit
from clinic.care import changing
from clinic.models import StaffMember
from patients import photos
from patients.models import Patient, Photo
from patients.photos import Shot
from patients.pictures import Picture


def take(
    *, patient: Patient, shot: Shot, pictures: list[Picture], staff: StaffMember, now: dt.datetime
) -> list[Photo]:
    """All of them or, where the process dies, none; one that is kept already is not kept twice."""
    stored = [photos.put(picture) for picture in photos.unknown(patient, shot, pictures)]
    with transaction.atomic():
        taken = [
            photos.add(patient=patient, shot=shot, stored=one, by=staff.user, now=now)
            for one in stored
        ]
        if taken:
            audit.record(
                "photo.add",
                by=staff.user,
                now=now,
                clinic=staff.clinic,
                patient=patient,
                photos=[photo.public_id for photo in taken],
            )
    return taken


def not_to_remove(photo: Photo, staff: StaffMember, *, now: dt.datetime) -> str:
    """Why this person does not take it away: a sentence, empty where they may."""
    held = changing.of_patient(photo.patient, photo.session)
    return changing.elsewhere(staff, held, authors=[photo.by_id], now=now)


@transaction.atomic
def remove(*, photo: Photo, reason: str, staff: StaffMember, now: dt.datetime) -> bool:
    """False where somebody removed it before; Elsewhere where it is another clinic's."""
    if problem := not_to_remove(photo, staff, now=now):
        raise changing.Elsewhere(problem)
    removed = photos.remove(photo=photo, reason=reason, by=staff.user, now=now)
    if removed:
        audit.record(
            "photo.remove",
            by=staff.user,
            now=now,
            clinic=staff.clinic,
            patient=photo.patient,
            subject=f"photo:{photo.public_id}",
        )
    return removed
