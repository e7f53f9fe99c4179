"""Walks the chain of seals over all that was signed, and says where it is broken."""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from patients.records.seals import Head, verify


def a_head(text: str) -> Head:
    try:
        return Head.read(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is no head, such as an earlier run has printed") from None


class Command(BaseCommand):
    help = (
        "Verifies every signed record and amendment. Keep the head that it prints somewhere else: "
        "given back with --head, it shows that the end of the chain was not cut off."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--head", type=a_head, help="a head that an earlier run has printed")

    def handle(self, **options: Any) -> None:
        verdict = verify(options["head"])
        if verdict.broken is not None:
            where, head = verdict.broken, verdict.head
            raise CommandError(
                f"Broken at seal {where.number}, {where.what}: {where.why}. "
                f"Up to {head} the chain holds."
            )
        if options["verbosity"]:
            self.stdout.write(f"{verdict.head.number} seals, all as they were signed.")
            self.stdout.write(f"Head: {verdict.head}")
