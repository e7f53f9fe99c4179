"""The outbox: what will be said to patients, as rows. `clinic.messages` words and sends them.

Verbs of booking call `telling` before their locks and the others behind them, so that a message
stands or falls with what it speaks of.
"""

from clinic.outbox.planning import (
    Drafts,
    draft,
    hurry,
    plan,
    take_up,
    tell_cancelled,
    tell_moved,
    telling,
    withdraw,
    write,
)
from clinic.outbox.timing import Telling

__all__ = [
    "Drafts",
    "Telling",
    "draft",
    "hurry",
    "plan",
    "take_up",
    "tell_cancelled",
    "tell_moved",
    "telling",
    "withdraw",
    "write",
]
