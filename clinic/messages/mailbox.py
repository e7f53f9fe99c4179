"""What would have gone out, kept on this machine: one file for each e-mail and text message.

The names of the files sort by time and say what is in them: `…-letter.eml` to a patient,
`…-other.eml` to somebody who works here (a password), `…-sms.json`. Written beside, then renamed:
a reader never sees half a file. The oldest make room past `MOST`.
"""

import json
import re
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from clinic.messages import letters
from clinic.messages.channels import Parcel
from clinic.messages.clean import on_one_line
from clinic.messages.letters import Letter
from patients.models import Channel

MOST = 2_000
LETTER, OTHER, SMS = "letter.eml", "other.eml", "sms.json"
NAME = re.compile(r"\d{20}-[0-9a-f]{8}-(letter\.eml|other\.eml|sms\.json)")


def folder() -> Path:
    return Path(settings.DATA_DIR) / "mailbox"


def put(content: bytes, what: str) -> str:
    """Keep it; the name of its file."""
    here = folder()
    here.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A mail backend is not told the time; the name needs one that sorts.
    name = f"{time.time_ns():020}-{secrets.token_hex(4)}-{what}"
    half_done = here / f".{name}"
    half_done.touch(mode=0o600)
    half_done.write_bytes(content)
    half_done.rename(here / name)
    make_room(here)
    return name


def names() -> list[str]:
    """Of all that is kept, the newest first."""
    with suppress(FileNotFoundError):
        return sorted(filter(NAME.fullmatch, _listed(folder())), reverse=True)
    return []


def _listed(here: Path) -> Iterator[str]:
    yield from (path.name for path in here.iterdir())


def make_room(here: Path) -> None:
    for name in names()[MOST:]:
        (here / name).unlink(missing_ok=True)  # another process may have been quicker


def read(name: str) -> bytes | None:
    """What is in a file of ours; nothing where there is none of this name."""
    if not NAME.fullmatch(name):
        return None
    with suppress(FileNotFoundError):
        return (folder() / name).read_bytes()
    return None


class EmailBackend(BaseEmailBackend):
    """Django's way out for e-mail, where there is no server."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            what = LETTER if isinstance(message, Letter) else OTHER
            put(message.message().as_bytes(), what)
        return len(email_messages)


class Mailbox:
    """The transport of a channel that has no provider."""

    def send(self, parcel: Parcel) -> str:
        if parcel.message.channel == Channel.EMAIL:
            return put(letters.build(parcel).message().as_bytes(), LETTER)
        return put(json.dumps(of_text_message(parcel)).encode(), SMS)

    def close(self) -> None:
        """Nothing was opened."""


def of_text_message(parcel: Parcel) -> dict[str, Any]:
    return {
        "to": parcel.to,
        "from": on_one_line(parcel.message.clinic.neutral_label),
        "text": parcel.worded.text,
        "reference": parcel.reference,
    }
