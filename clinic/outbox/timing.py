"""When each kind of message is due."""

from dataclasses import dataclass

from clinic.models import Kind


@dataclass(frozen=True)
class Timing:
    """`days` to the visit, or after it; `at_minute` on the clinic's clock."""

    days: int = 0
    at_minute: int = 600
    is_on: bool = True


HOUSE: dict[Kind, tuple[Timing, ...]] = {
    Kind.BOOKED: (Timing(),),
    Kind.EARLY: (Timing(7),),
    Kind.REMINDER: (Timing(3),),
    Kind.EVE: (Timing(1),),
    Kind.DAY: (Timing(0, 480),),
    Kind.MOVED: (Timing(),),
    Kind.CANCELLED: (Timing(),),
    Kind.AFTERCARE: (Timing(),),
    Kind.CHECK_IN: (Timing(3),),
    Kind.RECALL: (Timing(14),),
    Kind.RECALL_DUE: (Timing(0),),
}
