"""The whole product in the foreground: prepares the data, then runs web server and worker."""

import http.client
import os
import sys
import threading
import time
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from clinic.demo import accounts
from clinic.serving.preparation import NotReady, prepare
from clinic.serving.processes import Child, Supervisor, port_is_free

SECONDS_TO_ANSWER = 30
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 where to ask a server that listens to all


class Command(BaseCommand):
    help = "Starts the product: prepares the data, then runs the web server and the worker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        environment = settings.ENVIRONMENT
        parser.add_argument("--host", default=environment.host)
        parser.add_argument("--port", type=port_number, default=str(environment.port))
        parser.add_argument("--workers", type=int, default=as_many("WEB_WORKERS"))
        parser.add_argument("--senders", type=int, default=as_many("MESSAGE_SENDERS"))
        parser.add_argument(
            "--no-worker", action="store_true", help="web only: jobs and messages run elsewhere"
        )

    def handle(self, **options: Any) -> None:
        host, port = options["host"], options["port"]
        if not port_is_free(host, port):
            raise CommandError(
                f"Port {port} on {host} is taken: stop what uses it, or choose another with PORT."
            )
        try:
            prepare(self.say)
        except NotReady as reason:
            raise CommandError(str(reason)) from reason
        connections.close_all()
        children = [web_server(host, port, options["workers"])]
        if not options["no_worker"]:
            children += [worker(), *senders(options["senders"])]
        self.run(host, port, children)

    def run(self, host: str, port: int, children: list[Child]) -> None:
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        threading.Thread(target=self.announce, args=(address, host, port), daemon=True).start()
        code = Supervisor(children, self.say).run()
        self.say("stopped.")
        if code:
            sys.exit(code)

    def announce(self, address: str, host: str, port: int) -> None:
        """Says where to look once the first page really answers."""
        if not answers(EVERYWHERE.get(host, host), port):
            return
        self.stdout.write(self.style.SUCCESS(f"\n  Ready on {address}   (Ctrl-C stops)\n"))
        for line in demo_accounts():
            self.stdout.write(f"  {line}")
        self.stdout.flush()

    def say(self, line: str) -> None:
        self.stdout.write(f"· {line}")
        self.stdout.flush()


def port_number(text: str) -> int:
    number = int(text)
    if not 0 < number < 2**16:
        raise ArgumentTypeError(f"{number} is no port: 1 to 65535")
    return number


def as_many(variable: str) -> str:
    """As text: the parser turns it into a number, or says in one line that it is none."""
    return os.environ.get(variable) or str(min(2, os.cpu_count() or 1))


def web_server(host: str, port: int, workers: int) -> Child:
    options = {
        "--interface": "wsgi",
        "--host": host,
        "--port": str(port),
        "--workers": str(workers),
        "--blocking-threads": "4",
        "--workers-kill-timeout": "10",
        "--log-level": "warning",
    }
    flags = [word for pair in options.items() for word in pair]
    target = ["--no-ws", "--respawn-failed-workers", "clinic.wsgi:application"]
    return Child("web server", [sys.executable, "-m", "granian", *flags, *target], is_vital=True)


def worker() -> Child:
    return Child("worker", managed("qcluster"), is_vital=False)


def senders(count: int) -> list[Child]:
    """Two, so that a mail server that lets one wait does not hold up everybody's messages."""
    return [
        Child("sender of messages", managed("send_messages"), is_vital=False) for _ in range(count)
    ]


def managed(command: str) -> list[str]:
    return [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), command]


def answers(host: str, port: int) -> bool:
    """Any answer is an answer: also a redirect to https, or "not for this host"."""
    for _ in range(SECONDS_TO_ANSWER * 10):
        connection = http.client.HTTPConnection(host, port, timeout=5)
        try:
            connection.request("HEAD", "/")
            connection.getresponse()
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        else:
            return True
        finally:
            connection.close()
    return False


def demo_accounts() -> list[str]:
    """What the demonstration clinic lets in, when it is the one that runs."""
    if settings.ENVIRONMENT.production:
        return []
    return accounts.lines()
