"""What the desk writes down about reaching a patient: calls, wishes, and a STOP that came back.

Each act with its audit row, in one transaction.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext
from phonenumber_field.phonenumber import PhoneNumber

from clinic import audit, registration
from clinic.models import OPEN, Appointment, Message, PatientCall, StaffMember
from clinic.outbox import links
from clinic.registration import Stale
from patients import contacts
from patients.models import Channel, MessageConsent, Patient, UnusableAddress

WRONG_NUMBER = PatientCall.Outcome.WRONG_NUMBER
Said = tuple[str, str, bool]  # purpose, channel, whether they agree


@transaction.atomic
def write_call(
    *,
    patient: Patient,
    message: Message | None,
    appointment: Appointment | None,
    outcome: str,
    note: str,
    number: str,
    by: StaffMember,
    now: dt.datetime,
) -> PatientCall:
    """`number` is what was rung, as E.164: a stranger's gets no text message from then on."""
    call = PatientCall.objects.create(
        clinic=by.clinic,
        patient=patient,
        message=message,
        appointment=appointment,
        outcome=outcome,
        note=note,
        at=now,
        by=by.user,
    )
    if outcome == WRONG_NUMBER and number:
        answer = gettext("Somebody else answered the phone.")
        contacts.mark_unusable(
            patient=patient, channel=Channel.SMS, address=number, answer=answer, now=now
        )
    audit.record(
        "patient.call",
        by=by.user,
        now=now,
        clinic=by.clinic,
        patient=patient,
        subject=f"message:{message.public_id}" if message else "",
        outcome=outcome,
    )
    return call


@transaction.atomic
def give_page(*, patient: Patient, by: StaffMember, now: dt.datetime) -> str:
    """A link to the patient's page, to be put into their hand; it is not to be had again.

    For whoever is told nothing, or lost it. As long as those of messages about the last visit that
    is booked, and never shorter than a month. The one that was given before ends.
    """
    links.revoke(links.of_no_message(patient), now=now)
    ahead = Appointment.objects.filter(patient=patient, status__in=OPEN).aggregate(
        last=Max("starts_at")
    )
    last: dt.datetime = max(ahead["last"] or now, now)
    key = links.issue(patient=patient, clinic=by.clinic, expires_at=last + links.LIVES, now=now)
    audit.record("patient.link", by=by.user, now=now, clinic=by.clinic, patient=patient)
    return links.address_of(key)


@transaction.atomic
def try_again(*, patient: Patient, mark: int, by: StaffMember, now: dt.datetime) -> bool:
    """The patient says that the address is right which a provider refused (`mark`: primary key)."""
    bad = UnusableAddress.objects.filter(patient=patient, pk=mark).first()
    if bad is None or not contacts.lift(patient=patient, channel=bad.channel, address=bad.address):
        return False
    audit.record(
        "patient.try_again",
        by=by.user,
        now=now,
        clinic=by.clinic,
        patient=patient,
        channel=bad.channel,
    )
    return True


@transaction.atomic
def write_wishes(
    *,
    patient: Patient,
    fields: Mapping[str, Any],
    said: Iterable[Said],
    how: str,
    version: int,
    by: StaffMember,
    now: dt.datetime,
) -> Patient | Stale:
    """Preferred channel and language, and what they agree to; what stood so is not said again."""
    saved = registration.update(patient=patient, fields=fields, version=version, by=by, now=now)
    if isinstance(saved, Stale):
        return saved
    known = contacts.consents_of([patient.pk])[patient.pk].said
    new = [each for each in said if _is_new(known.get(each[:2]), each[2])]
    for purpose, channel, is_given in new:
        contacts.agree(
            patient=patient,
            purpose=purpose,
            channel=channel,
            is_given=is_given,
            how=how,
            by=by.user,
            now=now,
        )
    if new:
        audit.record(
            "patient.agree",
            by=by.user,
            now=now,
            clinic=by.clinic,
            patient=patient,
            how=how,
            given=[f"{purpose}:{channel}" for purpose, channel, given in new if given],
            refused=[f"{purpose}:{channel}" for purpose, channel, given in new if not given],
        )
    return saved


def _is_new(row: MessageConsent | None, is_given: bool) -> bool:
    return row is None or row.is_given != is_given


@transaction.atomic
def stop_texts(*, number: PhoneNumber, now: dt.datetime) -> int:
    """STOP came from this number: nobody who has it gets text messages. Answers how many there are.

    A family may share it, and nobody can tell which of them wrote.
    """
    same = Q(phone=number) | Q(other_phone=number)
    patients = list(Patient.objects.filter(same).order_by("pk"))
    for patient in patients:
        how = MessageConsent.How.STOP
        written = contacts.stop(patient=patient, channel=Channel.SMS, how=how, now=now)
        if written:
            audit.record("patient.stop", by=None, now=now, patient=patient, channel=Channel.SMS)
    return len(patients)
