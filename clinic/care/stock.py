"""The verbs of the stock, each with its audit row in the same transaction."""

import datetime as dt
from typing import Any

from django.db import transaction

from clinic import audit
from clinic.models import StaffMember
from patients import stock
from patients.models import Article, Lot
from patients.stock import AlreadyThere, Used


@transaction.atomic
def receive(
    *,
    article: Article | dict[str, Any],
    number: str,
    expires_on: dt.date,
    received_on: dt.date,
    by: StaffMember,
    now: dt.datetime,
) -> Lot | AlreadyThere:
    """`article` is one of ours, or the fields of a new one."""
    if isinstance(article, dict):
        article = stock.new_article(**article)
        audit.record(
            "article.create",
            by=by.user,
            now=now,
            clinic=by.clinic,
            subject=f"article:{article.pk}",
        )
    received = stock.receive(
        article=article, number=number, expires_on=expires_on, received_on=received_on
    )
    if isinstance(received, Lot):
        write_down(received, "receive", by=by, now=now)
    return received


@transaction.atomic
def correct(
    *, lot: Lot, fields: dict[str, Any], by: StaffMember, now: dt.datetime
) -> list[str] | AlreadyThere | Used:
    changed = stock.correct(lot=lot, fields=fields)
    if isinstance(changed, list) and changed:
        write_down(lot, "correct", by=by, now=now, fields=changed)
    return changed


@transaction.atomic
def finish(*, lot: Lot, by: StaffMember, now: dt.datetime) -> None:
    stock.finish(lot=lot, on=by.clinic.today(now=now))
    write_down(lot, "finish", by=by, now=now)


@transaction.atomic
def put_back(*, lot: Lot, by: StaffMember, now: dt.datetime) -> None:
    stock.put_back(lot=lot)
    write_down(lot, "put_back", by=by, now=now)


@transaction.atomic
def recall(*, lot: Lot, note: str, by: StaffMember, now: dt.datetime) -> None:
    stock.recall(lot=lot, note=note, by=by.user, now=now)
    write_down(lot, "recall", by=by, now=now)


@transaction.atomic
def lift_recall(*, lot: Lot, by: StaffMember, now: dt.datetime) -> None:
    stock.lift_recall(lot=lot)
    write_down(lot, "lift_recall", by=by, now=now)


def write_down(lot: Lot, verb: str, *, by: StaffMember, now: dt.datetime, **detail: Any) -> None:
    audit.record(
        f"lot.{verb}", by=by.user, now=now, clinic=by.clinic, subject=subject_of(lot), **detail
    )


def subject_of(lot: Lot) -> str:
    return f"lot:{lot.public_id}"
