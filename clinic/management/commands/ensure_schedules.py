"""Where the worker runs without `serve`: tells it what to do and when."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from clinic import jobs


class Command(BaseCommand):
    help = "Writes down when each background job runs; running it again changes nothing."

    def handle(self, **options: Any) -> None:
        jobs.ensure_schedules(now=timezone.now())
        if options["verbosity"]:
            self.stdout.write(f"{len(jobs.SCHEDULES)} jobs are scheduled.")
