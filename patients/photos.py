"""Photos of a zone, before and after: kept, and taken away for a reason.

Nothing but what `patients.pictures` wrote anew comes into the store. Call `put` before the
transaction that calls `add`: the file first, then the row.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from patients import pictures, store
from patients.actor import Actor
from patients.models import Patient, Photo, TreatmentSession
from patients.pictures import Picture


@dataclass(frozen=True)
class Shot:
    """What a photo shows: a zone, before or after, on a day, of a session or of none."""

    zone: str
    moment: str
    taken_on: dt.date
    session: TreatmentSession | None = None


@dataclass(frozen=True)
class Stored:
    """A clean picture in the store, which no row names yet."""

    name: str
    picture: Picture


def put(picture: Picture) -> Stored:
    """The picture and its small version."""
    name = store.put(store.PHOTOS, picture.content)
    store.keep(store.small_name(name), pictures.small(picture.content).content)
    return Stored(name, picture)


def unknown(patient: Patient, shot: Shot, found: list[Picture]) -> list[Picture]:
    """Those that are not kept for this zone and moment already; each picture once."""
    shown = Photo.objects.filter(
        patient=patient, zone=shot.zone, moment=shot.moment, removed_at__isnull=True
    )
    known = set(shown.values_list("sha256", flat=True))
    return list({p.sha256: p for p in found if p.sha256 not in known}.values())


def add(*, patient: Patient, shot: Shot, stored: Stored, by: Actor, now: dt.datetime) -> Photo:
    if shot.session is not None and shot.session.series.patient_id != patient.pk:
        raise ValueError("a session of another patient")
    return Photo.objects.create(
        patient=patient,
        session=shot.session,
        zone=shot.zone,
        moment=shot.moment,
        taken_on=shot.taken_on,
        file=stored.name,
        width=stored.picture.width,
        height=stored.picture.height,
        size=len(stored.picture.content),
        sha256=stored.picture.sha256,
        at=now,
        by=by,
    )


@transaction.atomic
def remove(*, photo: Photo, reason: str, by: Actor, now: dt.datetime) -> bool:
    """The row stays and says why; the file goes once that is committed. Said twice: once is enough.

    Where the process dies in between, `store.sweep` takes the file away.
    """
    standing = Photo.objects.filter(pk=photo.pk, removed_at__isnull=True)
    if not standing.update(removed_at=now, removed_by=by, removal_reason=reason):
        return False
    transaction.on_commit(lambda: store.drop(photo.file, store.small_name(photo.file)))
    return True
