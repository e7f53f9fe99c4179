"""Protocols and figures of a series in few words."""

from django import template

from clinic import wording
from protocols.models import Protocol
from protocols.wording import minutes, rhythm

register = template.Library()


@register.filter
def cadence(protocol: Protocol) -> str:
    """“4 × 7–14 days · 30 min”: the first phase and the longest visit. Needs `with_steps()`."""
    steps = list(protocol.steps.all())
    first = [step for step in steps if step.phase_id == steps[0].phase_id]
    return f"{rhythm(first)} · {minutes(protocol.minutes)}" if steps else ""


register.filter("short_days", wording.short_days)
register.filter("day_in_words", wording.day)
register.filter("moment_in_words", wording.moment)
