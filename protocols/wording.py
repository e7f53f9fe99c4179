"""Durations, gaps and hours as a person would say them, in the reader's language."""

from collections.abc import Iterable
from itertools import groupby

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from protocols.models import CareInstruction, Step
from protocols.planning import Duration, Gap

HOURS_BEFORE_DAYS = 72  # from here on whole days read better than hours
OUR_WINDOW = (Step.OurPart.WINDOW, Step.OurPart.GAP)
MOST_PARTS = 3  # a phase of more different gaps is told by its widest window


def duration(length: Duration) -> str:
    if length.unit == "D":
        return days(length.n)
    if length.unit == "W":
        return ngettext("%(n)d week", "%(n)d weeks", length.n) % {"n": length.n}
    if length.unit == "M":
        return ngettext("%(n)d month", "%(n)d months", length.n) % {"n": length.n}
    return ngettext("%(n)d year", "%(n)d years", length.n) % {"n": length.n}


def days(n: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", n) % {"n": n}


def minutes(n: int) -> str:
    return _("%(n)d min") % {"n": n}


def gap(allowed: Gap | None) -> str:
    """“2 to 4 weeks (ideally 3 weeks)”; one figure alone where the window is one day."""
    if allowed is None:
        return ""
    if allowed.min == allowed.max:
        return duration(allowed.ideal)
    values = {"window": window(allowed), "ideal": duration(allowed.ideal)}
    return _("%(window)s (ideally %(ideal)s)") % values


def window(allowed: Gap) -> str:
    """“2 to 4 weeks”, with both units where they differ."""
    least, most = allowed.min, allowed.max
    first = str(least.n) if least.unit == most.unit else duration(least)
    return _("%(least)s to %(most)s") % {"least": first, "most": duration(most)}


def short_gap(step: Step) -> str:
    """“2–4 weeks”; the source's own figure where the window around it is ours."""
    allowed = step.gap
    if allowed is None:
        return ""
    if step.our_part in OUR_WINDOW or allowed.min == allowed.max:
        return duration(allowed.ideal)
    if allowed.min.unit == allowed.max.unit:
        text = duration(allowed.max)
        return text.replace(str(allowed.max.n), f"{allowed.min.n}–{allowed.max.n}", 1)
    return f"{duration(allowed.min)} – {duration(allowed.max)}"


def rhythm(steps: Iterable[Step]) -> str:
    """A phase in a few words: “4 × 2–4 weeks”, “4 × 1 week + 4 × 2 weeks”."""
    told = list(steps)
    gaps = [short_gap(step) for step in told]
    if len(gaps) > 1 and not gaps[0]:
        gaps[0] = gaps[1]  # the first visit counts with the rhythm that follows it
    parts = [(text, len(list(same))) for text, same in groupby(gaps)]
    if len(parts) > MOST_PARTS:
        parts = [(short_gap(told[1]), len(told))]
    return " + ".join(f"{count} × {text}" if text else str(count) for text, count in parts)


def hours(n: int) -> str:
    if n >= HOURS_BEFORE_DAYS and n % 24 == 0:
        return days(n // 24)
    return ngettext("%(n)d hour", "%(n)d hours", n) % {"n": n}


def hour_span(least: int | None, most: int | None) -> str:
    """How long a reaction lasts; nothing where no source says."""
    if most is None:
        return ""
    if not least:
        return _("up to %(most)s") % {"most": hours(most)}
    if hours(least).split()[-1] == hours(most).split()[-1]:
        first = hours(least).split()[0]
    else:
        first = hours(least)
    return _("%(least)s to %(most)s") % {"least": first, "most": hours(most)}


def when(rule: CareInstruction) -> str:
    """When an instruction holds, told from the visit."""
    if rule.phase == CareInstruction.When.BEFORE:
        return _before(rule)
    if rule.hours_until is None:
        return _("after the visit")
    if not rule.hours_from:
        return _("for %(time)s") % {"time": hours(rule.hours_until)}
    return _("from %(first)s to %(last)s after") % {
        "first": hours(rule.hours_from),
        "last": hours(rule.hours_until),
    }


def _before(rule: CareInstruction) -> str:
    if rule.hours_from is None:
        return _("before the visit")
    if rule.hours_from == 0:
        return _("on arrival")
    if not rule.hours_until:
        return _("in the %(time)s before") % {"time": hours(-rule.hours_from)}
    return _("from %(first)s to %(last)s before") % {
        "first": hours(-rule.hours_from),
        "last": hours(-rule.hours_until),
    }


def season(first: int | None, last: int | None) -> str:
    """“from November to April”; nothing when the protocol has no season."""
    if first is None or last is None:
        return ""
    return _("from %(first)s to %(last)s") % {"first": MONTHS[first], "last": MONTHS[last]}
