"""What could be asked instead, when a series does not fit: the gentlest change first."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.booking.asks import SeriesAsk
from clinic.booking.proposal import Loosening
from protocols.planning import Wishes

LATER_STARTS = (7, 14, 28)  # days


def candidates(ask: SeriesAsk, blocked_at: int | None) -> Iterator[Loosening]:
    """Changes worth trying, not tried yet."""
    yield from _without_picks(ask)
    yield from _with_looser_wishes(ask)
    yield from _later(ask)
    yield from _without_previous(ask)
    yield from _shorter(ask, blocked_at)


def _without_picks(ask: SeriesAsk) -> Iterator[Loosening]:
    if ask.picks:
        yield Loosening("no_picks", _("Let the other sessions move too"), replace(ask, picks=()))


def _with_looser_wishes(ask: SeriesAsk) -> Iterator[Loosening]:
    """Each must becomes a wish: first one at a time, then all of them."""
    must = ask.require
    if must is None:
        return
    labels = {
        "practitioner": _("Any practitioner, yours if possible"),
        "weekdays": _("Any weekday, yours if possible"),
        "hours": _("Any hour, yours if possible"),
    }
    parts = {name: fields for name, fields in WISH_FIELDS.items() if _says(must, fields)}
    for name, fields in parts.items():
        yield Loosening(f"wish_{name}", labels[name], _softened(ask, must, fields))
    if len(parts) > 1:
        everything = tuple(field for fields in parts.values() for field in fields)
        label = _("All your musts as wishes")
        yield Loosening("wish_all", label, _softened(ask, must, everything))


WISH_FIELDS = {
    "hours": ("from_minute", "to_minute"),
    "weekdays": ("weekdays",),
    "practitioner": ("practitioner",),
}


def _says(wishes: Wishes, fields: tuple[str, ...]) -> bool:
    return any(getattr(wishes, field) is not None for field in fields)


def _softened(ask: SeriesAsk, must: Wishes, fields: tuple[str, ...]) -> SeriesAsk:
    """These fields move from the musts to the wishes."""
    moved = {field: getattr(must, field) for field in fields}
    left = replace(must, **dict.fromkeys(fields))
    return replace(
        ask,
        require=None if left == Wishes() else left,
        prefer=replace(ask.prefer or Wishes(), **moved),
        picks=(),
    )


def _later(ask: SeriesAsk) -> Iterator[Loosening]:
    if ask.previous_on is not None:
        return
    for days in LATER_STARTS:
        label = ngettext("Start %(n)s week later", "Start %(n)s weeks later", days // 7)
        later = replace(ask, start_on=ask.start_on + dt.timedelta(days=days), picks=())
        yield Loosening(f"later_{days}", label % {"n": days // 7}, later)


def _without_previous(ask: SeriesAsk) -> Iterator[Loosening]:
    """The window after the last session has closed: begin the series anew."""
    if ask.previous_on is not None and ask.series is None:
        anew = replace(ask, previous_on=None, from_number=1, picks=())
        yield Loosening("anew", _("Begin the series anew at session 1"), anew)


def _shorter(ask: SeriesAsk, blocked_at: int | None) -> Iterator[Loosening]:
    if blocked_at is not None and blocked_at > ask.from_number:
        fitting = blocked_at - ask.from_number
        label = ngettext(
            "Only the %(n)s session that fits", "Only the %(n)s sessions that fit", fitting
        )
        yield Loosening("shorter", label % {"n": fitting}, replace(ask, through=blocked_at - 1))
