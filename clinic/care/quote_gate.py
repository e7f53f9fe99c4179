"""No series is confirmed without the quote that its price calls for, nor before its reflection."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from clinic import dates, pricing
from clinic.care.obstacles import Confirming, Obstacle
from clinic.models import Clinic
from clinic.pricing import SeriesPrice
from patients import money, quotes
from patients.models import Quote
from protocols.models import Protocol


def quote_given(confirming: Confirming) -> Iterator[Obstacle]:
    need = need_of(confirming)
    if need.quote is None and need.is_needed:
        yield Obstacle("quote-missing", need.reason)
    if need.earliest is not None and confirming.first_on < need.earliest:
        text = _("The time to think it over is not up: the first session is from %(day)s on.")
        day = dates.written(need.earliest, "DATE_FORMAT")
        yield Obstacle("reflection", text % {"day": day}, until=need.earliest)


@dataclass(frozen=True)
class Need:
    """What a series costs, whether that calls for a quote, and the one that stands."""

    price: SeriesPrice
    is_needed: bool
    quote: Quote | None
    earliest: dt.date | None  # of the first session, once the quote is given
    reason: str


def need_of(confirming: Confirming) -> Need:
    """The whole series counts: what is booked already, and what is about to be."""
    numbers = set(confirming.numbers)
    if confirming.series is not None:
        numbers |= set(confirming.series.sessions.values_list("number", flat=True))
    price = pricing.of_sessions(confirming.clinic, confirming.protocol, numbers)
    quote = _standing(confirming)
    return Need(
        price,
        is_needed(confirming.clinic, confirming.protocol, price),
        quote,
        _earliest(confirming, quote),
        _reason(confirming.clinic, price),
    )


def _standing(confirming: Confirming) -> Quote | None:
    if not confirming.has_quotes:
        return None
    found = quotes.standing(
        confirming.patient,
        confirming.protocol,
        today=confirming.today,
        series=confirming.series,
    )
    return found.first()


def is_needed(clinic: Clinic, protocol: Protocol, price: SeriesPrice) -> bool:
    """From the clinic's sum on; and always where a time to think it over counts from the quote.

    A protocol without prices asks for none: the page warns, the desk is not walled in.
    """
    dear = bool(price.parts) and price.total_cents >= clinic.quote_from_euros * 100
    return dear or protocol.reflection_days > 0


def _earliest(confirming: Confirming, quote: Quote | None) -> dt.date | None:
    """Only for what is begun: the rest of a running series was thought over long ago."""
    days = confirming.protocol.reflection_days
    if quote is None or quote.given_at is None or not days or confirming.series is not None:
        return None
    given_on = quote.given_at.astimezone(confirming.clinic.zone).date()
    return given_on + dt.timedelta(days=days)


def _reason(clinic: Clinic, price: SeriesPrice) -> str:
    if price.total_cents < clinic.quote_from_euros * 100:
        return _("A quote must be given first: the time to think it over counts from it.")
    return _("A quote of %(amount)s must be given before this series is confirmed.") % {
        "amount": money.euros(price.total_cents)
    }
