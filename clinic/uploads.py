"""Files are taken where a page asks for them, of people who are known, and not without end.

Django keeps what is sent on the disk before any view is asked: the form's token is read with it.
Without this, anybody could fill the disk from the sign-in page.
"""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from django.utils import timezone

from clinic.forms.photos import MOST_AT_ONCE
from clinic.portal import visitor as visitors
from patients.pictures import MOST_BYTES

TAKE_FILES = frozenset({"photos", "consent_scan"})
TAKE_A_PATIENTS = frozenset({"leaflet_report"})  # who came by a link and gave their birth date
MOST = 2 * MOST_AT_ONCE * MOST_BYTES  # our choice: one that is too heavy is still told so by name
MOST_OF_A_PATIENT = 2 * MOST_BYTES  # one photo


class WhereAsked(FileUploadHandler):
    """Stands before the handlers that keep a file, and ends the request or lets it through."""

    taken = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.request is None or not takes_files(self.request):
            raise RequestDataTooBig

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        del start
        self.taken += len(raw_data)
        if self.taken > most_of(self.request):
            raise RequestDataTooBig
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handlers make the file."""
        del file_size


def takes_files(request: HttpRequest) -> bool:
    route = route_of(request)
    if route in TAKE_A_PATIENTS:
        visitor = visitors.of(request, now=timezone.now())
        return visitor is not None and visitor.knows_birth
    return route in TAKE_FILES and request.user.is_authenticated


def most_of(request: HttpRequest | None) -> int:
    return MOST_OF_A_PATIENT if request and route_of(request) in TAKE_A_PATIENTS else MOST


def route_of(request: HttpRequest) -> str:
    match = request.resolver_match
    return match.url_name or "" if match else ""
