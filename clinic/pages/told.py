"""What was said to patients, and what will be: the list, one message, and why one was not sent.

Reception reads all of it, and nothing in it is about health: kinds have neutral names, and texts
are sent without a word of care.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinic import states
from clinic.models import Appointment, Clinic, Kind, Message, PatientCall
from clinic.outbox import reasons
from clinic.outbox.again import ON_ITS_WAY, like, unreachable, ways, why_not
from clinic.states import LOST, NEWS
from patients.models import Patient

Status = Message.Status
LATEST = 5  # on the patient's page
KEY = re.compile(r"(\b[^\s/]+/(?:[^\s/]+/)*)[\w-]{16,}")  # whatever could open a page
MASK = "…"

# The codes of `Message.reason`, as the desk would say them.
REASONS: dict[str, Promise] = {
    reasons.NO_ADDRESS: _("No usable e-mail address or mobile number."),
    reasons.OPTED_OUT: _("The patient wants no such messages."),
    reasons.REFUSED: _("The address or number was refused for good."),
    reasons.GAVE_UP: _("Tried several times, without success."),
    reasons.TOO_LATE: _("It could not go in time to be of use."),
    reasons.PAST: _("The appointment was over."),
    reasons.MOVED: _("The appointment was moved."),
    reasons.VISIT_CANCELLED: _("The appointment was cancelled."),
    reasons.ABSENT: _("The patient did not come."),
    reasons.NOT_NEEDED: _("It was not needed any more."),
    reasons.OTHER_CHANNEL: _("The patient was told the same by the other channel."),
    reasons.BUDGET: _("The day’s number of text messages was used up."),
    reasons.PREFIX: _("Text messages do not go to numbers of this country."),
    reasons.WORDING: _("Its text could not be put together: the clinic’s own wording has a fault."),
}
# What the desk calls each kind: shorter than in the settings, and as neutral.
KINDS: dict[str, Promise] = {
    Kind.BOOKED: _("Confirmation"),
    Kind.EARLY: _("Reminder, a week before"),
    Kind.REMINDER: _("Reminder, some days before"),
    Kind.EVE: _("Reminder, the day before"),
    Kind.DAY: _("Word for the day itself"),
    Kind.MOVED: _("New hour"),
    Kind.CANCELLED: _("Cancellation"),
    Kind.AFTERCARE: _("After the visit"),
    Kind.CHECK_IN: _("How are you?"),
    Kind.RECALL: _("Recall, ahead of time"),
    Kind.RECALL_DUE: _("Recall, now"),
}
DOUBT: Promise = _("The sending broke off on the way: perhaps it arrived.")

UNSAID = (
    Q(status__in=[Status.FAILED, Status.DOUBTFUL])
    | Q(status=Status.CANCELLED, reason__in=sorted(LOST))
    | Q(status=Status.CANCELLED, reason=reasons.OPTED_OUT, kind__in=NEWS)
)
# What the list may be narrowed to. Without any: all that was to be said until now.
STATES: dict[str, Q] = {
    "sent": Q(status=Status.ACCEPTED),
    "unsent": UNSAID & ~Q(status=Status.DOUBTFUL),
    "doubtful": Q(status=Status.DOUBTFUL),
    "planned": Q(status__in=ON_ITS_WAY),
    "unneeded": Q(status=Status.CANCELLED) & ~UNSAID,
}


@dataclass(frozen=True)
class Asked:
    """What the list is narrowed to; empty means everything."""

    state: str = ""
    kind: str = ""
    channel: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None  # excluded
    patients: QuerySet[Patient] | None = None


@dataclass(frozen=True)
class Detail:
    message: Message
    rounds: Sequence[Message]  # what says the same, by whatever channel; this one among them
    merged: Sequence[Message]  # sent in the same text
    calls: Sequence[PatientCall]
    channels: Sequence[str]  # by which it may be sent again
    not_again: str  # else why not
    text: str


def kind(message: Message) -> str:
    return str(KINDS[message.kind])


def why(message: Message) -> str:
    """One sentence; nothing while it waits and once it went."""
    if message.status == Status.DOUBTFUL:
        return str(DOUBT)
    if message.status in {Status.ACCEPTED, Status.DUE, Status.CLAIMED}:
        return ""
    return str(REASONS.get(message.reason, ""))


def is_lost(message: Message) -> bool:
    """The patient does not know, or perhaps not."""
    return message.status in {Status.FAILED, Status.DOUBTFUL} or states.is_lost(message)


def masked(text: str) -> str:
    """Without the keys of links: whoever reads it here must not get in as the patient."""
    return KEY.sub(rf"\g<1>{MASK}", text)


def listed(clinic: Clinic, asked: Asked, *, now: dt.datetime) -> QuerySet[Message]:
    """The newest first; what is planned, the next first."""
    # What was never due, as its visit was moved or cancelled first, says nothing to anybody.
    until_now = Q(due_at__lte=now) | ~Q(status__in=(*ON_ITS_WAY, Status.CANCELLED))
    rows = clinic.messages.filter(STATES.get(asked.state, until_now))
    same = {"kind": asked.kind, "channel": asked.channel, "due_at__gte": asked.since}
    same["due_at__lt"] = asked.until
    rows = rows.filter(**{name: value for name, value in same.items() if value})
    if asked.patients is not None:
        rows = rows.filter(patient__in=asked.patients.order_by().values("pk"))
    order = ("due_at", "pk") if asked.state == "planned" else ("-due_at", "-pk")
    return rows.select_related("patient").defer("text").order_by(*order)


def of_patient(patient: Patient, clinic: Clinic, *, now: dt.datetime) -> list[Message]:
    """The latest of what was to be said until now. One query."""
    asked = Asked(patients=Patient.objects.filter(pk=patient.pk))
    return list(listed(clinic, asked, now=now)[:LATEST])


def of_appointment(appointment: Appointment) -> list[Message]:
    """What was and will be said of it, in the order of time. One query."""
    return list(appointment.messages.defer("text").order_by("due_at", "pk"))


def messages(clinic: Clinic) -> QuerySet[Message]:
    return clinic.messages.select_related("clinic", "patient", "appointment", "merged_into")


def detail(message: Message, *, now: dt.datetime) -> Detail:
    """Six queries."""
    leading = message.merged_into or message
    together = Message.objects.filter(Q(merged_into=leading) | Q(pk=leading.pk))
    merged = list(together.exclude(pk=message.pk).select_related("appointment").defer("text"))
    calls = list(message.calls.select_related("by"))
    rounds = list(like(message).defer("text").order_by("planned_at", "pk"))
    text = masked(leading.text if message.merged_into else message.text)
    channels, not_again = _channels(message, now=now)
    return Detail(message, rounds, merged, calls, channels, not_again, text)


def _channels(message: Message, *, now: dt.datetime) -> tuple[list[str], str]:
    """Those by which it may be sent again, or why it may not."""
    found: list[str] = [way.channel for way in ways(message)]
    refusal = why_not(message, now=now) or (None if found else unreachable())
    return ([], refusal.message) if refusal else (found, "")
