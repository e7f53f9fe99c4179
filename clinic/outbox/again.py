"""What the desk does about a message by hand: send it again, or say that it arrived after all."""

import datetime as dt

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import Appointment, Clinic, Kind, Message, User
from patients import contacts
from patients.contacts import Consents, Reach
from patients.models import Channel
from patients.refusal import Refusal

Status = Message.Status
GONE = (Appointment.Status.CANCELLED, Appointment.Status.ENTERED_IN_ERROR)
OF_A_GONE_VISIT = (Kind.CANCELLED,)  # what is still worth saying of it
ON_ITS_WAY = (*Message.WAITING, Status.CLAIMED)


def again(*, message: Message, by: User, now: dt.datetime, channel: str = "") -> Message | Refusal:
    """A new round of it, due now, by the same channel or the one that is named; and of what left in
    the same letter, as far as it still says something."""
    channel = channel or message.channel
    with transaction.atomic():
        before = Message.objects.select_for_update().get(pk=message.pk)
        if refusal := _refusal(before, channel, now=now):
            return refusal
        made = _round(before, channel, now=now)
        for other in before.merged.select_related("appointment", "patient", "clinic"):
            if _refusal(other, channel, now=now) is None:
                _round(other, channel, now=now)
        _write_down("message.again", made, by=by, now=now)
    return made


def received(*, message: Message, by: User, now: dt.datetime) -> Message | Refusal:
    """A doubtful one arrived: the patient said so. What left in the same parcel did too."""
    with transaction.atomic():
        changed = _parcel(message).update(status=Status.ACCEPTED, settled_at=now)
        if not changed:
            return Refusal("settled", _("This message was settled meanwhile."))
        message.refresh_from_db()
        _write_down("message.received", message, by=by, now=now)
    return message


def _parcel(message: Message) -> QuerySet[Message]:
    """It, and those that one sender began to hand over with it."""
    together = Q(pk=message.pk)
    if message.begun_at:
        same = {"patient": message.patient_id, "channel": message.channel}
        together |= Q(begun_at=message.begun_at, claimed_by=message.claimed_by, **same)
    return Message.objects.filter(together, status=Status.DOUBTFUL)


def like(message: Message) -> QuerySet[Message]:
    """All rounds of what it says, by whatever channel."""
    of_visit = {"appointment": message.appointment_id, "days": message.days}
    of_session = {
        "appointment": None,
        "session": message.session_id,
        "starts_at": message.starts_at,
    }
    same = of_visit if message.appointment_id else of_session
    return Message.objects.filter(kind=message.kind, patient=message.patient_id, **same)


def ways(message: Message, *, said: Consents | None = None) -> list[Reach]:
    """How its patient may be told what it says, the preferred way first."""
    found = contacts.reach(message.patient, message.purpose, said=said)
    return [way for way in found if takes(message.clinic, way)]


def takes(clinic: Clinic, way: Reach) -> bool:
    """Whether the clinic sends by this channel to this address."""
    if way.channel != Channel.SMS:
        return True
    return clinic.sends_texts and way.address.startswith(tuple(clinic.text_prefixes.split()))


def useful_until(message: Message, *, now: dt.datetime) -> dt.datetime:
    """The visit itself, once the time of the message is over."""
    return message.useful_until if message.useful_until > now else message.starts_at


def why_not(message: Message, *, now: dt.datetime) -> Refusal | None:
    """What speaks against sending it again, whatever the channel."""
    visit = message.appointment
    if visit and visit.status in GONE and message.kind not in OF_A_GONE_VISIT:
        return Refusal("cancelled", _("This appointment was cancelled: nothing was sent."))
    if useful_until(message, now=now) <= now:
        return Refusal("past", _("This is over: a message would come too late."))
    if like(message).filter(status__in=ON_ITS_WAY).exists():
        return Refusal("on-its-way", _("It is on its way already."))
    return None


def _refusal(message: Message, channel: str, *, now: dt.datetime) -> Refusal | None:
    if refusal := why_not(message, now=now):
        return refusal
    if channel not in {way.channel for way in ways(message)}:
        return unreachable()
    return None


def unreachable() -> Refusal:
    return Refusal(
        "unreachable",
        _("There is no usable address for it, or the patient wants no such messages."),
    )


def _round(message: Message, channel: str, *, now: dt.datetime) -> Message:
    last = like(message).aggregate(last=Max("round"))["last"]
    return Message.objects.create(
        clinic_id=message.clinic_id,
        patient_id=message.patient_id,
        appointment_id=message.appointment_id,
        session_id=message.session_id,
        kind=message.kind,
        channel=channel,
        starts_at=message.starts_at,
        days=message.days,
        round=last + 1,
        due_at=now,
        next_try_at=now,
        useful_until=useful_until(message, now=now),
        planned_at=now,
    )


def _write_down(action: str, message: Message, *, by: User, now: dt.datetime) -> None:
    audit.record(
        action,
        by=by,
        now=now,
        clinic=message.clinic,
        patient=message.patient,
        subject=f"message:{message.public_id}",
        kind=message.kind,
        channel=message.channel,
    )
