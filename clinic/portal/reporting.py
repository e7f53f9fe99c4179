"""What a patient ticked, sent to whoever treats them: as it was ticked, and judged by nobody yet.

It stands on the practitioner's list the moment it is committed; severity and vigilance stay empty
until somebody who treats fills them in. No verdict is kept: the leaflet's answer is not in it.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from clinic import audit
from clinic.booking import Refused, idempotency
from clinic.models import Clinic, PatientLink, User
from clinic.portal.actor import the_patient
from clinic.portal.last_session import LastSession
from patients import adverse, photos, store
from patients.models import AdverseEvent, Patient, Photo
from patients.photos import Shot, Stored
from patients.pictures import Picture

MOST_A_DAY = 5  # our choice: more than that is told on the phone
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Report:
    """`signs` are codes of `patients.charts`; `text` is in the patient's words."""

    signs: Sequence[str]
    text: str
    began_at: dt.datetime
    last: LastSession | None = None
    place: str = ""
    picture: Picture | None = None

    def fingerprint(self, patient: Patient) -> str:
        return idempotency.fingerprint(
            patient=patient.pk,
            signs=list(self.signs),
            text=self.text,
            began_at=self.began_at.isoformat(),
            picture=self.picture.sha256 if self.picture else "",
        )


@dataclass(frozen=True)
class TooMany:
    """So many were sent today; the clinic is to be called."""


@dataclass(frozen=True)
class Sent:
    """`event` is the public id of the reaction."""

    event: str


def send(
    *,
    patient: Patient,
    clinic: Clinic,
    report: Report,
    key: str,
    link: PatientLink | None,
    now: dt.datetime,
) -> Sent | TooMany | Refused:
    """Once for each `key`. The picture is in the store before its row is written."""
    by = the_patient(link)
    stored = photos.put(report.picture) if report.picture else None
    answer = _send(
        patient=patient, clinic=clinic, report=report, stored=stored, key=key, by=by, now=now
    )
    if stored is not None and not Photo.objects.filter(file=stored.name).exists():
        store.drop(stored.name, store.small_name(stored.name))
    return answer


@transaction.atomic
def _send(
    *,
    patient: Patient,
    clinic: Clinic,
    report: Report,
    stored: Stored | None,
    key: str,
    by: User,
    now: dt.datetime,
) -> Sent | TooMany | Refused:
    """Behind the patient's row: two at once wait for each other."""
    Patient.objects.select_for_update().only("pk").get(pk=patient.pk)
    asked = report.fingerprint(patient)
    before = idempotency.answered(key=key, by=by, asked=asked)
    if before is not None:
        return before if isinstance(before, Refused) else Sent(**before)
    if _sent_today(patient, now=now) >= MOST_A_DAY:
        return TooMany()
    event = _write(patient, report, by=by, now=now)
    subject = f"adverse:{event.public_id}"
    audit.record("adverse.report", by=by, now=now, clinic=clinic, patient=patient, subject=subject)
    if stored is not None:
        photo = _keep(patient, report, stored, by=by, now=now)
        audit.record(
            "photo.add", by=by, now=now, clinic=clinic, patient=patient, photos=[photo.public_id]
        )
    idempotency.remember(key=key, by=by, asked=asked, answer={"event": event.public_id}, now=now)
    return Sent(event.public_id)


def is_of_a_session(sent: Sent) -> bool:
    """Whether there was one before it began."""
    return AdverseEvent.objects.filter(public_id=sent.event, session__isnull=False).exists()


def _sent_today(patient: Patient, *, now: dt.datetime) -> int:
    return AdverseEvent.objects.filter(
        patient=patient, source=AdverseEvent.Source.PATIENT, reported_at__gt=now - DAY
    ).count()


def _write(patient: Patient, report: Report, *, by: User, now: dt.datetime) -> AdverseEvent:
    """With its lot where the session used one product alone; of several the practitioner says."""
    uses = report.last.uses if report.last else []
    session = report.last.session if report.last else None
    event = AdverseEvent(
        patient=patient,
        session=session,
        product_use=uses[0] if len(uses) == 1 else None,
        source=AdverseEvent.Source.PATIENT,
        noticed_at=report.began_at,
        signs=list(report.signs),
        description=report.text,
        severity="",
        channel="",
        reported_at=now,
        reported_by=by,
    )
    event.hours_since = adverse.hours_since(adverse.began(session), report.began_at)
    event.save()
    return event


def _keep(patient: Patient, report: Report, stored: Stored, *, by: User, now: dt.datetime) -> Photo:
    session = report.last.session if report.last else None
    shot = Shot(report.place, Photo.Moment.AFTER.value, now.date(), session)
    return photos.add(patient=patient, shot=shot, stored=stored, by=by, now=now)
