"""The sender: hands over what is due to patients, in the foreground, until it is told to stop."""

import signal
import threading
import time
import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.utils import timezone

from clinic import alarms, alive
from clinic.messages.channels import is_local
from clinic.messages.sending import Dispatcher
from clinic.outbox.leasing import LATE_A_MINUTE, Sender
from patients.models import Channel

SECONDS_BETWEEN_LOOKS = 2.0
SECONDS_AFTER_A_FAULT = 10.0
SECONDS_BETWEEN_BEATS = 20.0


class Command(BaseCommand):
    help = "Sends what is due to patients; as many of it as you like may run, on any machine."

    beats_at = 0.0  # of the monotonic clock

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="send what is due now, then end")
        parser.add_argument("--batch", type=int, default=100)
        parser.add_argument(
            "--late-a-minute",
            type=int,
            default=LATE_A_MINUTE,
            help="how many late messages leave in a minute; 0: all of them",
        )

    def handle(self, **options: Any) -> None:
        sender = Sender(
            uuid.uuid4().hex,
            late_a_minute=options["late_a_minute"] or None,
            at_any_hour=all(is_local(channel) for channel in Channel),
        )
        dispatcher = Dispatcher(sender)
        if options["once"]:
            while dispatcher.run(limit=options["batch"]):
                pass
            self.stdout.write(", ".join(f"{n} {what}" for what, n in dispatcher.done.items()))
            return
        self.send_for_ever(dispatcher, options["batch"])

    def send_for_ever(self, dispatcher: Dispatcher, batch: int) -> None:
        stopped = threading.Event()
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, lambda *_: stopped.set())
        dispatcher.beat = self.beat
        wait = 0.0
        while not stopped.wait(wait):
            try:
                self.beat()
                wait = 0.0 if dispatcher.run(limit=batch) else SECONDS_BETWEEN_LOOKS
            except DatabaseError as fault:
                self.stderr.write(f"The database does not answer ({type(fault).__name__}).")
                connection.close()
                wait = SECONDS_AFTER_A_FAULT

    def beat(self) -> None:
        """Every so often, also in the middle of a slow batch; and look whether the worker does."""
        if time.monotonic() < self.beats_at:
            return
        now = timezone.now()
        alive.beat(alive.SENDER, now=now)
        alarms.watch(alive.WORKER, now=now)
        self.beats_at = time.monotonic() + SECONDS_BETWEEN_BEATS
