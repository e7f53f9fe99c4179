"""What must be in order before a series is confirmed, and before a session is begun.

Each gate is a function that yields what stands in the way; the two tuples at the end are all there
are. What they are asked and what they answer is in `clinic.care.obstacles`.
"""

from clinic.care.consent_gate import consent_given
from clinic.care.obstacles import ConfirmGate, Confirming, Obstacle, StartGate, Starting
from clinic.care.quote_gate import quote_given
from clinic.care.review_gate import reviewed_first
from clinic.care.screening_gate import screened_before_booking, screened_before_treating

__all__ = ["Confirming", "Obstacle", "Starting", "before_confirming", "before_starting"]


def before_confirming(confirming: Confirming) -> tuple[Obstacle, ...]:
    """Everything that forbids booking this series now; empty when nothing does."""
    return tuple(obstacle for gate in CONFIRM_GATES for obstacle in gate(confirming))


def before_starting(starting: Starting) -> tuple[Obstacle, ...]:
    """Everything that forbids beginning this session; empty when nothing does."""
    return tuple(obstacle for gate in START_GATES for obstacle in gate(starting))


CONFIRM_GATES: tuple[ConfirmGate, ...] = (screened_before_booking, quote_given)
START_GATES: tuple[StartGate, ...] = (
    screened_before_treating,
    consent_given,
    reviewed_first,
)
