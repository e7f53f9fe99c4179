"""What patients were told of late, what did not reach them, and whom the desk rang.

Past only: what is still to be said is planned as it is in life.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from random import Random

from django.utils import translation

from clinic import wording
from clinic.demo.lives import DAY, HOUR
from clinic.demo.rows import BATCH, Writer
from clinic.models import OPEN, Appointment, AuditEntry, Kind, Message, PatientCall
from clinic.outbox import hours, reasons
from clinic.outbox.again import takes
from patients import contacts
from patients.models import Channel, MessageConsent

LOOKS_BACK = 14 * DAY
REMINDED = ((Kind.REMINDER, 3), (Kind.EVE, 1))  # days before, at ten
MINUTE = HOUR / 60
GONE_IN = 20 * MINUTE / 60  # from being due to being taken by the provider
Status = Message.Status
GREETING = {"fr": "Bonjour,", "en": "Hello,"}
SENTENCES = {
    ("fr", Kind.BOOKED): "votre rendez-vous est noté",
    ("fr", Kind.REMINDER): "nous vous attendons",
    ("fr", Kind.EVE): "à demain",
    ("en", Kind.BOOKED): "your appointment is booked",
    ("en", Kind.REMINDER): "we are expecting you",
    ("en", Kind.EVE): "see you tomorrow",
}
# What became of the last messages about the next visits, one each.
FATES = (
    (Status.FAILED, reasons.REFUSED, "550 5.1.1 No such mailbox here"),
    (Status.DOUBTFUL, "", ""),
    (Status.FAILED, reasons.GAVE_UP, "451 4.7.1 Please try again later"),
    (Status.FAILED, reasons.TOO_LATE, ""),
)
CALLS = (
    (PatientCall.Outcome.REACHED, "Confirme sa venue"),
    (PatientCall.Outcome.LEFT_WORD, "Rappelle après 17 h"),
    (PatientCall.Outcome.NO_ANSWER, ""),
    (PatientCall.Outcome.REACHED, ""),
)


class Told:
    """The messages of the last two weeks, as rows."""

    def __init__(self, rng: Random, writer: Writer, *, now: dt.datetime) -> None:
        self.rng, self.house, self.now = rng, writer.house, now
        self.visits = sorted(
            (row for row in writer.rows.values() if self.is_recent(row)),
            key=lambda row: (row.starts_at, row.pk),
        )

    def is_recent(self, visit: Appointment) -> bool:
        return self.now - LOOKS_BACK < visit.starts_at < self.now + 3 * DAY

    def write(self) -> int:
        messages = [row for visit in self.visits for row in self.about(visit)]
        self.spoil(messages)
        Message.objects.bulk_create(messages, BATCH)
        self.merge(messages)
        spoilt = [row for row in messages if row.status != Status.ACCEPTED]
        self.mark_unusable(spoilt)
        self.stop(messages)
        self.ring()
        return len(messages)

    # --- Sent ----------------------------------------------------------------------------------

    def about(self, visit: Appointment) -> Iterator[Message]:
        """Its confirmation and its reminders, as long as it stood."""
        way = way_to(visit)
        for kind, days, due_at in self.times(visit):
            is_off = visit.status == "cancelled" and visit.changed_at <= due_at
            if due_at >= self.now or is_off:
                continue
            if way is not None:
                yield self.sent(visit, way, kind, days, due_at)
            else:
                yield unsent(visit, kind, days, due_at)

    def times(self, visit: Appointment) -> Iterator[tuple[Kind, int, dt.datetime]]:
        booked_at = visit.booked_at.astimezone(visit.clinic.zone)
        if visit.clinic.messages_from_hour <= booked_at.hour < visit.clinic.messages_until_hour:
            yield Kind.BOOKED, 0, visit.booked_at
        local = visit.starts_at.astimezone(visit.clinic.zone)
        for kind, days in REMINDED:
            ten = hours.at(visit.clinic, local.date() - days * DAY, 10 * 60)
            due_at = hours.earlier(visit.clinic, ten)
            if due_at > visit.booked_at + DAY:
                yield kind, days, due_at

    def sent(
        self, visit: Appointment, way: contacts.Reach, kind: Kind, days: int, due_at: dt.datetime
    ) -> Message:
        went_at = min(due_at + self.rng.uniform(0.5, 3) * GONE_IN, self.now)
        row = planned(visit, kind, way.channel, days, due_at)
        row.status, row.settled_at, row.attempts, row.parts = Status.ACCEPTED, went_at, 1, 1
        row.sent_to, row.language = way.address, visit.patient.language
        row.subject, row.text = words(visit, kind, way.channel)
        row.provider_id = f"demo-{self.rng.getrandbits(48):012x}"
        return row

    def merge(self, messages: Sequence[Message]) -> None:
        """The confirmations of one series left in one letter: the first carries it."""
        together: dict[tuple[int, dt.datetime], list[Message]] = defaultdict(list)
        for row in messages:
            if row.kind == Kind.BOOKED and row.status == Status.ACCEPTED:
                together[row.patient_id, row.due_at].append(row)
        for carrier, *others in together.values():
            for row in others:
                row.merged_into = carrier
        merged = [row for row in messages if row.merged_into_id]
        Message.objects.bulk_update(merged, ["merged_into"], BATCH)

    # --- Not sent --------------------------------------------------------------------------------

    def spoil(self, messages: Sequence[Message]) -> None:
        """The last message about each of the next visits of four patients did not get there."""
        last: dict[int, Message] = {}
        for row in messages:
            visit = row.appointment
            is_coming = visit and visit.status in OPEN and visit.starts_at > self.now
            if is_coming and row.status == Status.ACCEPTED:
                last[row.patient_id] = row
        by_mail = sorted(last.values(), key=lambda row: row.channel != Channel.EMAIL)
        for row, (status, reason, answer) in zip(by_mail, FATES, strict=False):
            row.status, row.reason, row.answer = status, reason, answer
            row.text = row.subject = row.provider_id = row.sent_to = ""
            row.parts, row.attempts = 0, 1 if answer else 0
            if status == Status.DOUBTFUL:
                row.begun_at, row.settled_at = row.settled_at, None
                row.doubted_at = min(row.due_at + 4 * MINUTE, self.now)

    def mark_unusable(self, spoilt: Iterable[Message]) -> None:
        for row in spoilt:
            if row.reason == reasons.REFUSED and row.settled_at:
                way = way_to(row.appointment) if row.appointment else None
                contacts.mark_unusable(
                    patient=row.patient,
                    channel=row.channel,
                    address=way.address if way else row.patient.email,
                    answer=row.answer,
                    now=row.settled_at,
                )

    # --- Said back, and rung ---------------------------------------------------------------------

    def stop(self, messages: Sequence[Message]) -> None:
        """One patient wants no text messages any more."""
        texted = [
            row
            for row in messages
            if row.channel == Channel.SMS and row.status == Status.ACCEPTED and row.settled_at
        ]
        if not texted:
            return
        row = self.rng.choice(texted)
        at = min(row.settled_at + HOUR / 4, self.now) if row.settled_at else self.now
        contacts.stop(patient=row.patient, channel=Channel.SMS, how=MessageConsent.How.STOP, now=at)
        AuditEntry.objects.create(
            at=at, action="patient.stop", patient=row.patient, detail={"channel": "sms"}
        )

    def ring(self) -> None:
        """Calls about visits that are over: who did not come was rung."""
        missed = [visit for visit in self.visits if visit.status == "noshow"]
        calls = [
            PatientCall(
                clinic=visit.clinic,
                patient=visit.patient,
                appointment=visit,
                outcome=outcome,
                note=note,
                at=min(visit.changed_at + HOUR, self.now),
                by=self.house.receptionist,
            )
            for visit, (outcome, note) in zip(reversed(missed), CALLS, strict=False)
        ]
        PatientCall.objects.bulk_create(calls)
        AuditEntry.objects.bulk_create(
            AuditEntry(
                at=call.at,
                by=call.by,
                clinic=call.clinic,
                action="patient.call",
                patient=call.patient,
                detail={"outcome": str(call.outcome)},
            )
            for call in calls
        )


def planned(
    visit: Appointment, kind: Kind, channel: str, days: int, due_at: dt.datetime
) -> Message:
    return Message(
        clinic=visit.clinic,
        patient=visit.patient,
        appointment=visit,
        session_id=visit.session_id,
        kind=kind,
        channel=channel,
        starts_at=visit.starts_at,
        days=days,
        due_at=due_at,
        next_try_at=due_at,
        useful_until=visit.starts_at,
        planned_at=visit.booked_at,
    )


def unsent(visit: Appointment, kind: Kind, days: int, due_at: dt.datetime) -> Message:
    """There was nowhere to send it."""
    row = planned(visit, kind, Channel.EMAIL, days, due_at)
    row.status, row.settled_at, row.reason = Status.CANCELLED, due_at, reasons.NO_ADDRESS
    return row


def way_to(visit: Appointment) -> contacts.Reach | None:
    """The first that the clinic sends by."""
    return next((way for way in contacts.ways(visit.patient) if takes(visit.clinic, way)), None)


def words(visit: Appointment, kind: Kind, channel: str) -> tuple[str, str]:
    """Subject and text, with nothing about care."""
    clinic, language = visit.clinic, visit.patient.language
    with translation.override(language):
        at = wording.moment(visit.starts_at.astimezone(clinic.zone))
        phone = wording.phone(clinic.phone)
    sentence = SENTENCES[language, kind]
    if channel == Channel.SMS:
        return "", f"{clinic.neutral_label} : {sentence}, {at}. {phone}"
    place = f"{clinic.neutral_label}, {clinic.street}, {clinic.postal_code} {clinic.city}"
    lines = [GREETING[language], f"{sentence} : {at}.", place, phone]
    return f"{clinic.neutral_label} : {at}", "\n\n".join(lines)
