"""Text messages through a gateway that SMS_URL names, by apprise.

    octopush://SENDER:login@example.org/key     vonage://key:secret@33612345678
    twilio://sid:token@33612345678              json://user:password@host/path

apprise says whether a message was taken; why it was not, it only logs. `Line` stands in for
`requests` inside its plugins, keeps one connection for a batch, and hears what the gateway says.
"""

import json
import logging
import sys
import threading
from collections.abc import Callable
from typing import Any

import apprise
import requests
from apprise.plugins import url_to_dict
from django.conf import settings
from urllib3.exceptions import ProtocolError

from clinic.messages.channels import InDoubt, Parcel, Refused, TryLater
from clinic.messages.clean import on_one_line
from clinic.sms_url import plain_url, scheme_of
from patients.words import joined

PLAIN = {"json", "jsons"}  # any other gateway that takes JSON: `to`, `message`, `reference`
LONGEST_SENDER = 11  # of a name in place of a number (3GPP TS 23.040, 9.1.2.5)
SECONDS = "10"
BUSY = {408, 409, 423, 425, 429}
UNAUTHORISED = {401, 402, 403, 407}  # of us, not of the number: the key, or the account is empty
# Vonage answers 200 to what it refuses; of its own codes these ask to come again, or are ours.
VONAGE_OURS = {"1", "2", "4", "5", "8", "9", "14", "15", "22", "29", "33"}
# Of the number: Twilio's "invalid To", "unsubscribed", "not a mobile number"; Vonage's "barred".
TWILIO_NUMBERS, VONAGE_NUMBERS = {"21211", "21610", "21614"}, {"7"}

# It would write numbers and texts into our logs.
logging.getLogger("apprise").setLevel(logging.CRITICAL)


class WrongUrl(ValueError):
    """SMS_URL is not the address of a gateway, in one line."""


class Line:
    """`requests`, as a plugin of apprise uses it; each thread has its own connection and answer."""

    def __init__(self) -> None:
        self._mine = threading.local()

    def __getattr__(self, name: str) -> Any:
        return getattr(requests, name)

    def request(self, method: str, url: str, **options: Any) -> requests.Response:
        self.forget()
        session = self.session()
        try:
            self._mine.heard = response = session.request(method, url, **options)
        except requests.RequestException as error:
            self._mine.is_in_doubt = was_handed_over(error)
            raise
        return response

    def post(self, url: str, **options: Any) -> requests.Response:
        return self.request("POST", url, **options)

    def session(self) -> requests.Session:
        if not hasattr(self._mine, "session"):
            self._mine.session = requests.Session()
        session: requests.Session = self._mine.session
        session.cookies.clear()
        return session

    def heard(self) -> requests.Response | None:
        return getattr(self._mine, "heard", None)

    def is_in_doubt(self) -> bool:
        """Whether it was asked, and did not answer."""
        return getattr(self._mine, "is_in_doubt", False)

    def forget(self) -> None:
        self._mine.heard, self._mine.is_in_doubt = None, False

    def hang_up(self) -> None:
        if hasattr(self._mine, "session"):
            self._mine.session.close()
            del self._mine.session


def was_handed_over(error: requests.RequestException) -> bool:
    """The request may have left: it was the answer that did not come, or broke off."""
    reason = error.args[0] if error.args else None
    return isinstance(error, requests.ReadTimeout) or isinstance(reason, ProtocolError)


LINE = Line()


def plugin_for(number: str, *, url: str, label: str = "", reference: str = "") -> Any:
    """apprise's sender to this one number. Raises WrongUrl."""
    read: Callable[[str], dict[str, Any] | None] = url_to_dict
    parts = read(plain_url(url))
    if not parts:
        raise WrongUrl("SMS_URL cannot be read")
    parts |= {"targets": [number], "cto": SECONDS, "rto": SECONDS, "retry": 0}
    if parts["schema"] in PLAIN:
        parts["payload"] = parts.get("payload", {}) | {"to": number, "reference": reference}
    asset = apprise.AppriseAsset(app_id=label or "Cabinet")
    plugin = apprise.Apprise.instantiate(parts, asset=asset)
    if plugin is None:
        raise WrongUrl(f"SMS_URL does not hold all that {parts['schema']}:// needs")
    sys.modules[type(plugin).__module__].requests = LINE  # type: ignore[attr-defined]  # see above
    return plugin


