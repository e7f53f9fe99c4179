"""What to do before a visit and after it, each with its hours on the clinic's clock.

The protocol says hours; here they are counted from the start and the end of one appointment, in
real hours: a night on which the clocks change is an hour longer or shorter.

What is still binding is not dropped: a visit is spoken of for a fortnight, and then on for as long
as one of its lines runs.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from clinic.portal import moments
from clinic.portal.appointments import Shown
from protocols import leaflet
from protocols.models import AlertSign, CareInstruction, ExpectedReaction, Protocol

When = CareInstruction.When
AFTER = dt.timedelta(days=14)  # ours: so long the page says all that follows a visit
AHEAD = dt.timedelta(days=14)  # ours too: so near a visit is prepared, whatever comes before it


@dataclass(frozen=True)
class Line:
    """One sentence, when it holds, and until when it is to be counted down."""

    text: str
    when: str = ""
    left: str = ""
    until: dt.datetime | None = None
    is_over: bool = False


@dataclass(frozen=True)
class Sign:
    urgency: str
    label: str
    text: str
    when: str = ""


@dataclass(frozen=True)
class Advice:
    """Of one visit. `alerts` come first, whatever else is said.

    `is_near`: within a fortnight, or what is to be done before has begun.
    """

    visit: Shown
    is_past: bool
    is_near: bool
    alerts: tuple[Sign, ...]
    before: tuple[Line, ...]
    after: tuple[Line, ...]
    reactions: tuple[Line, ...]

    def __bool__(self) -> bool:
        return bool(self.alerts or self.before or self.after or self.reactions)


def of_visits(visits: Iterable[Shown]) -> list[Advice]:
    """Of those that are sessions and have something to say. Four queries, however many."""
    sessions = [visit for visit in visits if visit.appointment.session]
    asked = {visit.appointment.session.series.protocol_id for visit in sessions}  # type: ignore[union-attr]
    known = protocols(asked)
    found = (_of(visit, known[visit.appointment.session.series.protocol_id]) for visit in sessions)  # type: ignore[union-attr]
    return [advice for advice in found if advice]


def protocols(asked: Iterable[int]) -> dict[int, Protocol]:
    told = ("care_instructions", "expected_reactions", "alert_signs")
    return Protocol.objects.prefetch_related(*told).in_bulk(list(asked))


def _of(visit: Shown, protocol: Protocol) -> Advice:
    return _past(visit, protocol) if visit.ends_at <= visit.now else _ahead(visit, protocol)


def _ahead(visit: Shown, protocol: Protocol) -> Advice:
    ahead = _of_phase(protocol, When.BEFORE)
    return Advice(
        visit=visit,
        is_past=False,
        is_near=visit.starts_at - visit.now <= AHEAD or _has_begun(ahead, visit),
        alerts=tuple(signs(protocol)),
        before=once(before(rule, visit) for rule in ahead),
        after=once(after(rule, visit) for rule in _of_phase(protocol, When.AFTER)),
        reactions=once(reaction(rule, visit) for rule in protocol.expected_reactions.all()),
    )


def _has_begun(rules: Iterable[CareInstruction], visit: Shown) -> bool:
    begins = (_at(visit.starts_at, rule.hours_from) for rule in rules)
    return any(first <= visit.now for first in begins if first)


def _past(visit: Shown, protocol: Protocol) -> Advice:
    """After a fortnight only what still runs, and the alert signs with it."""
    care = _of_phase(protocol, When.AFTER)
    usual = list(protocol.expected_reactions.all())
    is_old = visit.ends_at + AFTER <= visit.now
    if is_old:
        # What only says from when on is to be read until then.
        care = [rule for rule in care if _runs(rule.hours_until or rule.hours_from, visit)]
        usual = [rule for rule in usual if _runs(rule.hours_max, visit)]
    holds = bool(not is_old or care or usual)
    return Advice(
        visit=visit,
        is_past=True,
        is_near=False,
        alerts=tuple(signs(protocol, visit.ends_at, visit.now)) if holds else (),
        before=(),
        after=once(after(rule, visit) for rule in care),
        reactions=once(reaction(rule, visit) for rule in usual),
    )


def _runs(hours: int | None, visit: Shown) -> bool:
    """For so many hours from its end; what has no hours runs out with the fortnight."""
    last = _at(visit.ends_at, hours)
    return last is not None and last > visit.now


def _of_phase(protocol: Protocol, phase: str) -> list[CareInstruction]:
    return [rule for rule in protocol.care_instructions.all() if rule.phase == phase]


def once(lines: Iterable[Line]) -> tuple[Line, ...]:
    """What two sources say alike is said once; what is over stands last."""
    by_text = {line.text: line for line in lines}
    return tuple(sorted(by_text.values(), key=lambda line: line.is_over))


def before(rule: CareInstruction, visit: Shown) -> Line:
    now, start = _local(visit.now, visit), visit.starts_at
    begins, ends = _at(start, rule.hours_from), _at(start, rule.hours_until)
    if rule.hours_from == 0:
        return Line(rule.text, _("on arrival"))
    if begins and begins > now:
        return Line(rule.text, _("from %(when)s on") % {"when": moments.near(begins, now=now)})
    if ends and ends < start:
        return _until(rule.text, ends, now)
    return Line(rule.text, _("until your visit") if begins else "", until=None)


def after(rule: CareInstruction, visit: Shown) -> Line:
    now, end = _local(visit.now, visit), visit.ends_at
    begins, ends = _at(end, rule.hours_from), _at(end, rule.hours_until)
    is_ahead = bool(begins and rule.hours_from and begins > now)
    if is_ahead and begins and ends:
        told = {"first": moments.near(begins, now=now), "last": moments.near(ends, now=now)}
        return Line(rule.text, _("from %(first)s until %(last)s") % told)
    if is_ahead and begins:
        return Line(rule.text, _("from %(when)s on") % {"when": moments.near(begins, now=now)})
    return (
        _until(rule.text, ends, now, counts=visit.ends_at <= visit.now) if ends else Line(rule.text)
    )


def reaction(rule: ExpectedReaction, visit: Shown) -> Line:
    """Usual, and until when; of a visit to come its sentence alone says how long."""
    ends = _at(visit.ends_at, rule.hours_max)
    if ends is None or visit.ends_at > visit.now:
        return Line(rule.text)
    now = _local(visit.now, visit)
    told = {"when": moments.near(ends, now=now)}
    return Line(rule.text, _("usually until %(when)s") % told, is_over=ends <= now)


def signs(
    protocol: Protocol, ended_at: dt.datetime | None = None, now: dt.datetime | None = None
) -> Iterator[Sign]:
    """The most urgent first. After a visit: from when on something is to be seen by somebody."""
    order = list(AlertSign.Urgency.values)
    found = sorted(protocol.alert_signs.all(), key=lambda sign: order.index(sign.urgency))
    for sign in {sign.text: sign for sign in found}.values():
        since = _at(ended_at, sign.after_hours) if ended_at else None
        when = ""
        if since and now:
            local = now.astimezone(since.tzinfo)
            when = _("from %(when)s on") % {"when": moments.near(since, now=local)}
        yield Sign(sign.urgency, str(sign.get_urgency_display()), sign.text, when)


def general_signs() -> list[Sign]:
    """Those of the leaflet that hold for everybody, whatever the treatment and however long ago."""
    return [
        Sign(alert.urgency, str(AlertSign.Urgency(alert.urgency).label), alert.said.text)
        for alert in leaflet.general().alerts
    ]


def _until(text: str, ends: dt.datetime, now: dt.datetime, *, counts: bool = True) -> Line:
    if ends <= now:
        return Line(text, pgettext("an advice", "over"), is_over=True)
    when = _("until %(when)s") % {"when": moments.near(ends, now=now)}
    left = moments.left(ends, now=now) if counts else ""
    return Line(text, when, left, ends if left else None)


def _at(anchor: dt.datetime, hours: int | None) -> dt.datetime | None:
    """So many real hours from the anchor, on its clock."""
    if hours is None:
        return None
    return (anchor.astimezone(dt.UTC) + hours * moments.HOUR).astimezone(anchor.tzinfo)


def _local(now: dt.datetime, visit: Shown) -> dt.datetime:
    return now.astimezone(visit.clinic.zone)
