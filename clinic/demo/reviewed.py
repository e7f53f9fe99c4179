"""Re-evaluations: of every course that is due for one, but for a few that are still to be done."""

import datetime as dt
from collections.abc import Iterator, Sequence
from random import Random

from clinic.demo import phrases
from clinic.demo.records import SHOWN, Records
from clinic.demo.treated import Told, Treated
from clinic.models import AuditEntry
from patients import reviews
from patients.models import Review
from patients.reviews import Why
from protocols.models import Protocol

STILL_DUE = {Why.ATTACK_DONE: 2, Why.NO_IMPROVEMENT: 1, Why.ASKED_FOR: 1}
OF_LATE = 40  # days: what is due longer was done long ago
OTHER_PAIN = {"pain-weekly": "pain-locomotor", "pain-locomotor": "pain-weekly"}


def write(
    rng: Random,
    stories: Sequence[Told],
    records: Records,
    protocols: dict[str, Protocol],
    now: dt.datetime,
) -> Iterator[AuditEntry]:
    """Answers the rows of the trail."""
    with_records = [told for told in stories if records.by_told[told]]
    found = reviews.courses([told.series for told in with_records])
    due = [(t, why) for t in with_records if (why := reviews.due(found[t.series.pk]))]
    waiting = still_due(due, records, now)
    rows = [
        (told, review_of(rng, told, why, found[told.series.pk], records, protocols))
        for told, why in due
        if told not in waiting
    ]
    Review.objects.bulk_create(row for _told, row in rows)
    return (entry(told, row) for told, row in rows)


def still_due(due: Sequence[tuple[Told, Why]], records: Records, now: dt.datetime) -> set[Told]:
    """Of late, and of the one shown first; a series that was stopped is nobody's to look at."""
    fit = [
        (told, why)
        for told, why in due
        if told.course.status != "revoked" and (now.date() - last(told, records).on).days < OF_LATE
    ]
    fit.sort(key=lambda pair: last(pair[0], records).by.email != SHOWN)
    return {
        told
        for why, many in STILL_DUE.items()
        for told in [told for told, theirs in fit if theirs == why][:many]
    }


def last(told: Told, records: Records) -> Treated:
    return records.by_told[told][-1]


def review_of(
    rng: Random,
    told: Told,
    why: Why,
    course: reviews.Course,
    records: Records,
    protocols: dict[str, Protocol],
) -> Review:
    """Right after the session that made it due."""
    visits = records.by_told[told]
    is_attack = why == Why.ATTACK_DONE and not told.is_flat
    number = max(course.attack) if is_attack else course.last_done
    session = next(v for v in visits if v.session.number == number)
    improvement, outcome = verdict(rng, told)
    slug = told.course.protocol.slug
    return Review(
        series=told.series,
        after_number=number,
        improvement=improvement,
        outcome=outcome,
        next_protocol=protocols[OTHER_PAIN[slug]] if outcome == "change" else None,
        note=rng.choice(phrases.REVIEWED[improvement]),
        at=session.visit.changed_at,
        by=session.by,
    )


def verdict(rng: Random, told: Told) -> tuple[str, str]:
    """A running series goes on: the other outcomes stop it."""
    if told.is_flat:
        return "none", "continue" if told.course.is_open else rng.choice(("change", "stop"))
    improvement = "clear" if rng.random() < 0.6 else "some"
    ends = told.course.status == "completed" and rng.random() < 0.5
    return improvement, "stop" if ends else "continue"


def entry(told: Told, row: Review) -> AuditEntry:
    return AuditEntry(
        at=row.at,
        by=row.by,
        clinic=told.course.site.clinic,
        action="series.review",
        patient=told.course.patient,
        subject=f"series:{told.series.public_id}",
        detail={"outcome": row.outcome},
    )
