"""The calendar part of an e-mail (RFC 5546, RFC 6047): calendars change in place, or take away.

One appointment asks (REQUEST); each that is cancelled takes itself away (CANCEL). A REQUEST may
hold one UID only, so several appointments come as one file to take in at once (PUBLISH): a later
REQUEST of the same UID still moves its own. Each that moved asks by itself, whatever else is told.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings

from clinic.messages.clean import on_one_line
from clinic.models import Appointment, Clinic, Kind, Message
from clinic.papers import feeds

ASKING = frozenset({Kind.BOOKED, Kind.EARLY, Kind.REMINDER, Kind.EVE, Kind.MOVED})
REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"


@dataclass(frozen=True)
class Invitation:
    method: str
    content: bytes
    is_change: bool = False  # of what stands in calendars already


def of(group: Sequence[Message], *, now: dt.datetime) -> Iterator[Invitation]:
    """The calendar parts of what goes out as one, in the language that is active."""
    to = group[0].patient.email
    standing, moved = _appointments(group, ASKING), _appointments(group, {Kind.MOVED})
    alone = standing if len(standing) == 1 else moved
    for appointment in alone:
        yield invitation(
            [appointment], method=REQUEST, to=to, now=now, is_change=appointment in moved
        )
    if rest := [appointment for appointment in standing if appointment not in alone]:
        yield invitation(rest, method=PUBLISH, to="", now=now)
    for appointment in _appointments(group, {Kind.CANCELLED}):
        yield invitation([appointment], method=CANCEL, to=to, now=now, is_change=True)


def _appointments(
    group: Sequence[Message], kinds: frozenset[Kind] | set[Kind]
) -> list[Appointment]:
    """Each once, the newest attempt of those that were moved."""
    found = {
        message.appointment.pk: message.appointment
        for message in group
        if message.appointment and message.kind in kinds
    }
    return list(feeds.latest(found.values()))


def invitation(
    appointments: Sequence[Appointment],
    *,
    method: str,
    to: str,
    now: dt.datetime,
    is_change: bool = False,
) -> Invitation:
    calendar = feeds.envelope(method=method)
    for appointment in appointments:
        event = feeds.event(appointment, cancels=method == CANCEL)
        event["dtstamp"] = feeds.instant(now)
        event.add("organizer", organizer(appointment.clinic))
        if to:
            event.add("attendee", attendee(to))
        calendar.add_component(event)
    return Invitation(method, calendar.to_ical(), is_change)


def sender_address(clinic: Clinic) -> str:
    return on_one_line(clinic.email or parseaddr(settings.DEFAULT_FROM_EMAIL)[1])


def organizer(clinic: Clinic) -> feeds.Address:
    return feeds.address(sender_address(clinic), cn=on_one_line(clinic.neutral_label))


def attendee(to: str) -> feeds.Address:
    """Whoever reads it answers on their own page, not by their calendar."""
    return feeds.address(to, role="REQ-PARTICIPANT", partstat="NEEDS-ACTION", rsvp="FALSE")
