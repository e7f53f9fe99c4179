"""`{{ parts|of_step:visit.step }}`: a dictionary asked by a key that a template holds."""

from django import template

register = template.Library()


@register.filter
def of_step(parts: dict[int, str], step: int | None) -> str:
    return parts.get(step, "") if step else ""
