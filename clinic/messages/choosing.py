"""What a clinic chooses about its messages: when each kind goes, and in which words."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from clinic import audit
from clinic.messages.which import Which
from clinic.models import Clinic, MessageRule, MessageText, StaffMember
from clinic.outbox.timing import Timing


@transaction.atomic
def set_rules(
    *, by: StaffMember, kind: str, protocol: str, timings: Iterable[Timing], now: dt.datetime
) -> None:
    """In place of what stood before. `protocol`: a slug, "" for all of the clinic's."""
    clinic = _one_at_a_time(by.clinic)
    MessageRule.objects.filter(clinic=clinic, kind=kind, protocol=protocol).delete()
    rows = [
        MessageRule(
            clinic=clinic, kind=kind, protocol=protocol, is_on=each.is_on, days=each.days,
            at_minute=each.at_minute,
        )
        for each in timings
    ]  # fmt: skip
    MessageRule.objects.bulk_create(rows)
    detail = [[row.days, row.at_minute, row.is_on] for row in rows]
    audit.record(
        "message_rule.set", by=by.user, now=now, clinic=clinic, subject=kind, protocol=protocol,
        rules=detail,
    )  # fmt: skip


@transaction.atomic
def reset_rules(*, by: StaffMember, kind: str, protocol: str, now: dt.datetime) -> None:
    """Back to the clinic's own for a protocol, to the house's for the clinic."""
    clinic = _one_at_a_time(by.clinic)
    rows = MessageRule.objects.filter(clinic=clinic, kind=kind, protocol=protocol)
    if rows.delete()[0]:
        audit.record(
            "message_rule.reset", by=by.user, now=now, clinic=clinic, subject=kind,
            protocol=protocol,
        )  # fmt: skip


@transaction.atomic
def set_text(
    *, by: StaffMember, which: Which, subject: str = "", text: str, now: dt.datetime
) -> MessageText:
    clinic = _one_at_a_time(by.clinic)
    row, _made = MessageText.objects.update_or_create(
        clinic=clinic, **which.fields, defaults={"subject": subject, "text": text}
    )
    audit.record("message_text.set", by=by.user, now=now, clinic=clinic, **which.audited)
    return row


@transaction.atomic
def reset_text(*, by: StaffMember, which: Which, now: dt.datetime) -> None:
    """Back to the house's words."""
    clinic = _one_at_a_time(by.clinic)
    if MessageText.objects.filter(clinic=clinic, **which.fields).delete()[0]:
        audit.record("message_text.reset", by=by.user, now=now, clinic=clinic, **which.audited)


def _one_at_a_time(clinic: Clinic) -> Clinic:
    """Two managers who save at once do so one after the other."""
    return Clinic.objects.select_for_update().get(pk=clinic.pk)
