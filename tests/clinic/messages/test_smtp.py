"""Sending over a real connection to a real server that refuses in every way there is (R5)."""

import smtplib
from collections.abc import Iterator

import pytest

from clinic.messages.channels import InDoubt, Parcel, Refused, TryLater, transport_for
from clinic.messages.letters import Letter
from clinic.models import Kind, Message
from tests.clinic.messages.smtp_server import Script, serving
from tests.factories import House
from tests.telling import STOP, make_message, said

SMTP = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def server(script: Script, settings) -> Iterator[Script]:
    with serving(script) as (host, port):
        configure(settings, host, port)
        yield script


def configure(settings, host: str, port: int) -> None:
    settings.EMAIL_URL = f"smtp://{host}:{port}?tls=0"
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP, host, port
    settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT = False, 1
    settings.EMAIL_ANSWER_TIMEOUT = 1


@pytest.fixture
def message(house: House) -> Message:
    first = house.book_series().appointments[0]
    first.clinic, first.patient = house.clinic, house.patient
    return make_message(first, Kind.BOOKED)


def parcel(message: Message, name: str) -> Parcel:
    return Parcel(message, f"{name}@example.test", said([message]), STOP)


def outcomes(message: Message, *names: str) -> dict[str, str]:
    """Each recipient with what became of it, over one transport."""
    found = {}
    with transport_for("email") as transport:
        for name in names:
            try:
                found[name] = f"sent {transport.send(parcel(message, name))}"
            except Refused as refused:
                found[name] = f"refused {refused.answer}"
            except TryLater as later:
                found[name] = f"later {later.answer}"
            except InDoubt as doubt:
                found[name] = f"in doubt {doubt.answer}"
    return found


def test_a_batch_goes_over_one_connection(server: Script, message: Message) -> None:
    found = outcomes(message, "ann", "bob", "cid")
    reference = f"<{message.public_id}.{message.round}@127.0.0.1>"
    assert found == dict.fromkeys(("ann", "bob", "cid"), f"sent {reference}")
    assert [to for to, _content in server.taken] == [f"{n}@example.test" for n in found]
    assert server.connections == 1
    assert reference.encode() in server.taken[0][1]


@pytest.mark.parametrize("code", [450, 451, 452])
@pytest.mark.parametrize("where", ["rcpt", "data"])
def test_4xx_is_for_later(server: Script, message: Message, code: int, where: str) -> None:
    getattr(server, where)["bad"] = f"{code} not now"
    found = outcomes(message, "ann", "bad", "bob")
    assert found["bad"] == f"later {code} not now"
    assert [found[n].split()[0] for n in ("ann", "bob")] == ["sent", "sent"]
    assert server.connections == 1


@pytest.mark.parametrize("code", [550, 552, 553, 554])
@pytest.mark.parametrize("where", ["rcpt", "data"])
def test_5xx_is_for_good_and_the_rest_goes_on(
    server: Script, message: Message, code: int, where: str
) -> None:
    getattr(server, where)["bad"] = f"{code} no such mailbox"
    found = outcomes(message, "ann", "bad", "bob")
    assert found["bad"] == f"refused {code} no such mailbox"
    assert [found[n].split()[0] for n in ("ann", "bob")] == ["sent", "sent"]


@pytest.mark.parametrize(
    ("where", "answer", "is_address"),
    [
        ("rcpt", "550 no such user", False),
        ("rcpt", "553 no such mailbox", False),
        ("rcpt", "550 5.1.1 no such user", True),
        ("rcpt", "554 5.1.10 recipient not found", True),
        ("rcpt", "550 5.2.1 mailbox disabled", True),
        ("data", "550 5.1.1 no such user", True),
        ("rcpt", "552 5.2.2 mailbox full", False),
        ("rcpt", "550 5.7.1 client host blocked", False),
        ("rcpt", "554 relay access denied", False),
        ("data", "554 taken for spam", False),
        ("data", "550 5.7.1 policy", False),
    ],
)
def test_what_is_refused_about_us_or_the_text_is_not_held_against_the_address(
    server: Script, message: Message, where: str, answer: str, is_address: bool
) -> None:
    getattr(server, where)["bad"] = answer
    with transport_for("email") as transport, pytest.raises(Refused) as refused:
        transport.send(parcel(message, "bad"))
    assert refused.value.is_address is is_address
    assert refused.value.may_be_address is (answer[4:] in {"no such user", "no such mailbox"})


