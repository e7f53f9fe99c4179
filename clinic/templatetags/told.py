"""`{{ message|why }}`: why a message was not sent, in a sentence; `{{ text|masked }}`."""

from django import template

from clinic.models import Message
from clinic.pages import told

register = template.Library()


@register.filter
def why(message: Message) -> str:
    return told.why(message)


@register.filter
def is_lost(message: Message) -> bool:
    """Not sent, or perhaps not: somebody should do something."""
    return told.is_lost(message)
