"""A quote from its draft to its answer. Given, it is fixed: `content_hash` seals what it says.

Every verb is one transaction. What stands in the way is answered as a `Refusal`.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from patients.actor import Actor
from patients.models import Patient, Quote, QuoteLine, Series
from patients.models.quote import GIVEN
from patients.refusal import Refusal
from protocols.models import Protocol

NUMBERING = 3  # a space of advisory locks: `clinic.booking.locks` has 1 and 2
MOST_CENTS = 2_000_000_000  # what the column holds on both engines, and a little less
NOT_SEALED = {"content_hash"}  # which is the seal itself
LINE = ("position", "phase", "label", "quantity", "unit_cents", "vat_permille", "vat_ground")
# What the decree of 17 October 1996 (art. 2) asks to be on it, that a row may lack.
ASKED = (
    "practitioner_name", "practitioner_address", "practitioner_number",
    "practitioner_qualification", "insurance", "patient_birth_on", "patient_address", "place",
    "act", "anaesthesia", "days_off",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line as it is asked for; the price includes the tax."""

    label: str
    quantity: int
    unit_cents: int
    vat_permille: int
    vat_ground: str
    phase: str = ""

    @property
    def total_cents(self) -> int:
        return self.quantity * self.unit_cents


# --- Drafts --------------------------------------------------------------------------------------


@transaction.atomic
def draft(
    *,
    patient: Patient,
    protocol: Protocol,
    fields: dict[str, Any],
    lines: Sequence[Line],
    by: Actor,
    now: dt.datetime,
    year: int,
) -> Quote:
    """A new draft with the next number of the year; who and where stand in `fields`."""
    quote = Quote.objects.create(
        number=_next_number(year),
        patient=patient,
        protocol=protocol,
        created_at=now,
        created_by=by,
        total_cents=sum(line.total_cents for line in lines),
        **fields,
    )
    _write_lines(quote, lines)
    return quote


