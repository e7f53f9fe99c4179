"""Brings the shipped catalogue into the database. A second run changes nothing and says so.

A version in the database never changes: a file whose content differs becomes the next version. What
the clinic made itself wins: where it runs its own version, retired the protocol or has a draft in
work, the shipped change waits as a draft, or is kept back.
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import models, transaction
from django.db.models import Max

from protocols import editing
from protocols.catalogue import files
from protocols.catalogue.rows import write_rules
from protocols.models import (
    Contraindication,
    Indication,
    Product,
    Protocol,
    ResourceKind,
    Source,
    Zone,
)

AUTHOR = "catalogue"
TERM_MODELS: dict[str, type[models.Model]] = {
    "kinds": ResourceKind,
    "sources": Source,
    "indications": Indication,
    "zones": Zone,
    "products": Product,
    "contraindications": Contraindication,
}
COLUMNS = (
    "slug", "name_fr", "name_en", "summary_fr", "summary_en", "performers", "sessions_min",
    "sessions_max", "season_from_month", "season_until_month", "reflection_days", "on_missed",
    "consent_fr", "consent_en",
)  # fmt: skip
# What a clinic sets for itself: the file gives the first value only.
THE_CLINICS_OWN = {"asked_again_days"}


class CatalogueError(ValueError):
    """A shipped file that cannot be published: a fault of ours, so nothing is written."""


@dataclass
class Report:
    """What a run did; versions as `slug v2`."""

    terms_written: int = 0
    published: list[str] = field(default_factory=list)
    drafted: list[str] = field(default_factory=list)
    kept_back: list[str] = field(default_factory=list)
    unchanged: int = 0

    @property
    def changed_nothing(self) -> bool:
        return not (self.terms_written or self.published or self.drafted)


@transaction.atomic
def load(*, now: datetime, folder: Path = files.FOLDER) -> Report:
    catalogue = files.read(folder)
    report = Report()
    for name, rows in catalogue.terms.items():
        report.terms_written += _write_terms(TERM_MODELS[name], rows)
    for sheet in catalogue.sheets:
        _load_sheet(sheet, report, now)
    return report


def _write_terms(model: type[models.Model], rows: dict[str, files.Table]) -> int:
    """Create what is new and change what differs; answers how many rows that were."""
    existing = {row.code: row for row in model._default_manager.all()}  # type: ignore[attr-defined]
    written = 0
    for code, values in rows.items():
        row = existing.get(code) or model(code=code)
        kept = THE_CLINICS_OWN if row.pk else set()
        shipped = {name: value for name, value in values.items() if name not in kept}
        if row.pk and all(getattr(row, name) == value for name, value in shipped.items()):
            continue
        for name, value in shipped.items():
            setattr(row, name, value)
        row.save()
        written += 1
    return written


def _load_sheet(sheet: files.Sheet, report: Report, now: datetime) -> None:
    versions = Protocol.objects.filter(slug=sheet.slug)
    shipped = versions.exclude(content_hash="").order_by("-version").first()
    if shipped and shipped.content_hash == sheet.content_hash:
        report.unchanged += 1
    elif versions.drafts().exists():
        report.kept_back.append(sheet.slug)
    elif _runs_what_was_shipped(versions):
        report.published.append(_publish(_write_draft(sheet), now))
    else:
        report.drafted.append(_label(_write_draft(sheet)))


def _runs_what_was_shipped(versions: models.QuerySet[Protocol]) -> bool:
    """Whether the clinic left the shipped protocol as it was, so that it follows our changes."""
    current = versions.filter(status=Protocol.Status.ACTIVE).first()
    return bool(current.content_hash) if current else not versions.exists()


def _write_draft(sheet: files.Sheet) -> Protocol:
    versions = Protocol.objects.filter(slug=sheet.slug)
    latest = versions.aggregate(latest=Max("version"))["latest"] or 0
    values = {name: sheet.content[name] for name in COLUMNS if name in sheet.content}
    draft = Protocol.objects.create(
        version=latest + 1, content_hash=sheet.content_hash, drafted_by=AUTHOR, **values
    )
    write_rules(draft, sheet.content)
    return draft


def _publish(draft: Protocol, now: datetime) -> str:
    problems = editing.publish(draft, by=AUTHOR, now=now)
    if problems:
        text = "; ".join(problem.text for problem in problems)
        raise CatalogueError(f"{draft.slug}: {text}")
    return _label(draft)


def _label(protocol: Protocol) -> str:
    return f"{protocol.slug} v{protocol.version}"
