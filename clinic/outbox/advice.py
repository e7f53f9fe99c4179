"""What a protocol's leaflet asks of the messages: whether there is advice, and when it begins.

Every figure is the protocol's own (`CareInstruction`, `ExpectedReaction`), with its source there.
"""

import math
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery

from protocols.models import CareInstruction, ExpectedReaction, Protocol, Segment, Topic

HOURS_OF_A_DAY = 24
REMINDED_HOURS_BEFORE = 72  # advice that begins earlier needs a message of its own
PREPARING = "prep"  # the kind of place where a numbing cream takes effect


@dataclass(frozen=True)
class Advice:
    """`over_after_days`: when the longest expected reaction should be over; 0: no figure."""

    begins_early: bool = False
    is_for_the_day: bool = False
    has_after: bool = False
    over_after_days: int = 0


NONE = Advice()


def advice_of(protocol: Protocol | None) -> Advice:
    """One query; nothing for a single visit."""
    if protocol is None:
        return NONE
    mine = {"protocol": OuterRef("pk")}
    before = CareInstruction.objects.filter(**mine, phase="before")
    after = CareInstruction.objects.filter(**mine, phase="after")
    cream = Segment.objects.filter(step__protocol=OuterRef("pk"), needs__code=PREPARING)
    found = (
        Protocol.objects.filter(pk=protocol.pk)
        .values_list(
            Exists(before.filter(EARLY)),
            Exists(before.filter(topic=Topic.MAKE_UP)),
            Exists(cream),
            Exists(after),
            Subquery(_longest(ExpectedReaction.objects.filter(**mine))),
        )
        .get()
    )
    early, make_up, with_cream, later, longest = found
    return Advice(early, make_up or with_cream, later, math.ceil((longest or 0) / HOURS_OF_A_DAY))


# "In the days before" has no hour in its source; medicines are what it is said of (001:12).
EARLY = Q(hours_from__lt=-REMINDED_HOURS_BEFORE) | Q(hours_from__isnull=True, topic=Topic.MEDICINES)


def _longest(reactions: QuerySet[ExpectedReaction]) -> QuerySet[Any]:
    return reactions.order_by().values("protocol").annotate(m=Max("hours_max")).values("m")
