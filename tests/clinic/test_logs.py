"""No key of a patient's link in a line of the log."""

import io
import logging
import secrets
from typing import Any

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

from clinic.logs import without_keys


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("Not Found: /r/abcDEF-_9/", "Not Found: /r/…/"),
        ("GET http://here/r/abc/stop/ 200", "GET http://here/r/…/stop/ 200"),
        ("/cal/abc.ics?x=1", "/cal/…?x=1"),
        ("Not Found: /patients/abc/", "Not Found: /patients/abc/"),
    ],
)
def test_a_line_keeps_all_but_the_key(told: str, kept: str) -> None:
    assert without_keys(told) == kept


def written(config: dict[str, Any], key: str) -> str:
    """What the product's own handler writes of a line with this key."""
    names = config["handlers"]["console"].get("filters", ())
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    for name in names:
        handler.addFilter(import_string(config["filters"][name]["()"])())
    logger = logging.Logger("django.request")
    logger.addHandler(handler)
    logger.warning("Not Found: %s", f"/r/{key}/")
    return stream.getvalue()


def test_the_handler_of_the_product_writes_no_key() -> None:
    key = secrets.token_urlsafe(24)
    assert written(settings.LOGGING, key) == "Not Found: /r/…/\n"


def test_the_control_without_its_filter_the_key_is_written() -> None:
    key = secrets.token_urlsafe(24)
    assert key in written(settings.LOGGING | {"handlers": {"console": {}}}, key)
