"""An e-mail as it is handed to a server: text, HTML, the calendar parts, and its headers."""

import secrets
from collections.abc import Sequence
from email.mime.text import MIMEText
from email.policy import Compat32
from email.utils import formataddr, parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from clinic.messages.channels import Parcel
from clinic.messages.clean import on_one_line
from clinic.messages.facts import LONGEST_LABEL
from clinic.messages.invitations import PUBLISH, Invitation
from clinic.models import Clinic

FILE = "appointment.ics"
SHORT = 76  # RFC 5322, 2.1.1: lines should not be longer than 78
BOUNDARY_BYTES = 16  # random enough that no text holds it


class Plainly(Compat32):
    """A short header in ASCII stands as it is. Most are, and to weigh where each might be folded
    takes a third of the time that a whole letter does."""

    def fold_binary(self, name: str, value: str) -> bytes:
        line = f"{name}: {value}"
        if len(line) < SHORT and line.isascii() and line.isprintable():
            return f"{line}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


class Letter(EmailMultiAlternatives):
    """One that is sent to a patient; the others (passwords) go to those who work here."""

    def message(self, **options: Any) -> Any:
        """With boundaries of our own: otherwise the whole text is searched for one that fits."""
        letter = super().message(**options)
        letter.policy = PLAINLY
        for part in letter.walk():
            if part.is_multipart():
                part.set_boundary(secrets.token_hex(BOUNDARY_BYTES))
        return letter


PLAINLY = Plainly()


def build(parcel: Parcel) -> Letter:
    clinic, worded = parcel.message.clinic, parcel.worded
    letter = Letter(
        subject=on_one_line(worded.subject),
        body=worded.text,
        from_email=sender(clinic),
        to=[on_one_line(parcel.to)],
        reply_to=[on_one_line(clinic.email)] if clinic.email else None,
        headers=headers(parcel),
    )
    letter.attach_alternative(worded.html, "text/html")
    if (only := in_line(worded.invitations)) is not None:
        letter.attach_alternative(only.content.decode(), f"text/calendar; method={only.method}")
    for invitation in worded.invitations:
        letter.attach(file_of(invitation))
    return letter


def in_line(invitations: Sequence[Invitation]) -> Invitation | None:
    """The one that a mail program carries out by itself: it takes one of a letter. What changed
    goes before what stands in the calendar already, the earliest first; the others are files."""
    asking = [each for each in invitations if each.method != PUBLISH]
    changes = [each for each in asking if each.is_change]
    return next(iter(changes or (asking if len(asking) == 1 else [])), None)


def file_of(invitation: Invitation) -> MIMEText:
    """The same as a file, for programs that know calendars by their files only (RFC 6047)."""
    part = MIMEText(invitation.content.decode(), "calendar", "utf-8")
    part.set_param("method", invitation.method)
    part.add_header("Content-Disposition", "attachment", filename=FILE)
    return part


def sender(clinic: Clinic) -> str:
    """The clinic's neutral label, and the address that the server lets us send from."""
    label = on_one_line(clinic.neutral_label, LONGEST_LABEL)
    return formataddr((label, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))


def headers(parcel: Parcel) -> dict[str, str]:
    """The Message-ID stays for each try: a letter that comes twice is known to be one."""
    own = {
        "Message-ID": f"<{parcel.reference}@{host()}>",
        "Auto-Submitted": "auto-generated",  # RFC 3834: no answer from a holiday responder
        "Content-Language": parcel.worded.language,
    }
    if parcel.stop_link:  # RFC 8058: one click, by POST
        own["List-Unsubscribe"] = f"<{on_one_line(parcel.stop_link)}>"
        own["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return own


def host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"
