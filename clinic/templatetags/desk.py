"""`{{ parts|of_step:visit.step }}`: a dictionary asked by a key that a template holds.

`{{ message|undoes }}`: the appointment whose mark the message tells of, and may be taken back.
"""

from django import template
from django.contrib.messages.storage.base import Message

register = template.Library()


@register.filter
def of_step(parts: dict[int, str], step: int | None) -> str:
    return parts.get(step, "") if step else ""


@register.filter
def undoes(message: Message) -> str:
    """Its public id; the view that marked it put it into the message's tags."""
    what, _colon, appointment = str(message.extra_tags or "").partition(":")
    return appointment if what == "undo" else ""
