"""Keys to a patient's own pages: made, found again by their hash, ended. Rows alone, no pages.

The key itself is in the message or the calendar and nowhere else: the database keeps its SHA-256.
"""

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from clinic.models import Appointment, Clinic, Message, PatientLink
from patients.models import Patient

BYTES = 24  # 192 random bits; 128 are asked for
LONGEST_KEY = 64
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
    PatientLink.objects.bulk_create(
        row(key, one, now=now) for key, one in zip(keys, wanted, strict=True)
    )
    return keys


def new_key() -> str:
    return secrets.token_urlsafe(BYTES)


def row(key: str, wanted: Wanted, *, now: dt.datetime) -> PatientLink:
    return PatientLink(
        key_hash=fingerprint(key),
        purpose=wanted.purpose,
        patient=wanted.patient,
        clinic=wanted.clinic,
        message=wanted.message,
        created_at=now,
        expires_at=wanted.expires_at,
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


def revoke(links: Iterable[PatientLink], *, now: dt.datetime) -> int:
    live = PatientLink.objects.filter(pk__in=[link.pk for link in links], revoked_at__isnull=True)
    return live.update(revoked_at=now)


def address_of(key: str) -> str:
    """What stands in a message."""
    return absolute(reverse("patient_link", args=[key]))


def stop_address_of(key: str) -> str:
    """Where a message is unsubscribed from: also for RFC 8058's List-Unsubscribe."""
    return absolute(reverse("patient_stop", args=[key]))


def feed_address_of(key: str) -> str:
    return absolute(reverse("feed", args=[key]))


def absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def shown(key: str) -> str:
    """Enough to tell two keys apart, too little to open anything."""
    return f"{key[:4]}…"
