"""When a course is to be re-evaluated, and writing the re-evaluation down.

It is due after the last session of the attack phase, before anything that follows (our choice;
user-001 l. 38: no result after a full protocol asks for a new look at goal and products). It is due
earlier when pain is no less than at the start once three sessions were recorded (user-001 l. 41: a
result shows after two or three), or when the practitioner asked for it in a record.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import transaction

from patients.actor import Actor
from patients.models import Review, Series, SessionRecord, TreatmentSession
from protocols.models import Phase, Protocol

RECORDS_THAT_SHOW = 3  # user-001 l. 41: visible after 2-3 sessions; the later of the two


class Why(StrEnum):
    ATTACK_DONE = "attack_done"
    NO_IMPROVEMENT = "no_improvement"
    ASKED_FOR = "asked_for"


@dataclass(frozen=True)
class Course:
    """What the question is decided from: the sessions done, the signed records, the last review."""

    attack: tuple[int, ...]  # numbers of the attack phase's sessions in this series
    done: tuple[int, ...]  # numbers of the sessions done
    pain: tuple[int, ...]  # pain before each recorded session, in order; those that say it
    asked_after: int | None  # number of the latest record that asked to see the patient first
    reviewed_after: int  # 0: never

    @property
    def is_attack_done(self) -> bool:
        return bool(self.attack) and set(self.attack) <= set(self.done)

    @property
    def last_done(self) -> int:
        return max(self.done, default=0)


def due(course: Course) -> Why | None:
    """Why a re-evaluation is due now; None when it is not."""
    if course.asked_after is not None and course.asked_after > course.reviewed_after:
        return Why.ASKED_FOR
    if course.is_attack_done and course.reviewed_after < max(course.attack):
        return Why.ATTACK_DONE
    if course.last_done > course.reviewed_after and _is_no_better(course.pain):
        return Why.NO_IMPROVEMENT
    return None


def _is_no_better(pain: Sequence[int]) -> bool:
    return len(pain) >= RECORDS_THAT_SHOW and pain[0] > 0 and pain[-1] >= pain[0]


def courses(series: Sequence[Series]) -> dict[int, Course]:
    """The course of each series by its key. Three queries, however many series."""
    keys = [one.pk for one in series]
    sessions = TreatmentSession.objects.filter(series__in=keys).order_by("series", "number")
    columns = sessions.values_list("series", "number", "status", "step__phase__kind")
    records = SessionRecord.objects.filter(session__series__in=keys, status="signed")
    said = records.order_by("session__number").values_list(
        "session__series", "session__number", "pain_before", "next_step"
    )
    reviewed = dict(
        Review.objects.filter(series__in=keys)
        .order_by("at", "id")
        .values_list("series", "after_number")
    )
    rows, told = list(columns), list(said)
    return {key: _course(key, rows, told, reviewed.get(key, 0)) for key in keys}


def _course(
    key: int, sessions: list[tuple[Any, ...]], said: list[tuple[Any, ...]], reviewed: int
) -> Course:
    mine = [row[1:] for row in sessions if row[0] == key]
    told = [row[1:] for row in said if row[0] == key]
    asked = [n for n, _pain, following in told if following == "review_first"]
    return Course(
        attack=tuple(
            number
            for number, status, kind in mine
            if kind == Phase.Kind.ATTACK and status != TreatmentSession.Status.CANCELLED
        ),
        done=tuple(n for n, status, _kind in mine if status == TreatmentSession.Status.COMPLETED),
        pain=tuple(pain for _n, pain, _next in told if pain is not None),
        asked_after=max(asked, default=None),
        reviewed_after=reviewed,
    )


def due_for(series: Series) -> Why | None:
    return due(courses([series])[series.pk])


@transaction.atomic
def review(
    *,
    series: Series,
    improvement: str,
    outcome: str,
    next_protocol: Protocol | None,
    note: str,
    by: Actor,
    now: dt.datetime,
) -> Review:
    """Write the re-evaluation down. What follows for the agenda is the clinic's to carry out."""
    done = series.sessions.filter(status=TreatmentSession.Status.COMPLETED)
    after = max(done.values_list("number", flat=True), default=0)
    return Review.objects.create(
        series=series,
        after_number=after,
        improvement=improvement,
        outcome=outcome,
        next_protocol=next_protocol,
        note=note,
        at=now,
        by=by,
    )
