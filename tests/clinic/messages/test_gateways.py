"""Text messages through apprise to a real HTTP server: what is sent, and what is made of answers.

The gateways' own addresses are the internet's; a proxy of `requests` brings their requests here.
"""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
import requests
from requests.adapters import HTTPAdapter

from clinic import sms_url
from clinic.messages import gateways
from clinic.messages.channels import InDoubt, Parcel, Refused, TryLater, transport_for
from clinic.models import Kind, Message
from tests.factories import House
from tests.telling import make_message, said

NUMBER = "+33639981234"
SID = "AC" + "a" * 32
URLS = {
    "octopush": "octopush://CabVoltaire:login@example.org/key",
    "vonage": "vonage://key12345:secret1234567890@33612345678",
    "twilio": f"twilio://{SID}:{'b' * 32}@33612345678",
    "sinch": "sinch://aaaaaaaa:bbbbbbbb@33612345678",
    "msgbird": "msgbird://abcdefghijklmnopqrstuvwxy/33612345678",
    "seven": "seven://key",
    "46elks": "46elks://user:pass@Cabinet",
    "infobip": "infobip://key@base/33612345678",
    "plivo": f"plivo://{'M' * 20}@{'b' * 40}/33612345678",
    "httpsms": "httpsms://key@33612345678",
    "json": "json://127.0.0.1:9/sms",
    "jsons": "jsons://example.org/sms",
}


class Server(ThreadingHTTPServer):
    """Keeps what it was sent; answers what it was told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[dict] = []
        self.answer = (200, '{"id": "gateway-1"}')
        self.connections = set()
        self.before_it_answers: Callable[[Handler], object] = lambda handler: None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        is_json = self.headers["Content-Type"].startswith("application/json")
        said = json.loads(body) if is_json else {k: v[0] for k, v in parse_qs(body).items()}
        self.server.connections.add(self.client_address)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append({"path": self.path, "headers": headers, "said": said})
        self.server.before_it_answers(self)
        status, text = self.server.answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


class Detour(HTTPAdapter):
    """Any https address is this server, under its own path."""

    def __init__(self, to: str) -> None:
        super().__init__()
        self.to = to

    def send(self, request, **options):
        host, _slash, path = request.url.removeprefix("https://").partition("/")
        request.headers["X-Meant-For"] = host
        request.url = f"http://{self.to}/{path}"
        return super().send(request, **options)


@pytest.fixture
def internet(server: Server) -> Iterator[Server]:
    """Sessions of this thread take the detour."""
    gateways.LINE.session().mount("https://", Detour(server.address))
    yield server
    gateways.LINE.hang_up()


@pytest.fixture
def message(house: House) -> Message:
    first = house.book_series().appointments[0]
    first.clinic, first.patient = house.clinic, house.patient
    return make_message(first, Kind.EVE, "sms")


def send(message: Message, url: str, to: str = NUMBER) -> str:
    return gateways.Gateway(url).send(Parcel(message, to, said([message])))


# --- What goes out --------------------------------------------------------------------------------


def test_octopush_gets_number_text_and_sender(internet: Server, message: Message) -> None:
    internet.answer = (201, '{"sms_ticket": "sms_1"}')
    assert send(message, URLS["octopush"]) == "sms_1"
    (asked,) = internet.asked
    assert asked["headers"]["x-meant-for"] == "api.octopush.com"
    assert asked["headers"]["api-key"] == "key"
    assert asked["said"]["recipients"] == [{"phone_number": NUMBER}]
    assert asked["said"]["text"] == said([message]).text
    assert asked["said"]["sender"] == "CabVoltaire"


def test_octopush_without_a_sender_says_the_clinics_label(
    internet: Server, message: Message
) -> None:
    internet.answer = (201, "{}")
    reference = send(message, "octopush://login@example.org/key")
    assert reference == f"{message.public_id}.0"  # ours, where the gateway says none
    assert internet.asked[0]["said"]["sender"] == "CabinetVolt"


def test_vonage_gets_number_text_and_sender(internet: Server, message: Message) -> None:
    internet.answer = (200, '{"messages": [{"status": "0", "message-id": "v-1"}]}')
    assert send(message, URLS["vonage"]) == "v-1"
    (asked,) = internet.asked
    assert asked["headers"]["x-meant-for"] == "rest.nexmo.com"
    fields = {name: asked["said"][name] for name in ("to", "from", "text")}
    assert fields == {
        "to": NUMBER.lstrip("+"), "from": "33612345678", "text": said([message]).text,
    }  # fmt: skip


def test_twilio_gets_number_text_and_sender(internet: Server, message: Message) -> None:
    internet.answer = (201, '{"sid": "SM1"}')
    assert send(message, URLS["twilio"]) == "SM1"
    (asked,) = internet.asked
    assert asked["headers"]["x-meant-for"] == "api.twilio.com"
    assert asked["path"] == f"/2010-04-01/Accounts/{SID}/Messages.json"
    assert asked["said"] == {
        "To": NUMBER, "From": "+33612345678", "Body": said([message]).text,
    }  # fmt: skip


def test_any_other_gateway_gets_json(server: Server, message: Message) -> None:
    assert send(message, f"json://user:pass@{server.address}/sms") == "gateway-1"
    (asked,) = server.asked
    assert asked["path"] == "/sms"
    assert asked["headers"]["authorization"].startswith("Basic ")
    wanted = {
        "to": NUMBER, "message": said([message]).text, "reference": f"{message.public_id}.0",
    }  # fmt: skip
    assert {name: asked["said"][name] for name in wanted} == wanted


def test_a_long_text_goes_as_one(internet: Server, message: Message) -> None:
    """Cutting it into parts is the network's."""
    internet.answer = (201, "{}")
    assert len(said([message]).text) > 160
    for name in ("twilio", "octopush"):
        send(message, URLS[name])
    assert len(internet.asked) == 2


