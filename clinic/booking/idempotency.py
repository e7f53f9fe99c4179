"""The same request twice is one booking: a double click, a retry, an answer that was lost."""

import datetime as dt
import hashlib
import json
from typing import Any

from django.utils.translation import gettext as _

from clinic.booking.asks import Refused
from clinic.models import IdempotencyKey, User

KEPT = dt.timedelta(hours=48)


def fingerprint(**request: Any) -> str:
    """What was asked, as a hash: the same key must not be used for something else."""
    text = json.dumps(request, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def answered(*, key: str, by: User, asked: str) -> dict[str, Any] | Refused | None:
    """The answer already given under this key; None when there is none yet."""
    if not key:
        return None
    row = IdempotencyKey.objects.filter(by=by, key=key).first()
    if row is None:
        return None
    if row.fingerprint != asked:
        return Refused.because(
            "key_reused", _("This form was already sent with other content. Please start again.")
        )
    answer: dict[str, Any] = row.answer
    return answer


def remember(*, key: str, by: User, asked: str, answer: dict[str, Any], now: dt.datetime) -> None:
    """Keep the answer, in the transaction that carried the request out."""
    if key:
        IdempotencyKey.objects.create(
            key=key, by=by, fingerprint=asked, answer=answer, created_at=now
        )


def forget_old(*, now: dt.datetime) -> int:
    deleted, _by_model = IdempotencyKey.objects.filter(created_at__lt=now - KEPT).delete()
    return deleted
