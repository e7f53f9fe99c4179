"""What the environment may say about messages, and what is refused at the start."""

import pytest
from pydantic import ValidationError

from clinic.environment import Environment
from clinic.serving import preparation

SAFE = {
    "production": True,
    "secret_key": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "allowed_hosts": "clinic.example",
}


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"host": "0.0.0.0", "port": 81}, "http://127.0.0.1:81"),
        ({"host": "::1"}, "http://[::1]:8000"),
        ({"site_url": "https://rdv.clinic.example/"}, "https://rdv.clinic.example"),
    ],
)
def test_links_begin_where_patients_reach_the_pages(said: dict, address: str) -> None:
    assert Environment(**said).address == address


@pytest.mark.parametrize(
    "url", ["rdv.example", "ftp://x", "https://", "https://x/?a=1", "https://x/#a"]
)
def test_half_an_address_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="SITE_URL must read https://host"):
        Environment(site_url=url)


@pytest.mark.parametrize(
    "said",
    [
        {"email_url": "smtp://mail.example"},
        {"sms_url": "json://sms.example"},
        {"site_url": "http://clinic.example"},
    ],
)
def test_a_production_that_sends_says_where_its_links_lead(said: dict) -> None:
    with pytest.raises(ValidationError, match="SITE_URL must be set and begin with https://"):
        Environment(**SAFE | said)
    assert Environment(**SAFE | said | {"site_url": "https://clinic.example"})


def test_a_production_that_sends_nothing_needs_none() -> None:
    assert Environment(**SAFE).is_https


def test_a_gateway_that_lacks_something_is_said_in_one_line_at_the_start() -> None:
    with pytest.raises(preparation.NotReady) as reason:
        preparation.check_gateway("twilio://nothing@33612345678")
    assert str(reason.value) == (
        "SMS_URL does not hold all that twilio:// needs: see docs/running.md."
    )
    preparation.check_gateway("")
    preparation.check_gateway("octopush://Cabinet:login@example.org/key")
