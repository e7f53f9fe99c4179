"""A plan as a document: the answer of the contract."""

from typing import Any

from protocols.planning.plans import Alternative, Cost, Plan, PlannedSession

Document = dict[str, Any]


def answer(plan: Plan) -> Document:
    """The plan in plain data, ready for JSON."""
    return {
        "status": plan.status,
        "blocked_at": plan.blocked_at,
        "why": plan.why,
        "cost": _cost(plan.cost),
        "sessions": [_session(session) for session in plan.sessions],
    }


def _cost(cost: Cost) -> Document:
    return {
        "days_off_ideal": cost.days_off_ideal,
        "preferences_unmet": cost.preferences_unmet,
        "practitioner_changes": cost.practitioner_changes,
    }


def _session(session: PlannedSession) -> Document:
    window = session.window
    return {
        "number": session.number,
        "phase": session.phase,
        "starts_at": session.starts_at.isoformat(),
        "ends_at": session.ends_at.isoformat(),
        "practitioner": session.practitioner,
        "resources": dict(session.resources),
        "window": {
            "opens": window.opens.isoformat(),
            "due": window.due.isoformat(),
            "closes": window.closes.isoformat(),
        },
        "days_off_ideal": session.days_off_ideal,
        "reason": session.reason,
        "alternatives": [_alternative(other) for other in session.alternatives],
    }


def _alternative(other: Alternative) -> Document:
    return {
        "starts_at": other.starts_at.isoformat(),
        "practitioner": other.practitioner,
        "cost": _cost(other.cost),
    }
