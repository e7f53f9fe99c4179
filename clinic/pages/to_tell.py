"""Whom somebody should ring: messages that did not arrive, and coming patients without a way in.

- *To tell*: what failed, was given up, or perhaps went, while it is still worth saying. Of one
  visit the last, and none once a later one arrived or another try is on its way. Whoever was
  reached by phone about it since leaves the list.
- *Out of reach*: open appointments of the next 14 days whose patient no reminder can get to: no
  usable address, every channel refused, or the last message failed for good. Those of the first
  list are not said twice.

Both are questions to the database, asked when the page is: no job writes them.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinic.models import OPEN, Appointment, Clinic, Message, PatientCall
from clinic.outbox.again import GONE, OF_A_GONE_VISIT, ON_ITS_WAY, takes, useful_until, ways
from clinic.pages.told import UNSAID, why
from patients import contacts
from patients.contacts import Consents, Reach
from patients.models import Channel, MessageConsent, Patient, Purpose, UnusableAddress

Status = Message.Status
REMEMBERED = dt.timedelta(days=60)  # after its time; what is left then is found by `out_of_reach`
LOOKS_AHEAD = dt.timedelta(days=14)
SURELY_MOBILE = ("+336", "+337")
REACHED = PatientCall.Outcome.REACHED

OUT_OF_REACH: dict[str, Promise] = {
    "none": _("No phone and no e-mail."),
    "no-mobile": _("No e-mail and no mobile number."),
    "unusable": _("The address or number was refused for good."),
    "opted-out": _("Wants no messages."),
    "no-texts": _("No e-mail, and this number gets no text messages."),
    "failed": _("The last message did not arrive."),
}


@dataclass(frozen=True)
class ToTell:
    """One patient to ring, about which visit, and why."""

    patient: Patient
    why: str
    message: Message | None
    appointment: Appointment | None
    last_call: PatientCall | None
    may_send: bool  # again, by some channel

    @property
    def is_doubtful(self) -> bool:
        return bool(self.message and self.message.status == Status.DOUBTFUL)

    @property
    def lacks_an_address(self) -> bool:
        return not self.may_send and not self.is_doubtful

    @property
    def has_a_phone(self) -> bool:
        return bool(self.patient.phone or self.patient.other_phone)

    @property
    def starts_at(self) -> dt.datetime | None:
        """Of the visit; a recall tells of none."""
        return self.appointment.starts_at if self.appointment else None


# --- Messages that did not arrive ----------------------------------------------------------------


def to_tell(clinic: Clinic, *, now: dt.datetime) -> QuerySet[Message]:
    """What comes soonest first."""
    calls = PatientCall.objects.filter(outcome=REACHED).filter(
        Q(message=OuterRef("pk"))
        | Q(appointment=OuterRef("appointment"), at__gte=OuterRef("due_at"))
    )
    gone = Q(appointment__status__in=GONE) & ~Q(kind__in=OF_A_GONE_VISIT)
    return (
        clinic.messages.filter(UNSAID, merged_into=None, due_at__gt=now - REMEMBERED)
        .filter(Q(starts_at__gt=now) | Q(useful_until__gt=now))
        .exclude(gone)
        .exclude(Exists(_another_round()))
        .exclude(Exists(_heard_later()))
        .exclude(Exists(calls))
        .order_by("starts_at", "pk")
    )


def _another_round() -> QuerySet[Message]:
    """The same said once more: it is on its way or arrived, or that one did not either."""
    same = Message.objects.filter(kind=OuterRef("kind"), days=OuterRef("days")).filter(
        Q(appointment=OuterRef("appointment"))
        | Q(appointment=None, session=OuterRef("session"), starts_at=OuterRef("starts_at"))
    )
    on_its_way_or_there = Q(status__in=[Status.ACCEPTED, *ON_ITS_WAY])
    return same.filter(on_its_way_or_there | (UNSAID & Q(pk__gt=OuterRef("pk"))))


def _heard_later() -> QuerySet[Message]:
    """Something about the same visit that arrived since; or did not, and stands here for both."""
    later = Q(due_at__gt=OuterRef("due_at")) | Q(due_at=OuterRef("due_at"), pk__gt=OuterRef("pk"))
    of_visit = Message.objects.filter(appointment=OuterRef("appointment"))
    return of_visit.filter(later, Q(status=Status.ACCEPTED) | UNSAID)


def rows(messages: QuerySet[Message], *, now: dt.datetime) -> list[ToTell]:
    """Four queries, however many rows."""
    found = list(messages.select_related("clinic", "patient", "appointment").defer("text"))
    said = contacts.consents_of({message.patient_id for message in found})
    calls = last_calls(message.patient for message in found)
    return [
        ToTell(
            message.patient,
            why(message),
            message,
            message.appointment,
            calls.get(message.patient_id),
            may_send(message, said[message.patient_id], now=now),
        )
        for message in found
    ]


def may_send(message: Message, said: Consents, *, now: dt.datetime) -> bool:
    is_over = useful_until(message, now=now) <= now
    return not is_over and bool(ways(message, said=said))


def last_calls(patients: Iterable[Patient]) -> dict[int, PatientCall]:
    """By patient."""
    found = PatientCall.objects.filter(patient__in={patient.pk for patient in patients})
    return {call.patient_id: call for call in found.order_by("at", "pk")}


# --- Patients whom no message can get to ---------------------------------------------------------


def out_of_reach(clinic: Clinic, *, now: dt.datetime) -> list[ToTell]:
    """What comes soonest first. Five queries, however many rows."""
    failing = _failing(clinic, now=now)
    coming = list(_doubtful_visits(clinic, failing, now=now))
    said = contacts.consents_of({visit.patient_id for visit in coming})
    reasons = {
        visit.pk: _why(visit.patient, clinic, said[visit.patient_id], visit.patient_id in failing)
        for visit in coming
    }
    shown = [visit for visit in coming if reasons[visit.pk]]
    calls = last_calls(visit.patient for visit in shown)
    return [
        ToTell(
            visit.patient,
            str(OUT_OF_REACH[reasons[visit.pk]]),
            None,
            visit,
            calls.get(visit.patient_id),
            may_send=False,
        )
        for visit in shown
    ]


def _failing(clinic: Clinic, *, now: dt.datetime) -> set[int]:
    """Patients whose last message failed for good."""
    since = now - REMEMBERED
    failed = clinic.messages.filter(status=Status.FAILED, due_at__gt=since)
    settled = clinic.messages.filter(
        status__in=[Status.ACCEPTED, Status.FAILED],
        due_at__gt=since,
        patient__in=failed.order_by().values("patient"),
    )
    last = dict(settled.order_by("settled_at", "pk").values_list("patient", "status"))
    return {patient for patient, status in last.items() if status == Status.FAILED}


def _doubtful_visits(
    clinic: Clinic, failing: set[int], *, now: dt.datetime
) -> QuerySet[Appointment]:
    """Coming visits, without those whose patient surely gets messages: most of them."""
    refused = MessageConsent.objects.filter(purpose=Purpose.REMINDER, is_given=False)
    unusable = UnusableAddress.objects.order_by()
    in_doubt = (
        (Q(patient__email="") & ~_surely_mobile(clinic))
        | Q(patient__in=failing)
        | Q(patient__in=refused.order_by().values("patient"))
        | Q(patient__in=unusable.values("patient"))
    )
    told = PatientCall.objects.filter(outcome=REACHED, appointment=OuterRef("pk"))
    listed = to_tell(clinic, now=now).filter(appointment__isnull=False).order_by()
    return (
        clinic.appointments.filter(
            in_doubt, status__in=OPEN, starts_at__gt=now, starts_at__lte=now + LOOKS_AHEAD
        )
        .exclude(Exists(told))
        .exclude(pk__in=listed.values("appointment"))
        .select_related("patient")
        .order_by("starts_at", "pk")
    )


def _surely_mobile(clinic: Clinic) -> Q:
    """A French mobile as the first number of the record: no table of numbers is asked."""
    found = Q(pk__in=[])
    for start in SURELY_MOBILE:
        if takes(clinic, Reach(Channel.SMS, start)):
            found |= Q(patient__phone__startswith=start)
    return found


def _why(patient: Patient, clinic: Clinic, said: Consents, has_failed: bool) -> str:
    """A code of `OUT_OF_REACH`; empty: a reminder gets there."""
    if not any(contacts.ways(patient)):
        return "no-mobile" if patient.is_reachable else "none"
    usable = list(contacts.ways(patient, said))
    allowed = contacts.reach(patient, Purpose.REMINDER, said=said)
    if not allowed:
        return "opted-out" if usable else "unusable"
    if not any(takes(clinic, way) for way in allowed):
        return "no-texts"
    return "failed" if has_failed else ""


# --- Both, to be rung one after the other --------------------------------------------------------


def everyone(clinic: Clinic, *, now: dt.datetime) -> Sequence[ToTell]:
    """The call list: what did not arrive, then who is out of reach."""
    return [*rows(to_tell(clinic, now=now), now=now), *out_of_reach(clinic, now=now)]
