"""The wording of protocols for templates, and the citation beside each rule."""

from typing import Any

from django import template

from protocols import wording
from protocols.models import CareInstruction, ExpectedReaction, ProtocolContraindication, Step
from protocols.models.source import Sourced
from protocols.planning import Duration

register = template.Library()


@register.filter
def gap_in_words(step: Step) -> str:
    return wording.gap(step.gap)


@register.filter
def when_in_words(rule: CareInstruction) -> str:
    return wording.when(rule)


@register.filter
def span_in_words(reaction: ExpectedReaction) -> str:
    return wording.hour_span(reaction.hours_min, reaction.hours_max)


@register.filter
def hours_in_words(hours: int) -> str:
    return wording.hours(hours)


@register.filter
def minutes_in_words(minutes: int) -> str:
    return wording.minutes(minutes)


@register.filter
def wait_in_words(link: ProtocolContraindication) -> str:
    """As it was typed where a draft's is not well formed."""
    return link.wait if link.wait_problem() else wording.duration(Duration.parse(link.wait))


@register.inclusion_tag("protocols/protocol/_citation.html", takes_context=True)
def cite(context: dict[str, Any], rule: Sourced) -> dict[str, Any]:
    """The number of the rule's source, linked to the list at the foot of the page."""
    return {"rule": rule, "number": context["overview"].source_numbers[rule.source_id]}
