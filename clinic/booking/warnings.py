"""What the desk should know before booking, though nothing forbids it."""

import datetime as dt
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from clinic.booking.asks import Problem, SeriesAsk
from clinic.dates import written
from patients.models import Series
from patients.standing import Standing


def warnings_of(ask: SeriesAsk, dates: Sequence[dt.date], screened: Standing) -> Iterator[Problem]:
    """`dates` of the sessions; how the patient stands says nothing of what was answered."""
    if screened.not_before:
        day = written(screened.not_before, "DATE_FORMAT")
        yield Problem("not-before", _("Not before %(day)s.") % {"day": day})
    if screened.missing:
        yield Problem("screening-missing", _("The questionnaire is still to be filled in."))
    if not ask.patient.is_reachable:
        yield Problem("unreachable", _("No phone and no e-mail: this patient cannot be reminded."))
    if any(not ask.protocol.in_season(on.month) for on in dates):
        yield Problem("season", _("Some sessions fall outside the season of this protocol."))
    if ask.series is None and _runs_already(ask):
        yield Problem(
            "runs_already", _("This patient already has a running series of this protocol.")
        )


def _runs_already(ask: SeriesAsk) -> bool:
    return Series.objects.filter(
        patient=ask.patient,
        protocol__slug=ask.protocol.slug,
        status__in=Series.OPEN,
    ).exists()
