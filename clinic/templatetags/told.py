"""`{{ message|kind }}`: what a message is; `{{ message|why }}`: why it was not sent."""

from django import template

from clinic.models import Message
from clinic.pages import told

register = template.Library()


@register.filter
def kind(message: Message) -> str:
    return told.kind(message)


@register.filter
def why(message: Message) -> str:
    return told.why(message)


@register.filter
def is_lost(message: Message) -> bool:
    """Not sent, or perhaps not: somebody should do something."""
    return told.is_lost(message)
