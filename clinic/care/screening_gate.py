"""No series over an open blocker, nor before a date that holds; no session over either, unasked."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from clinic import dates
from clinic.care.obstacles import Confirming, Obstacle, Starting
from patients.standing import Standing, standing


def screened_before_booking(confirming: Confirming) -> Iterator[Obstacle]:
    """Questions without an answer stop nothing here: they are asked again before each session."""
    found = confirming.standing()
    if found.blockers:
        text = _("A practitioner must look at the questionnaire before this series is booked.")
        yield Obstacle("screening", text)
    yield from _hold(found)


def screened_before_treating(starting: Starting) -> Iterator[Obstacle]:
    found = standing(starting.patient, starting.protocol, on=starting.on)
    if found.blockers:
        text = _("A practitioner must look at the questionnaire before this session begins.")
        yield Obstacle("screening", text)
    if found.missing:
        text = _("The questionnaire must be filled in before this session begins.")
        yield Obstacle("screening-missing", text)
    yield from _hold(found)


def _hold(found: Standing) -> Iterator[Obstacle]:
    if found.not_before is not None:
        text = _("Not before %(day)s.") % {"day": dates.written(found.not_before, "DATE_FORMAT")}
        yield Obstacle("not-before", text, until=found.not_before)
