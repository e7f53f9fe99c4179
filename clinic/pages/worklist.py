"""What a practitioner has to do beside the agenda: records to write, courses to look at again,
reactions to follow, files asked for. For those who treat only.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from clinic.care import access
from clinic.models import Appointment, Clinic, Hold, StaffMember
from clinic.pages import adverse, course, files
from clinic.pages.files import Asked
from patients import reviews
from patients.file import asking
from patients.models import Series
from patients.reviews import Why

LOOKS_BACK = dt.timedelta(days=120)  # a record that nobody wrote for so long is no longer asked for
MOST = 50  # rows of one part; what is done makes room for the next
Row = TypeVar("Row")


@dataclass(frozen=True)
class Part(Generic[Row]):
    """The first rows of one part of the list, and how many there are in all."""

    rows: Sequence[Row]
    total: int

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def is_cut(self) -> bool:
        return self.total > len(self.rows)


@dataclass(frozen=True)
class ToReview:
    series: Series
    why: Why
    is_in_care: bool = True

    @property
    def sentence(self) -> str:
        """From outside the care a reason is given first: why, says how the patient is."""
        return str(course.WHY[self.why]) if self.is_in_care else _("A re-evaluation is due.")


@dataclass(frozen=True)
class Worklist:
    to_write: Part[Appointment]
    to_review: Part[ToReview]
    to_hand_over: Part[Asked]
    reactions: Sequence[adverse.EventShown]

    @property
    def total(self) -> int:
        parts = (self.to_write, self.to_review, self.to_hand_over)
        return sum(part.total for part in parts) + len(self.reactions)

    @property
    def urgent(self) -> int:
        """Reactions that cannot wait."""
        return sum(shown.is_urgent for shown in self.reactions)


@dataclass(frozen=True)
class Waiting:
    """What the first page says of the list: enough to know whether to open it."""

    reactions: int
    urgent: int
    to_write: int


def waiting(staff: StaffMember, *, now: dt.datetime) -> Waiting:
    """Two queries."""
    reactions = adverse.open_for(staff, now=now)
    urgent = sum(shown.is_urgent for shown in reactions)
    return Waiting(len(reactions), urgent, to_write(staff, now=now).count())


def of(staff: StaffMember, *, now: dt.datetime) -> Worklist:
    """A fixed number of queries, however much there is to do."""
    writing, reviewing = to_write(staff, now=now), to_review(staff.clinic, now=now)
    return Worklist(
        Part(list(writing[:MOST]), writing.count()),
        Part(as_seen_by(staff, reviewing[:MOST], now=now), len(reviewing)),
        to_hand_over(staff.clinic, now=now),
        adverse.open_for(staff, now=now),
    )


def to_hand_over(clinic: Clinic, *, now: dt.datetime) -> Part[Asked]:
    """Files that patients asked for, the most urgent first: they are the whole organisation's."""
    today, due = clinic.today(now=now), asking.requests_due()
    rows = [files.asked(request, with_answers=False, today=today) for request in due[:MOST]]
    return Part(rows, due.count())


def to_write(staff: StaffMember, *, now: dt.datetime) -> QuerySet[Appointment]:
    """This person's sessions that took place, or should have by now, without a signed record."""
    took_place = Q(status=Appointment.Status.FULFILLED) | Q(
        status=Appointment.Status.ARRIVED, ends_at__lte=now
    )
    unsigned = Q(session__record__isnull=True) | Q(session__record__status="draft")
    own = Hold.objects.filter(appointment=OuterRef("pk"), resource__user=staff.user)
    return (
        Appointment.objects.filter(
            took_place,
            unsigned,
            Exists(own),
            clinic=staff.clinic,
            session__isnull=False,
            starts_at__gte=now - LOOKS_BACK,
        )
        .select_related("patient", "clinic", "session__series__protocol", "session__record")
        .order_by("starts_at", "pk")
    )


def to_review(clinic: Clinic, *, now: dt.datetime) -> list[ToReview]:
    """Courses with a visit at this clinic of late that are due for a re-evaluation."""
    seen = Appointment.objects.filter(
        clinic=clinic,
        session__isnull=False,
        status=Appointment.Status.FULFILLED,
        starts_at__gte=now - LOOKS_BACK,
    )
    still = Q(status__in=Series.OPEN) | Q(status=Series.Status.COMPLETED)
    found = list(
        Series.objects.filter(still, pk__in=seen.values("session__series"))
        .select_related("patient", "protocol")
        .order_by("patient__sort_text", "pk")
    )
    courses = reviews.courses(found)
    due: list[tuple[Series, Any]] = [(one, reviews.due(courses[one.pk])) for one in found]
    return [ToReview(series, why) for series, why in due if why]


def as_seen_by(
    staff: StaffMember, listed: Sequence[ToReview], *, now: dt.datetime
) -> Sequence[ToReview]:
    """The same courses; one query says which are of patients in this person's care."""
    asked = Series.objects.filter(pk__in=[one.series.pk for one in listed])
    theirs = set(asked.filter(access.in_care_of(staff, now=now)).values_list("pk", flat=True))
    return [replace(one, is_in_care=one.series.pk in theirs) for one in listed]
