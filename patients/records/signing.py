"""Signing: the draft becomes fixed, and is sealed. `clinic.signing` does what stands around it."""

import datetime as dt

from patients.actor import Actor
from patients.models import Seal, SessionRecord
from patients.records.drafts import Overtaken
from patients.records.seals import seal


def sign(*, record: SessionRecord, by: Actor, now: dt.datetime) -> Seal:
    """Sign exactly this version; Overtaken, and nothing written, where it is no draft any more.

    Call it in the transaction that saved what was shown to who signs, as its last writes.
    """
    signed = SessionRecord.objects.filter(
        pk=record.pk, version=record.version, status=SessionRecord.Status.DRAFT
    ).update(status=SessionRecord.Status.SIGNED, signed_at=now, signed_by=by)
    if signed != 1:
        raise Overtaken
    record.status, record.signed_at, record.signed_by = SessionRecord.Status.SIGNED, now, by
    return seal(record, by=by, now=now)
