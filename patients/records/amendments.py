"""What was found wrong or missing after signing: said beside the original, never in it."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from patients.actor import Actor
from patients.models import Amendment, SessionRecord
from patients.records.content import unwritable
from patients.records.seals import seal


def amend(
    *, record: SessionRecord, text: str, reason: str, by: Actor, now: dt.datetime
) -> Amendment:
    """Add an amendment to a signed record, and seal it. ValidationError, by field."""
    validate_amendment(record, text, reason)
    with transaction.atomic():
        amendment = Amendment.objects.create(record=record, text=text, reason=reason, at=now, by=by)
        seal(amendment, by=by, now=now)
    return amendment


def validate_amendment(record: SessionRecord, text: str, reason: str) -> None:
    found: dict[str, str] = {}
    for name, value in (("text", text), ("reason", reason)):
        if not value.strip():
            found[name] = _("Say it in words.")
        elif problem := unwritable(value):
            found[name] = problem
    if len(reason) > Amendment._meta.get_field("reason").max_length:  # type: ignore[operator]
        found["reason"] = _("At most 200 characters.")
    if not SessionRecord.objects.filter(pk=record.pk, status="signed").exists():
        found["text"] = _("A draft is corrected in itself; only a signed record is amended.")
    if found:
        raise ValidationError(found)
