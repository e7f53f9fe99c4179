"""A screen in a patient's hands: the session of whoever handed it over opens one page and no other.

Kept in the server's session, so neither the back button nor an address typed by hand leads past it;
only the password of the person who is signed in does.
"""

from django.http import HttpRequest
from django.urls import Resolver404, resolve

KEY = "handed_over"  # in the session: the path that the patient may see
MEANT_FOR_PATIENTS = frozenset({"questionnaire", "consent_sign"})


def may_be_handed_over(path: str) -> bool:
    """Whether this path of ours is a page made for a patient's hands."""
    try:
        return resolve(path.partition("?")[0]).url_name in MEANT_FOR_PATIENTS
    except Resolver404:
        return False


def hand_over(request: HttpRequest, path: str) -> None:
    """Under a new cookie: browsers then drop the pages that they kept for the back button."""
    request.session.cycle_key()
    request.session[KEY] = path


def take_back(request: HttpRequest) -> None:
    request.session.cycle_key()
    request.session.pop(KEY, None)


def handed_over(request: HttpRequest) -> str:
    """The path that is in a patient's hands; empty when the screen is with the staff."""
    return str(request.session.get(KEY, ""))


def is_closed(request: HttpRequest) -> bool:
    """Whether this request asks for something else than what was handed over."""
    handed = handed_over(request)
    return bool(handed) and request.get_full_path() != handed
