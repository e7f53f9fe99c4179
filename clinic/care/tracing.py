"""From a lot to everyone who received it: who may ask, for which purpose, and what is written down.

The search goes past the patients in one's care: docs/decisions/0016. Whoever asks states the
purpose once for each lot; of a recalled lot the recall is the purpose. Each patient that is shown
or taken away leaves an audit row of their own.
"""

import datetime as dt
from collections.abc import Iterable

from django.db import models, transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.care.access import REASON_HOLDS
from clinic.care.stock import subject_of
from clinic.requests import StaffRequest
from patients.models import Lot

STATED = "lot_purposes"  # in the session: lot → [purpose, until when]


class Purpose(models.TextChoices):
    RECALL = "recall", _("A recall by the maker or by an authority")
    REACTION = "reaction", _("A reaction that may concern other patients")
    STORAGE = "storage", _("A mistake of storage, dilution or date")
    INSPECTION = "inspection", _("An inspection asks for it")


@transaction.atomic
def state(request: StaffRequest, lot: Lot, *, purpose: str, now: dt.datetime) -> None:
    """Say why; it holds for a working day."""
    stated = request.session.get(STATED, {})
    stated[lot.public_id] = [purpose, (now + REASON_HOLDS).isoformat()]
    request.session[STATED] = stated
    staff = request.staff
    audit.record(
        "lot.trace",
        by=staff.user,
        now=now,
        clinic=staff.clinic,
        subject=subject_of(lot),
        purpose=purpose,
    )


def purpose_of(request: StaffRequest, lot: Lot, *, now: dt.datetime) -> str:
    """Why this person may see who received the lot; empty: they have not said yet."""
    if lot.recalled_at:
        return Purpose.RECALL.value
    purpose, until = request.session.get(STATED, {}).get(lot.public_id, ("", ""))
    ends = parse_datetime(until)
    return purpose if ends and ends > now else ""


def write_down(
    request: StaffRequest, lot: Lot, patients: Iterable[int], *, what: str, now: dt.datetime
) -> None:
    """One row for each of these patients: `what` was done with their line."""
    audit.record_many(
        what,
        patients,
        by=request.staff.user,
        now=now,
        clinic=request.staff.clinic,
        subject=subject_of(lot),
        purpose=purpose_of(request, lot, now=now),
    )
