"""What lies in the local mailbox, as a mail program and a phone would show it."""

import datetime as dt
import email
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from typing import Any

from icalendar import Calendar

from clinic.messages import mailbox, sms
from clinic.messages.sms import Size

FORMS = {"letter": ".eml", "other": ".eml", "sms": ".json"}
SLUG = re.compile(r"\d{20}-[0-9a-f]{8}-(letter|other|sms)")
WHAT = {"email": ("letter", "other"), "sms": ("sms",)}


@dataclass(frozen=True)
class Event:
    """One appointment of a calendar part."""

    method: str
    title: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    status: str
    sequence: int


@dataclass(frozen=True)
class Kept:
    """One e-mail or text message. `form`: "letter", "other" or "sms"."""

    slug: str
    form: str
    at: dt.datetime
    sender: str
    to: str
    subject: str
    text: str
    html: str = ""
    events: tuple[Event, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def is_sms(self) -> bool:
        return self.form == "sms"

    @property
    def size(self) -> Size:
        return sms.size(self.text)


def slugs(what: str = "") -> list[str]:
    """Of all that is kept, the newest first; `what`: "email", "sms" or all."""
    wanted = WHAT.get(what, tuple(FORMS))
    found = [name.rpartition(".")[0] for name in mailbox.names()]
    return [slug for slug in found if slug.rpartition("-")[2] in wanted]


def listed(slugs: Iterable[str], *, reader: str) -> list[Kept]:
    """What may be shown of these; a file that went meanwhile is left out."""
    return [kept for slug in slugs if (kept := find(slug, reader=reader))]


def find(slug: str, *, reader: str) -> Kept | None:
    """None where there is none, or where it is somebody else's: a password letter opens an account.

    `reader`: the e-mail address of whoever looks.
    """
    if not SLUG.fullmatch(slug):
        return None
    form = slug.rpartition("-")[2]
    content = mailbox.read(f"{slug}{FORMS[form]}")
    if content is None:
        return None
    kept = _text_message(slug, content) if form == "sms" else _letter(slug, form, content)
    return kept if form != "other" or kept.to.casefold() == reader.casefold() else None


def _at(slug: str) -> dt.datetime:
    return dt.datetime.fromtimestamp(int(slug[:20]) // 1000 / 1_000_000, dt.UTC)


def _text_message(slug: str, content: bytes) -> Kept:
    said: dict[str, Any] = json.loads(content)
    return Kept(slug, "sms", _at(slug), said["from"], said["to"], "", said["text"])


def _letter(slug: str, form: str, content: bytes) -> Kept:
    letter = email.message_from_bytes(content, policy=policy.default)
    shown = ("From", "Reply-To", "Message-ID", "List-Unsubscribe", "Auto-Submitted")
    return Kept(
        slug,
        form,
        _at(slug),
        sender=str(letter["From"] or ""),
        to=str(letter["To"] or ""),
        subject=str(letter["Subject"] or ""),
        text=_part(letter, "plain"),
        html=_part(letter, "html"),
        events=tuple(_events(letter)),
        headers=tuple((name, str(letter[name])) for name in shown if letter[name]),
    )


def _part(letter: EmailMessage, subtype: str) -> str:
    part = letter.get_body((subtype,))
    return str(part.get_content()) if part else ""


def _events(letter: EmailMessage) -> Iterator[Event]:
    """Each calendar part once: it travels as a file too."""
    seen = set()
    for part in letter.walk():
        if part.get_content_type() != "text/calendar":
            continue
        text = str(part.get_content())
        if text not in seen:
            seen.add(text)
            yield from _events_in(text)


def _events_in(text: str) -> Iterator[Event]:
    calendar: Any = Calendar.from_ical(text)
    for event in calendar.walk("VEVENT"):
        yield Event(
            method=str(calendar["METHOD"]),
            title=str(event["SUMMARY"]),
            starts_at=event["DTSTART"].dt,
            ends_at=event["DTEND"].dt,
            status=str(event["STATUS"]),
            sequence=int(event["SEQUENCE"]),
        )
