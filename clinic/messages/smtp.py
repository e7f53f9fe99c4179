"""E-mail over one connection a batch, telling what is for good from what is for later.

What a server refuses about a recipient or a text is for good when it says 5xx. What it refuses
about us (sign-in, sender, greeting) is for later: it is ours to put right, and nobody's address is
to blame. A connection that is lost is made anew for the next message; where none can be made,
the rest of the batch is for later at once, so that a dead server holds up nobody. A letter that was
handed over to its last line and not answered is in doubt.
"""

import contextlib
import re
import smtplib
from typing import Any

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend

from clinic.messages import letters
from clinic.messages.channels import InDoubt, NotSent, Parcel, Refused, TryLater
from clinic.messages.letters import Letter

FOR_GOOD = 500  # RFC 5321, 4.2.1: 4xx asks to come again, 5xx does not
CLOSING = 421
NO_SUCH_MAILBOX = {550, 551, 553}
ENHANCED = re.compile(r"\b5\.(\d{1,3})\.(\d{1,3})\b")


LAST_LINE = b"\r\n.\r\n"


class Asked(smtplib.SMTP):
    """Knows whether a letter was handed over to its last line, and waits longer for that answer."""

    was_handed_over = False

    def data(self, msg: Any) -> Any:
        self.was_handed_over = False
        answer = super().data(msg)
        self.was_handed_over = False
        if self.sock is not None:
            self.sock.settimeout(settings.EMAIL_TIMEOUT)
        return answer

    def send(self, s: Any) -> None:
        super().send(s)
        if isinstance(s, bytes) and s.endswith(LAST_LINE) and self.sock is not None:
            self.was_handed_over = True
            self.sock.settimeout(settings.EMAIL_ANSWER_TIMEOUT)


class AskedBySSL(smtplib.SMTP_SSL, Asked):
    """The same over TLS from the first byte."""


class Backend(EmailBackend):
    """Django's: TLS, sign-in, EMAIL_TIMEOUT."""

    @property
    def connection_class(self) -> type[Asked]:
        return AskedBySSL if self.use_ssl else Asked


class Smtp:
    def __init__(self) -> None:
        self.backend: Any = Backend()
        self.is_away = ""  # why nothing more can go in this batch

    def send(self, parcel: Parcel) -> str:
        letter = built(parcel)
        self._connect()
        try:
            was_sent = self.backend.send_messages([letter])
        except Exception as error:  # whatever it is, the next message must go
            refusal = InDoubt(said_by(error)) if self._is_in_doubt() else why(error)
            if is_broken(error):
                self._hang_up()
            raise refusal from error
        if not was_sent:
            raise Refused("no address", is_address=True)
        return str(letter.extra_headers["Message-ID"])

    def _is_in_doubt(self) -> bool:
        return self.backend.connection is not None and self.backend.connection.was_handed_over

    def _connect(self) -> None:
        if self.is_away:
            raise TryLater(self.is_away)
        try:
            self.backend.open()
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            self.is_away = said_by(error)
            raise TryLater(self.is_away) from error

    def _hang_up(self) -> None:
        """Without a word: a server that hangs would hang on QUIT too."""
        connection, self.backend.connection = self.backend.connection, None
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.close()

    def close(self) -> None:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            self.backend.close()


def built(parcel: Parcel) -> Letter:
    """What cannot be made a letter of today cannot be tomorrow, and nothing was handed over."""
    try:
        return letters.build(parcel)
    except Exception as error:
        raise Refused(f"no letter: {type(error).__name__}") from error


def why(error: Exception) -> NotSent:
    code = code_of(error)
    is_about_us = isinstance(
        error, smtplib.SMTPSenderRefused | smtplib.SMTPAuthenticationError | smtplib.SMTPHeloError
    )
    if code and not is_about_us:
        said = said_by(error)
        if code < FOR_GOOD:
            return TryLater(said)
        return Refused(
            said,
            is_address=is_about_the_address(said),
            may_be_address=may_be_about_the_address(error, code, said),
        )
    # An address that cannot be written in a header, or that this server does not take.
    if isinstance(error, smtplib.SMTPNotSupportedError | ValueError):
        return Refused(said_by(error), is_address=True)
    return TryLater(said_by(error))


def is_about_the_address(said: str) -> bool:
    """The enhanced status says so (RFC 3463: X.1.x addressing, X.2.1 mailbox disabled). A blocked
    sender or a text taken for spam is refused with 5xx as well, of every patient in turn."""
    enhanced = ENHANCED.search(said)
    return enhanced is not None and (enhanced[1] == "1" or enhanced.groups() == ("2", "1"))


def may_be_about_the_address(error: Exception, code: int, said: str) -> bool:
    """By a server without enhanced status: "no such mailbox" to the recipient (RFC 5321, 4.2.3),
    which some say of a sender that they block too."""
    if ENHANCED.search(said):
        return False
    return isinstance(error, smtplib.SMTPRecipientsRefused) and code in NO_SUCH_MAILBOX


def is_broken(error: Exception) -> bool:
    """Whether the connection is of no use any more."""
    if code := code_of(error):
        return code == CLOSING
    return isinstance(error, OSError) and not isinstance(error, smtplib.SMTPNotSupportedError)


def code_of(error: Exception) -> int:
    """The server's own, 0 where it said none."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next((code for code, _answer in error.recipients.values()), 0)
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0


def said_by(error: Exception) -> str:
    """The server's words, without the address: that stands on the message."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, answer = next(iter(error.recipients.values()), (0, b""))
        return f"{code} {plain(answer)}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {plain(error.smtp_error)}"
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def plain(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
