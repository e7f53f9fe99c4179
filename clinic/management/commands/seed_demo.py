"""Fills an empty database with the demonstration clinic."""

import gc
import io
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinic.demo import accounts
from clinic.demo.seeding import SEED, seed
from clinic.models import Clinic, User
from patients.models import Patient


@contextmanager
def nothing_collected() -> Iterator[None]:
    """All that is made is kept to the end: to look through it again and again takes a tenth."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class Command(BaseCommand):
    help = "Fills an empty database with a demonstration clinic; nobody in it exists."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=SEED, help="another number, another clinic")
        parser.add_argument(
            "--yes", action="store_true", help="also in production: its accounts are public"
        )

    def handle(self, **options: Any) -> None:
        if settings.ENVIRONMENT.production and not options["yes"]:
            raise CommandError(
                "This is production: the demonstration has public passwords. --yes does it anyway."
            )
        if any(model.objects.exists() for model in (User, Clinic, Patient)):
            raise CommandError("The database is not empty; the demonstration needs an empty one.")
        started = time.monotonic()
        call_command("load_catalogue", verbosity=0, stdout=io.StringIO())
        with nothing_collected():
            made = seed(now=timezone.now(), seed=options["seed"], say=self.say)
        took = time.monotonic() - started
        self.say(
            f"{made.patients} patients, {made.series} series, {made.appointments} appointments "
            f"({made.to_move} to move), {made.records} records, in {took:.1f} s"
        )
        if options["verbosity"]:
            self.stdout.write("\n".join(accounts.lines()))

    def say(self, line: str) -> None:
        self.stdout.write(f"  {line}")
        self.stdout.flush()
