"""No session after the attack phase is begun before the course was looked at again."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from clinic.care.obstacles import Obstacle, Starting
from patients import reviews
from protocols.models import Phase


def reviewed_first(starting: Starting) -> Iterator[Obstacle]:
    if starting.session.step.phase.kind == Phase.Kind.ATTACK:
        return
    if reviews.due_for(starting.session.series):
        yield Obstacle("review_due", _("The course is to be re-evaluated before this session."))
