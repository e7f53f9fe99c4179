from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from protocols.catalogue import loader


class Command(BaseCommand):
    help = "Loads the shipped catalogue of protocols; running it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        report = loader.load(now=timezone.now())
        if not options["verbosity"]:
            return
        for label in report.published:
            self.stdout.write(f"published {label}")
        for label in report.drafted:
            self.stdout.write(f"left as a draft {label}: the clinic runs its own version")
        for slug in report.kept_back:
            self.stdout.write(f"kept back {slug}: a draft is in work")
        self.stdout.write(self._summary(report))

    def _summary(self, report: loader.Report) -> str:
        if report.changed_nothing:
            return f"Nothing to change: {report.unchanged} protocols are as shipped."
        return (
            f"{len(report.published)} published, {len(report.drafted)} drafted, "
            f"{report.unchanged} unchanged; {report.terms_written} terms written."
        )
