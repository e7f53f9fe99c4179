"""Propose, book, move, cancel, mark: the only door that writes appointments.

Each verb is one transaction behind sorted locks, audited, keyword-only: `by` whom and `now` when.
What cannot be done is answered with `Refused`, never raised; nothing is written then.
"""

from clinic.booking.asks import Pick, Place, Problem, Refused, SeriesAsk
from clinic.booking.attendance import Marked, mark, may_mark
from clinic.booking.booking import Booked, book
from clinic.booking.composing import propose
from clinic.booking.confirming import Confirmed, confirm
from clinic.booking.ending import Cancelled, Stopped, cancel, stop_series, to_come
from clinic.booking.moving import Moved, book_session, book_visit, move
from clinic.booking.proposal import Loosening, Proposal, ProposedAlternative, ProposedSession
from clinic.booking.visits import (
    MoveWindow,
    Visit,
    free_days,
    move_window,
    openings,
    session_visit,
    single_visit,
    visit_of,
)

__all__ = [
    "Booked",
    "Cancelled",
    "Confirmed",
    "Loosening",
    "Marked",
    "MoveWindow",
    "Moved",
    "Pick",
    "Place",
    "Problem",
    "Proposal",
    "ProposedAlternative",
    "ProposedSession",
    "Refused",
    "SeriesAsk",
    "Stopped",
    "Visit",
    "book",
    "book_session",
    "book_visit",
    "cancel",
    "confirm",
    "free_days",
    "mark",
    "may_mark",
    "move",
    "move_window",
    "openings",
    "propose",
    "session_visit",
    "single_visit",
    "stop_series",
    "to_come",
    "visit_of",
]