def check(url: str) -> None:
    """Raises WrongUrl where no message could ever go."""
    plugin_for("+33612345678", url=url)


class Gateway:
    def __init__(self, url: str = "") -> None:
        self.url = url or settings.SMS_URL

    def send(self, parcel: Parcel) -> str:
        label = sender_name(parcel.message.clinic.neutral_label)
        try:
            plugin = plugin_for(parcel.to, url=self.url, label=label, reference=parcel.reference)
        except WrongUrl as error:
            raise TryLater(str(error)) from error
        if not is_only_for(plugin, parcel.to):
            raise Refused("not a number that this gateway takes", is_address=True)
        LINE.forget()
        was_taken = plugin.notify(body=parcel.worded.text, title="")
        return self._outcome(parcel, LINE.heard(), was_taken=bool(was_taken))

    def _outcome(self, parcel: Parcel, answer: requests.Response | None, *, was_taken: bool) -> str:
        if answer is None:
            if LINE.is_in_doubt():
                raise InDoubt("the gateway did not answer")
            raise TryLater("the gateway was not reached")
        said = f"{answer.status_code} {answer.text[:400]}"
        if scheme_of(self.url) == "vonage" and was_taken:
            was_taken = vonage_took(answer, said)
        if was_taken:
            return id_in(answer) or parcel.reference
        code = answer.status_code
        if code >= 500 or code in BUSY | UNAUTHORISED or 300 <= code < 400:
            raise TryLater(said)
        raise Refused(said, is_address=is_about_the_number(self.url, answer))

    def close(self) -> None:
        LINE.hang_up()


def vonage_took(answer: requests.Response, said: str) -> bool:
    """Its own status of the one message; 0 is taken. Raises TryLater."""
    status = str(first_of(answer).get("status", "0"))
    if status in VONAGE_OURS:
        raise TryLater(said)
    return status == "0"


def is_about_the_number(url: str, answer: requests.Response) -> bool:
    """Only where the gateway's own code says so: our key or our own number is refused alike."""
    scheme, said = scheme_of(url), first_of(answer)
    if scheme == "twilio":
        return str(said.get("code", "")) in TWILIO_NUMBERS
    return scheme == "vonage" and str(said.get("status", "")) in VONAGE_NUMBERS


def is_only_for(plugin: Any, number: str) -> bool:
    """Some plugins, left without a number that they take, would send to the sender's own."""
    if plugin.schema in PLAIN:
        return True
    # Twilio pairs each number with a mode.
    numbers = [each[-1] if isinstance(each, tuple) else each for each in plugin.targets]
    return [each.lstrip("+") for each in numbers] == [number.lstrip("+")]


def id_in(answer: requests.Response) -> str:
    """What the gateway calls the message."""
    found = first_of(answer)
    names = ("sms_ticket", "message-id", "sid", "id", "message_id", "messageId")
    return next((on_one_line(str(found[name]), 200) for name in names if found.get(name)), "")


def first_of(answer: requests.Response) -> dict[str, Any]:
    """The JSON it answered, or the first of its messages."""
    try:
        said = json.loads(answer.text)
    except ValueError:
        return {}
    said = said[0] if isinstance(said, list) and said else said
    if not isinstance(said, dict):
        return {}
    inner = said.get("messages")
    if isinstance(inner, list) and inner and isinstance(inner[0], dict):
        return inner[0]
    return said


def sender_name(label: str) -> str:
    """CabVoltaire: letters and digits, as gateways take a name for a sender."""
    words = [joined(word).capitalize() for word in on_one_line(label).split()]
    kept = "".join(letter for letter in "".join(words) if letter.isascii() and letter.isalnum())
    return kept[:LONGEST_SENDER] or "Cabinet"
