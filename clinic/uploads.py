"""Files are taken where a page asks for them, of people who are signed in, and not without end.

Django keeps what is sent on the disk before any view is asked: the form's token is read with it.
Without this, anybody could fill the disk from the sign-in page.
"""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from clinic.forms.photos import MOST_AT_ONCE
from patients.pictures import MOST_BYTES

TAKE_FILES = frozenset({"photos", "consent_scan"})
MOST = 2 * MOST_AT_ONCE * MOST_BYTES  # our choice: one that is too heavy is still told so by name


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
        if self.taken > MOST:
            raise RequestDataTooBig
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handlers make the file."""
        del file_size


def takes_files(request: HttpRequest) -> bool:
    match = request.resolver_match
    return bool(match and match.url_name in TAKE_FILES and request.user.is_authenticated)
