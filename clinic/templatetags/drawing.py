"""Numbers in an SVG: a point and no comma, whatever the reader's language."""

from django import template

register = template.Library()


@register.filter
def unlocalized(value: float) -> str:
    return f"{value:g}"


@register.filter
def add_units(value: float, more: float) -> str:
    return f"{value + more:g}"