def test_a_batch_goes_over_one_connection(server: Server, message: Message, settings) -> None:
    settings.SMS_URL = f"json://{server.address}"
    with transport_for("sms") as transport:
        for _each in range(3):
            transport.send(Parcel(message, NUMBER, said([message])))
    assert (len(server.asked), len(server.connections)) == (3, 1)


# --- What is made of answers ----------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 404, 413, 422])
def test_what_is_wrong_with_the_number_is_for_good(
    server: Server, message: Message, status: int
) -> None:
    server.answer = (status, '{"error": "Invalid\\r\\n recipient"}')
    with pytest.raises(Refused) as refused:
        send(message, f"json://{server.address}")
    assert refused.value.answer == f'{status} {{"error": "Invalid\\r\\n recipient"}}'


@pytest.mark.parametrize("status", [401, 402, 403, 408, 429, 500, 502, 503, 504])
def test_what_is_wrong_with_the_gateway_or_us_is_for_later(
    server: Server, message: Message, status: int
) -> None:
    server.answer = (status, "busy")
    with pytest.raises(TryLater, match=f"{status} busy"):
        send(message, f"json://{server.address}")


def test_a_redirect_is_not_followed(server: Server, message: Message) -> None:
    server.answer = (302, "elsewhere")
    with pytest.raises(TryLater):
        send(message, f"json://{server.address}")
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("status", "outcome"), [("3", Refused), ("6", Refused), ("1", TryLater), ("9", TryLater)]
)
def test_vonage_refuses_with_200(
    internet: Server, message: Message, status: str, outcome: type[Exception]
) -> None:
    internet.answer = (200, json.dumps({"messages": [{"status": status, "error-text": "no"}]}))
    with pytest.raises(outcome, match="error-text"):
        send(message, URLS["vonage"])


@pytest.mark.parametrize(
    ("name", "answer", "is_address"),
    [
        ("twilio", (400, '{"code": 21211}'), True),
        ("twilio", (400, '{"code": 21614}'), True),
        ("twilio", (400, '{"code": 21606}'), False),  # our own number
        ("twilio", (404, '{"code": 20404}'), False),  # our account
        ("vonage", (200, '{"messages": [{"status": "7"}]}'), True),
        ("vonage", (200, '{"messages": [{"status": "3"}]}'), False),
        ("octopush", (400, "{}"), False),
    ],
)
def test_a_number_is_held_wrong_only_where_the_gateway_says_so(
    internet: Server, message: Message, name: str, answer: tuple[int, str], is_address: bool
) -> None:
    internet.answer = answer
    with pytest.raises(Refused) as refused:
        send(message, URLS[name])
    assert refused.value.is_address is is_address


def test_nobody_there_is_for_later(message: Message) -> None:
    with pytest.raises(TryLater, match="not reached"):
        send(message, "json://127.0.0.1:9/sms")