def test_421_closes_the_connection_and_the_next_one_opens_another(
    server: Script, message: Message
) -> None:
    server.rcpt["bad"] = "421 closing"
    found = outcomes(message, "ann", "bad", "bob")
    assert found["bad"].startswith("later 421")
    assert found["bob"].startswith("sent")
    assert server.connections == 2


def test_a_drop_before_the_last_line_is_for_later(server: Script, message: Message) -> None:
    server.rcpt["bad"] = "drop"
    found = outcomes(message, "bad", "bob")
    assert found["bad"].startswith("later SMTPServerDisconnected")
    assert found["bob"].startswith("sent")


@pytest.mark.parametrize("fault", ["drop", "hang"])
def test_a_letter_that_is_not_answered_is_in_doubt_and_the_rest_goes_on(
    server: Script, message: Message, fault: str
) -> None:
    server.data["bad"] = fault
    found = outcomes(message, "bad", "bob")
    assert found["bad"].startswith("in doubt SMTPServerDisconnected")
    assert found["bob"].startswith("sent")
    assert [to for to, _content in server.taken] == ["bob@example.test"]


def test_a_slow_answer_to_a_whole_letter_is_waited_for(
    server: Script, message: Message, settings
) -> None:
    settings.EMAIL_TIMEOUT, settings.EMAIL_ANSWER_TIMEOUT = 0.5, 5
    server.data["slow"], server.pause = "slow", 1.5
    found = outcomes(message, "slow", "bob")
    assert [found[n].split()[0] for n in ("slow", "bob")] == ["sent", "sent"]
    assert [to for to, _content in server.taken] == ["slow@example.test", "bob@example.test"]
    assert server.connections == 1


def test_that_wait_is_for_the_whole_letter_alone(
    server: Script, message: Message, settings
) -> None:
    settings.EMAIL_TIMEOUT, settings.EMAIL_ANSWER_TIMEOUT = 0.5, 5
    server.rcpt["slow"], server.data["first"], server.pause = "slow", "slow", 1.0
    found = outcomes(message, "first", "slow")
    assert found["first"].startswith("sent")
    assert found["slow"].startswith("later SMTPServerDisconnected")


def test_no_server_at_all_is_for_later_and_asked_once(message: Message, settings) -> None:
    with serving(Script()) as (host, port):
        configure(settings, host, port)
    found = outcomes(message, "ann", "bob")
    assert found["ann"].startswith("later ConnectionRefusedError")
    assert found["bob"] == found["ann"]


def test_tls_that_fails_is_for_later(server: Script, message: Message, settings) -> None:
    settings.EMAIL_USE_TLS = True  # which this server does not speak
    assert outcomes(message, "ann")["ann"].startswith("later ")
    assert server.taken == []


def test_a_sign_in_that_fails_is_ours_to_put_right(
    script: Script, message: Message, settings
) -> None:
    def nobody(*args):
        from aiosmtpd.smtp import AuthResult

        return AuthResult(success=False, handled=False)

    with serving(script, authenticator=nobody, auth_require_tls=False) as (host, port):
        configure(settings, host, port)
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "clinic", "wrong"
        assert outcomes(message, "ann")["ann"].startswith("later 535")


def test_an_address_that_cannot_be_written_is_for_good(server: Script, message: Message) -> None:
    found = {}
    with transport_for("email") as transport:
        for to in ("", "ann@example.test"):
            try:
                found[to] = transport.send(Parcel(message, to, said([message])))
            except (Refused, TryLater) as error:
                found[to] = type(error).__name__
    assert found[""] == "Refused"
    assert found["ann@example.test"].startswith("<")
    assert [to for to, _content in server.taken] == ["ann@example.test"]


def test_an_answer_is_one_line_that_fits_its_column(server: Script, message: Message) -> None:
    server.rcpt["bad"] = "550 " + "x" * 400
    answer = outcomes(message, "bad")["bad"].removeprefix("refused ")
    assert len(answer) <= 200


def test_control_a_careless_transport_is_seen(server: Script, message: Message) -> None:
    """Django's own backend over one list stops at the first bad recipient."""
    from django.core.mail import get_connection

    server.rcpt["bad"] = "550 no"
    mails = [Letter("s", "t", to=[f"{n}@example.test"]) for n in ("ann", "bad", "bob")]
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        get_connection().send_messages(mails)
    assert [to for to, _content in server.taken] == ["ann@example.test"]
