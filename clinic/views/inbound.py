"""What patients answer to a text message, as a gateway passes it on: STOP, and nothing else.

The address holds a secret, for no gateway signs alike. Whatever else was written is neither kept
nor logged: nobody would read it, and it may be about somebody's health.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from phonenumber_field.phonenumber import PhoneNumber, to_python

from clinic import telling
from clinic.policy import ANYONE, WRITING, policy
from patients.phones import HOME, is_plausible

LONGEST_BODY = 10_000  # bytes; a text message of ten parts takes 1,530 letters
LONGEST_NUMBER = 40
# As Twilio, Vonage, Octopush and the others call the sender and the text.
SENDERS = ("From", "from", "msisdn", "number", "sender", "phone")
TEXTS = ("Body", "body", "text", "message", "content")
STOPS = frozenset(
    [
        "stop",
        "stopall",
        "arret",
        "arreter",
        "arretez",
        "unsubscribe",
        "desabo",
        "desabonner",
        "desabonnement",
    ]
)
POLITE = frozenset(["svp", "stp", "merci", "sms", "please", "thanks", "thank", "you"])


@csrf_exempt
@policy(roles=ANYONE, methods=WRITING)
def sms(request: HttpRequest, secret: str) -> HttpResponse:
    """The same empty answer whoever writes whatever: nobody learns whose number is known."""
    ours = settings.SMS_INBOUND_SECRET
    if not ours or not constant_time_compare(secret, ours):
        raise Http404
    if is_too_long(request):
        return HttpResponse(status=413)
    told = fields_of(request)
    number = number_of(first(told, SENDERS))
    if number and is_stop(first(told, TEXTS)):
        telling.stop_texts(number=number, now=timezone.now())
    return HttpResponse(content_type="text/plain")


def is_too_long(request: HttpRequest) -> bool:
    """Said beforehand; of a body without a length Django reads nothing."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST_BODY
    except ValueError:
        return True


def fields_of(request: HttpRequest) -> Mapping[str, Any]:
    """What was sent, as a form or as JSON, whatever its header says; nothing when it is neither."""
    try:
        if request.content_type == "multipart/form-data":
            return request.POST
        text = request.body.decode("utf-8", "replace")
        if text.lstrip().startswith("{"):
            found = json.loads(text)
            return found if isinstance(found, dict) else {}
        return QueryDict(text)
    except (ValueError, RecursionError, MultiPartParserError, SuspiciousOperation):
        return {}


def first(fields: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """The first of these that holds a text or a number."""
    found = (fields.get(name) for name in names)
    return next((str(each) for each in found if each and isinstance(each, str | int)), "")


def number_of(text: str) -> PhoneNumber | None:
    """+33…, 0033…, 33… or 06…: gateways differ."""
    typed = re.sub(r"[^\d+]", "", text)[:LONGEST_NUMBER]
    typed = f"+{typed[2:]}" if typed.startswith("00") else typed
    for written in (typed, f"+{typed}"):
        number = to_python(written, region=HOME) if typed else None
        if isinstance(number, PhoneNumber) and number.country_code and is_plausible(number):
            return PhoneNumber.from_string(number.as_e164)
    return None


def is_stop(text: str) -> bool:
    """STOP, Arrêt, “Stop svp”, “STOP 36111”; and not “Arrêt de bus fermé, je serai en retard”."""
    bare = unicodedata.normalize("NFKD", text[:LONGEST_BODY]).casefold()
    words = re.findall(r"[a-z]+|\d+", "".join(c for c in bare if not unicodedata.combining(c)))
    rest = [word for word in words if word not in STOPS]
    return len(rest) < len(words) and all(word in POLITE or word.isdigit() for word in rest)