def hangs_up(handler: Handler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


@pytest.mark.parametrize("fault", [hangs_up, lambda handler: time.sleep(1)])
def test_a_gateway_that_took_the_request_and_says_nothing_leaves_it_in_doubt(
    server: Server,
    message: Message,
    fault: Callable[[Handler], object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gateways, "SECONDS", "0.3")
    server.before_it_answers = fault
    with pytest.raises(InDoubt, match="did not answer"):
        send(message, f"json://{server.address}")
    assert len(server.asked) == 1
    server.before_it_answers = lambda handler: None
    assert send(message, f"json://{server.address}") == "gateway-1"


def test_an_old_answer_is_not_taken_for_a_new_one(server: Server, message: Message) -> None:
    send(message, f"json://{server.address}")
    with pytest.raises(TryLater, match="not reached"):
        send(message, "json://127.0.0.1:9/sms")


@pytest.mark.parametrize("name", ["octopush", "vonage", "twilio", "msgbird", "plivo"])
@pytest.mark.parametrize("number", ["", "12", "not a number", f"{NUMBER},+33612345679"])
def test_a_number_that_is_none_goes_nowhere(
    internet: Server, message: Message, name: str, number: str
) -> None:
    """Some plugins would send to the sender's own number."""
    with pytest.raises(Refused):
        send(message, URLS[name], to=number)
    assert internet.asked == []


def test_nothing_of_it_stands_in_the_log(
    server: Server, message: Message, caplog: pytest.LogCaptureFixture
) -> None:
    server.answer = (400, "no")
    with caplog.at_level("DEBUG"), pytest.raises(Refused):
        send(message, f"json://{server.address}")
    assert [r.getMessage() for r in caplog.records if NUMBER[-8:] in r.getMessage()] == []
    assert [r for r in caplog.records if r.name.startswith("apprise")] == []


# --- SMS_URL --------------------------------------------------------------------------------------


def test_every_scheme_has_an_example_that_is_sent_to_one_number() -> None:
    assert set(URLS) == set(sms_url.SCHEMES)
    for name, url in URLS.items():
        plugin = gateways.plugin_for(NUMBER, url=url)
        assert plugin.schema == name
        assert gateways.is_only_for(plugin, NUMBER), name
        assert len(plugin) == 1, name


def test_other_names_of_the_same() -> None:
    assert sms_url.plain_url("messagebird://key/1") == "msgbird://key/1"
    assert sms_url.plain_url("nexmo://a:b@1") == "vonage://a:b@1"
    assert sms_url.checked("MessageBird://key/1") == "MessageBird://key/1"


@pytest.mark.parametrize("url", ["octopush", "mailto://a@b.test", "file:///x", "smtp://x", "://"])
def test_what_is_no_gateway_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ValueError, match="SMS_URL must begin with one of octopush://"):
        sms_url.checked(url)


@pytest.mark.parametrize("url", ["octopush://", "twilio://nothing@33612345678", "vonage://a@1"])
def test_half_an_address_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(gateways.WrongUrl) as error:
        gateways.check(url)
    assert "\n" not in str(error.value)


def test_a_wrong_address_found_late_loses_no_message(message: Message) -> None:
    with pytest.raises(TryLater, match="SMS_URL"):
        send(message, "twilio://nothing@33612345678")


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Cabinet Voltaire", "CabinetVolt"),
        ("Clinique de l’Été", "CliniqueDeL"),
        ("إإإ", "Cabinet"),
        ("", "Cabinet"),
    ],
)
def test_the_senders_name_is_what_gateways_take(label: str, name: str) -> None:
    assert gateways.sender_name(label) == name


def test_control_without_the_line_a_refusal_by_vonage_looks_sent(server: Server) -> None:
    """Why `Line` listens: apprise itself calls it sent."""
    server.answer = (200, '{"messages": [{"status": "3", "error-text": "no"}]}')
    plugin = gateways.plugin_for(NUMBER, url=URLS["vonage"])
    with requests.Session() as session:
        session.mount("https://", Detour(server.address))
        type(plugin).send.__globals__["requests"] = session_as_module(session)
        try:
            assert plugin.notify(body="x", title="") is True
        finally:
            type(plugin).send.__globals__["requests"] = gateways.LINE


def session_as_module(session: requests.Session):
    class Module:
        codes, RequestException, post = requests.codes, requests.RequestException, session.post

    return Module
