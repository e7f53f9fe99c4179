"""Keys to a patient's own pages: made, found again by their hash, ended. Rows alone, no pages.

The key itself is in the message or the calendar and nowhere else: the database keeps its SHA-256.
"""

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet
from django.urls import reverse

from clinic.models import Appointment, Clinic, Message, PatientLink
from patients.models import Patient

BYTES = 24  # 192 random bits; 128 are asked for
LONGEST_KEY = 64
LIVES = dt.timedelta(days=30)  # after the visit: the advice that follows it is read by then
Purpose = PatientLink.Purpose


@dataclass(frozen=True)
class Wanted:
    """A link to be made."""

    patient: Patient
    clinic: Clinic
    expires_at: dt.datetime | None
    message: Message | None = None
    purpose: str = Purpose.PAGE


def issue(
    *,
    patient: Patient,
    clinic: Clinic,
    purpose: str = Purpose.PAGE,
    message: Message | None = None,
    expires_at: dt.datetime | None,
    now: dt.datetime,
) -> str:
    """A new key; it is not to be had again."""
    (key,) = issue_many([Wanted(patient, clinic, expires_at, message, purpose)], now=now)
    return key


def issue_many(wanted: Sequence[Wanted], *, now: dt.datetime) -> list[str]:
    """The keys in the same order. One statement."""
    keys = [new_key() for _one in wanted]
    write(keys, wanted, now=now)
    return keys


def new_key() -> str:
    return secrets.token_urlsafe(BYTES)


def write(keys: Sequence[str], wanted: Sequence[Wanted], *, now: dt.datetime) -> None:
    """The rows of keys that are known already. By hand, since one is written for each message."""
    if not keys:
        return
    rows = [values(key, one, now=now) for key, one in zip(keys, wanted, strict=True)]
    places = ", ".join([f"({', '.join(['%s'] * len(rows[0]))})"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN.format(rows=places), [value for row in rows for value in row])


WRITTEN = """
    INSERT INTO clinic_patientlink (key_hash, purpose, patient_id, clinic_id, message_id,
    created_at, expires_at, wrong_tries) VALUES {rows}
"""


def values(key: str, wanted: Wanted, *, now: dt.datetime) -> tuple[Any, ...]:
    """The columns of `WRITTEN`; every other one is NULL."""
    moment = connection.ops.adapt_datetimefield_value
    return (
        fingerprint(key),
        str(wanted.purpose),
        wanted.patient.pk,
        wanted.clinic.pk,
        wanted.message.pk if wanted.message else None,
        moment(now),
        moment(wanted.expires_at),
        0,
    )


def fingerprint(key: str) -> str:
    """No salt: a key is random enough that nobody tries them all."""
    return hashlib.sha256(key.encode()).hexdigest()


def find(key: str, *, purpose: str, now: dt.datetime) -> PatientLink | None:
    """The link that this key opens just now; None where it opens nothing of this purpose."""
    link = known(key)
    return link if link and link.purpose == purpose and is_open(link, now=now) else None


def known(key: str) -> PatientLink | None:
    """The link of this key, also one that opens nothing any more."""
    if len(key) > LONGEST_KEY:
        return None
    rows = PatientLink.objects.select_related("patient", "clinic", "message")
    return rows.filter(key_hash=fingerprint(key)).first()


def is_open(link: PatientLink, *, now: dt.datetime) -> bool:
    return link.revoked_at is None and (link.expires_at is None or now < link.expires_at)


def revoke_for(appointments: Iterable[Appointment | int], *, now: dt.datetime) -> int:
    """End every link of a message about these appointments, or of one that others merged into."""
    about = list(appointments)
    own = Q(message__appointment__in=about) | Q(message__merged__appointment__in=about)
    live = PatientLink.objects.filter(own, revoked_at__isnull=True).order_by().values("pk")
    return PatientLink.objects.filter(pk__in=list(live.values_list("pk", flat=True))).update(
        revoked_at=now
    )


def of_no_message(patient: Patient) -> QuerySet[PatientLink]:
    """To the patient's page, given by hand or made while they were on it."""
    return PatientLink.objects.filter(patient=patient, purpose=Purpose.PAGE, message=None)


def revoke(links: Iterable[PatientLink], *, now: dt.datetime) -> int:
    live = PatientLink.objects.filter(pk__in=[link.pk for link in links], revoked_at__isnull=True)
    return live.update(revoked_at=now)


def address_of(key: str) -> str:
    """What stands in a message."""
    return absolute("patient_link", key)


def stop_address_of(key: str) -> str:
    """Where a message is unsubscribed from: also for RFC 8058's List-Unsubscribe."""
    return absolute("patient_stop", key)


def feed_address_of(key: str) -> str:
    return absolute("feed", key)


def absolute(route: str, key: str) -> str:
    """Found once and filled in: a key is made of letters that an address holds as they are."""
    return settings.SITE_URL + path_of(route).replace(PLACE, key)


PLACE = "KEY"


@cache
def path_of(route: str) -> str:
    """Where this page is, `PLACE` standing for the key."""
    return reverse(route, args=[PLACE])


def shown(key: str) -> str:
    """Enough to tell two keys apart, too little to open anything."""
    return f"{key[:4]}…"
