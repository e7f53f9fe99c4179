"""One chain of hashes over all that was signed: records and amendments, in the order of signing.

Each seal holds the hash of what it seals (every column, the products with it) and of the seal
before. So nothing sealed can be changed, taken out or put in between without breaking the chain
from there on. What the chain alone cannot show is that its end was cut off: `Verdict.head` is to be
kept elsewhere now and then, and given back to `verify`.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models.fields.json import JSONField

from patients.actor import Actor
from patients.models import Amendment, ProductUse, Seal, SessionRecord

GENESIS = "0" * 64  # before the first seal
CHAIN = 5_212_041  # the advisory lock of PostgreSQL that the chain's end is written behind
AT_A_TIME = 200


@dataclass(frozen=True)
class Head:
    """The end of the chain; as text it is what is written down elsewhere."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"

    @classmethod
    def read(cls, text: str) -> "Head":
        """ValueError where it is none."""
        number, _colon, digest = text.strip().partition(":")
        if len(digest) != len(GENESIS):
            raise ValueError(text)
        return cls(int(number), digest)


@dataclass(frozen=True)
class Break:
    """The first place where the chain does not hold, what is concerned, and why."""

    number: int
    what: str
    why: str


@dataclass(frozen=True)
class Verdict:
    head: Head
    broken: Break | None


def seal(sealed: SessionRecord | Amendment, *, by: Actor, now: dt.datetime) -> Seal:
    """The next link. Last in the signing transaction: until its end all who sign wait here."""
    line_up()
    last = Seal.objects.order_by("-number").values_list("number", "hash").first()
    number, previous = (last[0] + 1, last[1]) if last else (1, GENESIS)
    fresh = type(sealed)._default_manager.get(pk=sealed.pk)  # as the database will give it back
    content = content_hash(fresh)
    return Seal.objects.create(
        number=number,
        record=fresh if isinstance(fresh, SessionRecord) else None,
        amendment=fresh if isinstance(fresh, Amendment) else None,
        at=now,
        by=by,
        content_hash=content,
        previous_hash=previous,
        hash=link_hash(number, previous, content, by.pk, now),
    )


def line_up() -> None:
    """One at a time at the chain's end. SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN])


def content_hash(sealed: SessionRecord | Amendment) -> str:
    content: dict[str, Any] = {"what": sealed._meta.label_lower, **columns(sealed)}
    if isinstance(sealed, SessionRecord):
        products = sorted(sealed.products.all(), key=lambda use: use.pk)
        content["products"] = [columns(use) for use in products]
    return digest(content)


def link_hash(number: int, previous: str, content: str, by: int, at: dt.datetime) -> str:
    return digest([number, previous, content, by, canonical(at)])


def columns(row: SessionRecord | Amendment | ProductUse) -> dict[str, Any]:
    """Every column that holds something, in one spelling on both engines.

    NULL is not written down: a column that a later migration adds, NULL in the rows of before,
    leaves the seals of before as they are. See docs/decisions.
    """
    found = {}
    for field in row._meta.concrete_fields:
        value = field.value_from_object(row)
        if value is not None:
            is_json = isinstance(field, JSONField)
            found[str(field.column)] = value if is_json else canonical(value)
    return found


def canonical(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else value


def digest(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


# --- verifying ----------------------------------------------------------------------------------


def verify(expected: Head | None = None) -> Verdict:
    """Walk the whole chain and compute everything again, in constant memory.

    `expected` is a head of an earlier day: a chain that does not contain it was cut or rewritten.
    """
    number, previous = 0, GENESIS
    met = expected is None or expected == Head(0, GENESIS)
    for link in walk():
        number += 1
        if why := fault(link, number, previous):
            return Verdict(Head(number - 1, previous), Break(number, name_of(link), why))
        previous = link.hash
        met = met or expected == Head(link.number, link.hash)
    head = Head(number, previous)
    return Verdict(head, missing(head) if met else cut(head, expected))


def walk() -> Iterator[Seal]:
    seals = Seal.objects.order_by("number").select_related("record", "amendment__record")
    return seals.prefetch_related("record__products").iterator(chunk_size=AT_A_TIME)


def fault(link: Seal, number: int, previous: str) -> str | None:
    """What does not hold of this link, coming after `previous`."""
    sealed = link.record or link.amendment
    if link.number != number:
        return f"seal {number} is missing"
    if link.previous_hash != previous:
        return "it does not follow the seal before it"
    if sealed is None:
        return "what it sealed is gone"
    if content_hash(sealed) != link.content_hash:
        return "what it sealed was changed"
    if link_hash(number, previous, link.content_hash, link.by_id, link.at) != link.hash:
        return "the seal itself was changed"
    return None


def name_of(link: Seal) -> str:
    if link.amendment is not None:
        return f"amendment {link.amendment.pk} of record {link.amendment.record.public_id}"
    return f"record {link.record.public_id}" if link.record else f"seal {link.number}"


def missing(head: Head) -> Break | None:
    """What no seal tells: something signed without one, or a session that was opened again."""
    record = SessionRecord.objects.filter(status="signed", seal=None).order_by("pk").first()
    if record is not None:
        return Break(head.number + 1, f"record {record.public_id}", "it is signed without a seal")
    reopened = SessionRecord.objects.filter(status="signed").exclude(session__status="completed")
    if (record := reopened.order_by("pk").first()) is not None:
        return Break(head.number + 1, f"record {record.public_id}", "its session is not done")
    amendments = Amendment.objects.filter(seal=None).select_related("record").order_by("pk")
    if (amendment := amendments.first()) is not None:
        what = f"amendment {amendment.pk} of record {amendment.record.public_id}"
        return Break(head.number + 1, what, "it has no seal")
    return None


def cut(head: Head, expected: Head | None) -> Break:
    return Break(
        head.number + 1, f"seal {expected and expected.number}", "the chain does not contain it"
    )