def _next_number(year: int) -> str:
    """D2026-0001 and so on, without a gap: rows never vanish, and only one counts at a time.

    SQLite has one writer from the beginning of the transaction; on PostgreSQL the lock holds until
    its end, so that nobody reads the last number before it stands.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [NUMBERING, year])
    prefix = f"D{year}-"
    numbers = Quote.objects.filter(number__startswith=prefix).values_list("number", flat=True)
    last = numbers.order_by(Length("number").desc(), "-number").first()
    return f"{prefix}{int(last.removeprefix(prefix)) + 1 if last else 1:04}"


def _write_lines(quote: Quote, lines: Iterable[Line]) -> None:
    quote.lines.all().delete()
    QuoteLine.objects.bulk_create(
        QuoteLine(quote=quote, position=position, **asdict(line))
        for position, line in enumerate(lines, 1)
    )


@transaction.atomic
def rewrite(
    *, quote: Quote, fields: dict[str, Any], lines: Sequence[Line], seen: str
) -> Quote | Refusal:
    """Write the draft anew. `seen` is the fingerprint of what the writer had before their eyes."""
    current = _locked(quote)
    if refusal := _not_as_seen(current, seen):
        return refusal
    for name, value in fields.items():
        setattr(current, name, value)
    current.total_cents = sum(line.total_cents for line in lines)
    current.save()
    _write_lines(current, lines)
    return current


def _locked(quote: Quote) -> Quote:
    return Quote.objects.select_for_update().get(pk=quote.pk)


def _not_as_seen(current: Quote, seen: str) -> Refusal | None:
    if current.status != Quote.Status.DRAFT:
        return Refusal("given", _("This quote was given meanwhile: it is fixed now."))
    if fingerprint(current) != seen:
        return Refusal("stale", _("Somebody else changed this quote meanwhile."))
    return None


# --- Given and answered --------------------------------------------------------------------------


@transaction.atomic
def give(*, quote: Quote, seen: str, by: Actor, now: dt.datetime) -> Quote | Refusal:
    """Hand it over: from here on the database lets nobody change it."""
    current = _locked(quote)
    if refusal := _not_as_seen(current, seen):
        return refusal
    if not current.lines.exists():
        return Refusal("empty", _("A quote has at least one line."))
    current.status, current.given_at, current.given_by = Quote.Status.GIVEN, now, by
    current.content_hash = fingerprint(current)
    current.save(update_fields=["status", "given_at", "given_by", "content_hash"])
    return current


@transaction.atomic
def answer(
    *, quote: Quote, status: str, by: Actor, now: dt.datetime, today: dt.date
) -> Quote | Refusal:
    """The patient signed it, or does not want it."""
    current = _locked(quote)
    if current.status != Quote.Status.GIVEN:
        return Refusal("answered", _("This quote is no longer waiting for an answer."))
    if status == Quote.Status.SIGNED and not stands(current, today=today):
        return Refusal("expired", _("This quote has expired. Please make a new one."))
    current.status, current.answered_at, current.answered_by = status, now, by
    current.save(update_fields=["status", "answered_at", "answered_by"])
    return current


def expire(*, today: dt.date) -> int:
    """Given quotes whose time is over; one that a series was booked on was taken up in time."""
    over = Quote.objects.filter(
        status=Quote.Status.GIVEN, series__isnull=True, valid_until__lt=today
    )
    return over.update(status=Quote.Status.EXPIRED)


# --- What stands ---------------------------------------------------------------------------------


def stands(quote: Quote, *, today: dt.date) -> bool:
    """Given and in time, signed, or given and taken up by a series: `standing` for one row."""
    if quote.status == Quote.Status.GIVEN:
        return quote.series_id is not None or quote.valid_until >= today
    return quote.status == Quote.Status.SIGNED


def standing(
    patient: Patient, protocol: Protocol, *, today: dt.date, series: Series | None = None
) -> QuerySet[Quote]:
    """The quotes on which this protocol may be booked for this patient, the newest first.

    Every version of the protocol counts, as a price does; a quote of another series does not.
    """
    in_time = Q(series__isnull=True) & (Q(status="signed") | Q(valid_until__gte=today))
    own = Q(series=series) if series else Q(pk__in=[])
    return Quote.objects.filter(
        in_time | own, patient=patient, protocol__slug=protocol.slug, status__in=Quote.STANDS
    ).order_by("-given_at", "-id")


def attach(*, series: Series, today: dt.date) -> Quote | None:
    """The series was booked on the newest quote that stands. Call it in the booking's transaction.

    A series that has one already keeps it, unless a newer one was given for the rest of it.
    """
    quote = standing(series.patient, series.protocol, today=today, series=series).first()
    if quote is not None and quote.series_id is None:
        quote.series = series
        quote.save(update_fields=["series"])
    return quote


# --- What it says --------------------------------------------------------------------------------


def lines_of(quote: Quote) -> list[Line]:
    return [
        Line(*row)
        for row in quote.lines.order_by("position", "id").values_list(
            "label", "quantity", "unit_cents", "vat_permille", "vat_ground", "phase"
        )
    ]


def content(quote: Quote) -> dict[str, Any]:
    """Everything that is fixed once given, and nothing else."""
    row = {name: getattr(quote, _column(name)) for name in GIVEN if name not in NOT_SEALED}
    lines = [list(line) for line in quote.lines.order_by("position", "id").values_list(*LINE)]
    return row | {"lines": lines}


def _column(name: str) -> str:
    return Quote._meta.get_field(name).attname  # type: ignore[union-attr]  # no reverse relation


def fingerprint(quote: Quote) -> str:
    """SHA-256 of its content in one canonical writing."""
    text = json.dumps(content(quote), sort_keys=True, ensure_ascii=False, default=_written)
    return hashlib.sha256(text.encode()).hexdigest()


def _written(value: Any) -> str:
    """Dates as ISO 8601, moments in UTC: the same whichever engine gave them back."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    return str(value.isoformat())


def is_intact(quote: Quote) -> bool:
    """Whether a given quote still says what its seal was made of."""
    return quote.content_hash == fingerprint(quote)


def missing(quote: Quote) -> list[str]:
    """What the decree asks for and this quote leaves open, as the labels of its columns."""
    labels = {name: str(Quote._meta.get_field(name).verbose_name) for name in ASKED}  # type: ignore[union-attr]
    return [label for name, label in labels.items() if not getattr(quote, name)]
