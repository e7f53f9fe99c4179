"""The records of the sessions done, in few statements: written as drafts, signed, and sealed."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from django.db.models import F

from clinic.demo import phrases, writing
from clinic.demo.lives import DAY, HOUR
from clinic.demo.rows import BATCH
from clinic.demo.shelf import Stock
from clinic.demo.treated import Told, Treated
from clinic.models import AuditEntry
from patients.models import (
    Amendment,
    KeptText,
    Patient,
    ProductUse,
    RecordVersion,
    Seal,
    SessionRecord,
)
from patients.records import content, seals

# Of each practitioner's last sessions, the latest first: what is written about them by now.
OF_THE_ONE_SHOWN = ("draft", "none", "draft", "none", "none", "draft")
OF_THE_OTHERS = ("none", "draft")
SHOWN = "praticien@demo.test"
SIGNED_LATER = 0.12
AMENDED_EVERY = 211
WANTS_TO_SEE = 1  # running courses whose last record asks to see the patient first


@dataclass
class Records:
    """What was written, for what follows from it. `by_told`: of each course in order."""

    stock: Stock
    now: dt.datetime
    rng: Random
    every: dict[Treated, SessionRecord] = field(default_factory=dict)
    uses: dict[Treated, list[ProductUse]] = field(default_factory=dict)
    drafts: list[Treated] = field(default_factory=list)
    signed: list[Treated] = field(default_factory=list)
    by_told: dict[Told, list[Treated]] = field(default_factory=lambda: defaultdict(list))
    amendments: list[tuple[Treated, Amendment]] = field(default_factory=list)

    def write(self, done: Sequence[Treated]) -> None:
        written = what_is_written(done)
        asking = wants_to_see(done, written)
        for one in done:
            self.by_told[one.told].append(one)
            state = written.get(one, "signed")
            if state != "none":
                self._write_one(one, is_draft=state == "draft", asks=one in asking)
        self._save()
        self._sign()

    def _write_one(self, one: Treated, *, is_draft: bool, asks: bool) -> None:
        fields = writing.fields_of(self.rng, one)
        if asks:
            fields |= writing.asks_to_be_seen(self.rng)
        if is_draft:
            fields = half_done(self.rng, fields)
        record = self._row(one, fields, is_draft=is_draft)
        uses = writing.products_of(self.rng, one, self.stock, record)
        self.every[one] = record
        self.uses[one] = uses[:1] if is_draft else uses
        (self.drafts if is_draft else self.signed).append(one)

    def _row(self, one: Treated, fields: dict[str, Any], *, is_draft: bool) -> SessionRecord:
        clinic = one.visit.site.clinic
        saved_at = min(one.ended_at, self.now) if is_draft else self._signed_at(one)
        return SessionRecord(
            session=one.session,
            patient=one.visit.patient,
            version=2,
            started_at=one.began_at,
            place=f"{clinic.name}, {clinic.address}",
            performer=one.by,
            performer_name=str(one.by),
            opened_at=one.began_at,
            opened_by=one.by,
            saved_at=saved_at,
            saved_by=one.by,
            **fields,
        )

    def _signed_at(self, one: Treated) -> dt.datetime:
        """As the patient leaves; now and then in the evening."""
        late = self.rng.uniform(0.2, 3) * HOUR if self.rng.random() < SIGNED_LATER else 0 * HOUR
        return min(one.visit.changed_at + late, self.now).astimezone(dt.UTC)

    # --- Rows ------------------------------------------------------------------------------------

    def _save(self) -> None:
        SessionRecord.objects.bulk_create(self.every.values(), BATCH)
        ProductUse.objects.bulk_create((u for uses in self.uses.values() for u in uses), BATCH)
        versions = (row for one in self.every for row in self._versions(one))
        RecordVersion.objects.bulk_create(versions, BATCH)

    def _versions(self, one: Treated) -> Iterator[RecordVersion]:
        """As it was opened, and what the one save after it changed."""
        record = self.every[one]
        full = content_of(record, self.uses[one])
        opened = NOTHING_YET | {name: full[name] for name in ("started_at", "performer")}
        changed = {name: value for name, value in full.items() if opened[name] != value}
        for number, said, at in ((1, opened, record.opened_at), (2, changed, record.saved_at)):
            yield RecordVersion(
                record=record, version=number, content=said, at=at, by_id=record.saved_by_id
            )

    def _sign(self) -> None:
        drafts = [self.every[one].pk for one in self.drafts]
        SessionRecord.objects.exclude(pk__in=drafts).update(
            status=SessionRecord.Status.SIGNED, signed_at=F("saved_at"), signed_by=F("saved_by")
        )
        self.amendments = list(self._amendments())
        Amendment.objects.bulk_create(row for _one, row in self.amendments)
        Seal.objects.bulk_create(chain(), BATCH)

    def _amendments(self) -> Iterator[tuple[Treated, Amendment]]:
        texts = iter(phrases.AMENDED)
        for one in self.signed[AMENDED_EVERY // 2 :: AMENDED_EVERY]:
            record, said = self.every[one], next(texts, None)
            at = record.saved_at + self.rng.uniform(0.5, 6) * DAY
            if said and at < self.now:
                row = Amendment(record=record, text=said[0], reason=said[1], at=at, by=one.by)
                yield one, row

    def keep_a_text(self) -> None:
        """Of two windows open on one draft, the one that was slower."""
        mine = [one for one in self.drafts if one.by.email == SHOWN]
        for one in mine[:1]:
            record = self.every[one]
            KeptText.objects.create(
                record=record,
                by=one.by,
                at=record.saved_at,
                base=1,
                content={"notes": "Tension à l’épaule droite signalée en partant, à surveiller."},
            )

    def audit(self) -> Iterator[AuditEntry]:
        signed = set(self.signed)
        for one, record in self.every.items():
            yield entry("record.open", one, record, record.opened_at)
            verb = "record.sign" if one in signed else "record.save"
            yield entry(verb, one, record, record.saved_at, version=record.version)
        for one, amendment in self.amendments:
            record = amendment.record
            yield entry("record.amend", one, record, amendment.at, amendment=amendment.pk)


def what_is_written(done: Iterable[Treated]) -> dict[Treated, str]:
    """Of the last sessions of each practitioner, those that are not signed yet."""
    theirs: dict[str, list[Treated]] = defaultdict(list)
    for one in sorted(done, key=lambda one: one.began_at, reverse=True):
        theirs[one.by.email].append(one)
    return {
        one: state
        for email, latest in theirs.items()
        for one, state in zip(
            latest, OF_THE_ONE_SHOWN if email == SHOWN else OF_THE_OTHERS, strict=False
        )
    }


def wants_to_see(done: Sequence[Treated], written: dict[Treated, str]) -> set[Treated]:
    """The last session of a course of the one shown, under way and in its attack phase."""
    last = {one.told: one for one in done}
    fit = [
        one
        for one in last.values()
        if one.by.email == SHOWN and one not in written and one.index == 1 and is_running(one.told)
    ]
    return set(sorted(fit, key=lambda one: one.began_at)[-WANTS_TO_SEE:])


def is_running(told: Told) -> bool:
    return told.course.status == "active" and bool(told.course.ahead())


def half_done(rng: Random, fields: dict[str, Any]) -> dict[str, Any]:
    """A record that somebody was called away from."""
    begun = ("zones", "techniques", "depth", "depth_mm", "needle", "asepsis", "pain_before")
    kept = {name: fields[name] for name in begun if name in fields}
    return kept | {"notes": rng.choice(phrases.DRAFTED)}


def content_of(record: SessionRecord, uses: Iterable[ProductUse]) -> content.Content:
    """`records.content_of`, of rows that are in hand."""
    said = {
        name: content.plain(name, getattr(record, content.field_of(name).attname))
        for name in content.SAVED
    }
    return said | {content.PRODUCTS: [content.line_of(use).as_json() for use in uses]}


NOTHING_YET = content_of(SessionRecord(), ())


def chain() -> Iterator[Seal]:
    """Over all that is signed, in the order of signing, as the database gives it back."""
    previous = seals.GENESIS
    for number, (sealed, at, by) in enumerate(sorted(to_seal(), key=lambda one: one[1]), 1):
        content_hash = seals.content_hash(sealed)
        link = seals.link_hash(number, previous, content_hash, by, at)
        yield Seal(
            number=number,
            record=sealed if isinstance(sealed, SessionRecord) else None,
            amendment=sealed if isinstance(sealed, Amendment) else None,
            at=at,
            by_id=by,
            content_hash=content_hash,
            previous_hash=previous,
            hash=link,
        )
        previous = link


def to_seal() -> Iterator[tuple[SessionRecord | Amendment, dt.datetime, int]]:
    signed = SessionRecord.objects.filter(status="signed").order_by("pk")
    for record in signed.prefetch_related("products"):
        if record.signed_at and record.signed_by_id:
            yield record, record.signed_at, record.signed_by_id
    for amendment in Amendment.objects.order_by("pk"):
        yield amendment, amendment.at, amendment.by_id


def entry(
    action: str, one: Treated, record: SessionRecord, at: dt.datetime, **detail: Any
) -> AuditEntry:
    patient: Patient = one.visit.patient
    return AuditEntry(
        at=at,
        by_id=one.by.pk,
        clinic_id=one.visit.site.clinic.pk,
        action=action,
        patient_id=patient.pk,
        subject=f"record:{record.public_id}",
        detail=detail,
    )
