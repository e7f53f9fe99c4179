"""What the desk should know before booking, though nothing forbids it."""

import datetime as dt
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from clinic.booking.asks import Problem, SeriesAsk
from patients.models import Series


def warnings_of(ask: SeriesAsk, dates: Sequence[dt.date]) -> Iterator[Problem]:
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
