"""An e-mail as it is handed to a server: text, HTML, the calendar parts, and its headers."""

from email.mime.text import MIMEText
from email.utils import formataddr, parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from clinic.messages.channels import Parcel
from clinic.messages.clean import on_one_line
from clinic.messages.facts import LONGEST_LABEL
from clinic.messages.invitations import PUBLISH, Invitation
from clinic.models import Clinic

FILE = "appointment.ics"


class Letter(EmailMultiAlternatives):
    """One that is sent to a patient; the others (passwords) go to those who work here."""


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
    asking = [each for each in worded.invitations if each.method != PUBLISH]
    if len(asking) == 1:  # what mail programs put buttons under; of several they would take one
        (only,) = asking
        letter.attach_alternative(only.content.decode(), f"text/calendar; method={only.method}")
    for invitation in worded.invitations:
        letter.attach(file_of(invitation))
    return letter


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
