"""A real SMTP server on this machine that answers as it is told."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller

Answer = str | Callable[[Any], str]


class Script:
    """`rcpt` and `data`: by the first letters of the recipient, what is answered."""

    def __init__(self) -> None:
        self.rcpt: dict[str, str] = {}
        self.data: dict[str, Answer] = {}
        self.taken: list[tuple[str, bytes]] = []
        self.connections = 0
        self.asked: Counter[str] = Counter()  # letters handed over whole, by recipient
        self.pause = 3.0  # seconds: of what is slow, and of what hangs

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.rcpt.get(address.partition("@")[0], "250 OK")
        if answer == "drop":
            server.transport.abort()
        if answer == "slow":
            await asyncio.sleep(self.pause)
            answer = "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        if answer.startswith("421"):
            server.transport.write(f"{answer}\r\n".encode())
            server.transport.close()
        return answer

    async def handle_DATA(self, server, session, envelope):
        (to,) = envelope.rcpt_tos
        answer = self.data.get(to.partition("@")[0], "250 taken")
        self.asked[to.partition("@")[0]] += 1
        if answer == "drop":
            server.transport.abort()
            return "250 never heard"
        if answer == "hang":
            await asyncio.sleep(self.pause)
            return "250 too late"
        if answer == "slow":
            await asyncio.sleep(self.pause)
            answer = "250 taken"
        if answer.startswith("250"):
            self.taken.append((to, envelope.content))
        return answer


class OnAnyPort(Controller):
    """On whichever port is free: the base class asks for port 0 again to see that it answers."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def serving(script: Script, **options: Any) -> Iterator[tuple[str, int]]:
    controller = OnAnyPort(script, hostname="127.0.0.1", port=0, **options)
    controller.start()
    try:
        yield "127.0.0.1", controller.port
    finally:
        controller.stop()
