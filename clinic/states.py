"""How a state looks and reads: colour, shape and word, in one table for every page."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clinic.models import Appointment, Kind, Message
from clinic.outbox import reasons
from patients.models import Series, TreatmentSession
from patients.standing import Status


@dataclass(frozen=True)
class State:
    """`code` is the CSS class after `state-`; `icon` a shape that differs without colour."""

    code: str
    icon: str
    word: str | Promise


PROPOSED = State("proposed", "bi-circle", _("Proposed"))
TO_BOOK = State("to-book", "bi-dash-circle-dotted", _("To book"))
BOOKED = State("booked", "bi-circle-fill", _("Booked"))
CONFIRMED = State("confirmed", "bi-check-circle-fill", _("Confirmed"))
ARRIVED = State("arrived", "bi-door-open-fill", _("Arrived"))
DONE = State("done", "bi-check-square-fill", _("Done"))
NO_SHOW = State("noshow", "bi-slash-circle", _("Did not come"))
CANCELLED = State("cancelled", "bi-x-circle", _("Cancelled"))
MOVED = State("moved", "bi-arrow-right-circle", _("Moved"))
IN_ERROR = State("error", "bi-eraser", _("Entered in error"))
TO_MOVE = State("to-move", "bi-exclamation-triangle-fill", _("To move"))
DEVIATION = State("deviation", "bi-record-circle", _("Outside the window"))
BLOCKED = State("blocked", "bi-dash-square-fill", _("Blocked"))
TO_CLOSE = State("to-close", "bi-hourglass-bottom", _("To close"))
RUNNING = State("booked", "bi-play-circle-fill", _("Running"))
ON_HOLD = State("to-move", "bi-pause-circle-fill", _("On hold"))
STOPPED = State("cancelled", "bi-stop-circle", _("Stopped"))
COMPLETED = State("done", "bi-check-square-fill", _("Completed"))
CLEARED = State("done", "bi-shield-fill-check", _("Cleared"))
NOT_CLEARED = State("blocked", "bi-shield-fill-x", _("Not cleared"))
TO_BE_SEEN = State("to-move", "bi-shield-fill-exclamation", _("To be seen"))
WAITS = State("to-close", "bi-calendar-x-fill", _("Not before a date"))
PLANNED = State("proposed", "bi-clock", pgettext_lazy("a message", "Planned"))
BEING_SENT = State("arrived", "bi-send-fill", _("Being sent"))
TRIED_AGAIN = State("to-close", "bi-arrow-repeat", _("To be tried again"))
SENT = State("done", "bi-envelope-check-fill", pgettext_lazy("a message", "Sent"))
NOT_SENT = State("blocked", "bi-envelope-x-fill", pgettext_lazy("a message", "Not sent"))
PERHAPS_SENT = State("deviation", "bi-question-circle", _("Perhaps sent"))
NOT_NEEDED = State("cancelled", "bi-envelope-slash", _("No longer needed"))

ALL = (
    PROPOSED, TO_BOOK, BOOKED, CONFIRMED, ARRIVED, DONE, NO_SHOW, CANCELLED, MOVED, IN_ERROR,
    TO_MOVE, DEVIATION, BLOCKED, TO_CLOSE,
)  # fmt: skip

OF_APPOINTMENT = {
    Appointment.Status.BOOKED: BOOKED,
    Appointment.Status.ARRIVED: ARRIVED,
    Appointment.Status.FULFILLED: DONE,
    Appointment.Status.NOSHOW: NO_SHOW,
    Appointment.Status.CANCELLED: CANCELLED,
    Appointment.Status.ENTERED_IN_ERROR: IN_ERROR,
}
OF_SESSION = {
    TreatmentSession.Status.NOT_STARTED: TO_BOOK,
    TreatmentSession.Status.SCHEDULED: BOOKED,
    TreatmentSession.Status.COMPLETED: DONE,
    TreatmentSession.Status.CANCELLED: CANCELLED,
}
OF_SERIES = {
    Series.Status.ACTIVE: RUNNING,
    Series.Status.ON_HOLD: ON_HOLD,
    Series.Status.REVOKED: STOPPED,
    Series.Status.COMPLETED: COMPLETED,
}
OF_MESSAGE = {
    Message.Status.DUE: PLANNED,
    Message.Status.CLAIMED: BEING_SENT,
    Message.Status.RETRY: TRIED_AGAIN,
    Message.Status.ACCEPTED: SENT,
    Message.Status.FAILED: NOT_SENT,
    Message.Status.CANCELLED: NOT_NEEDED,
    Message.Status.DOUBTFUL: PERHAPS_SENT,
}
# Why a cancelled message left somebody untold; else there was nothing to tell.
LOST = reasons.CODES - reasons.QUIET
NEWS = (Kind.MOVED, Kind.CANCELLED)  # told by phone to whoever wants no messages
OF_SCREENING = {
    Status.CLEARED: CLEARED,
    Status.NOT_CLEARED: NOT_CLEARED,
    Status.TO_BE_SEEN: TO_BE_SEEN,
}


def of_appointment(appointment: Appointment) -> State:
    status = Appointment.Status(appointment.status)
    if status == Appointment.Status.BOOKED and appointment.confirmed_at:
        return CONFIRMED
    if appointment.cancellation_reason == Appointment.Reason.MOVED:
        return MOVED
    return OF_APPOINTMENT[status]


def of_session(session: TreatmentSession) -> State:
    return OF_SESSION[TreatmentSession.Status(session.status)]


def of_series(series: Series) -> State:
    return OF_SERIES[Series.Status(series.status)]


def of_screening(status: Status) -> State:
    """Whether somebody may be treated: the one word that the desk is told."""
    return OF_SCREENING[status]


def of_message(message: Message) -> State:
    status = Message.Status(message.status)
    return NOT_SENT if is_lost(message) else OF_MESSAGE[status]


def is_lost(message: Message) -> bool:
    """Given up although the patient should have been told."""
    if message.status != Message.Status.CANCELLED:
        return False
    return message.reason in LOST or (message.reason == reasons.OPTED_OUT and message.kind in NEWS)
