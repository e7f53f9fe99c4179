"""Which way a message goes: a provider, this machine, or nowhere yet."""

import pytest

from clinic.messages import channels, mailbox
from clinic.messages.channels import Parcel, TryLater, transport_for
from clinic.models import Kind
from tests.factories import House
from tests.telling import make_message, said


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_without_a_provider_it_stays_here(channel: str) -> None:
    assert channels.is_local(channel)
    assert channels.is_set_up(channel)
    assert isinstance(channels.open_transport(channel), mailbox.Mailbox)


@pytest.mark.parametrize(("channel", "name"), [("email", "Smtp"), ("sms", "Gateway")])
def test_with_a_provider_it_goes_there(channel: str, name: str, settings) -> None:
    settings.EMAIL_URL, settings.SMS_URL = "smtp://mail.test", "json://sms.test"
    assert not channels.is_local(channel)
    assert not channels.any_local()
    assert type(channels.open_transport(channel)).__name__ == name


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_a_production_without_a_provider_keeps_it_for_later(
    house: House, channel: str, settings
) -> None:
    """Else real patients would be told nothing, and the desk that they were."""
    settings.IS_PRODUCTION = True
    message = make_message(house.book_series().appointments[0], Kind.EVE, channel)
    assert not channels.is_set_up(channel)
    with transport_for(channel) as transport, pytest.raises(TryLater, match="_URL is not set"):
        transport.send(Parcel(message, "x", said([message])))


def test_what_a_provider_says_is_one_short_line() -> None:
    assert TryLater("a\r\nb\0" + "x" * 500).answer == "a"
    assert TryLater("a b\r\nc").answer == "a b c"
