"""Every shipped protocol can be booked: in an empty calendar it has a series, near its ideal."""

from typing import Any

import pytest

from protocols import planning
from protocols.models import Protocol, ResourceKind
from tests.protocols.test_catalogue import FIGURES

WEEKDAYS = [{"weekday": day, "from": "09:00", "to": "18:00"} for day in range(5)]


def document(protocol: Protocol, start_on: str) -> dict[str, Any]:
    """The protocol as the planner's door takes it, with one free resource of each kind."""
    steps = []
    for step in protocol.planning_steps():
        parts = [{"minutes": part.minutes, "needs": list(part.needs)} for part in step.segments]
        gap = step.gap and {
            "min": str(step.gap.min), "ideal": str(step.gap.ideal), "max": str(step.gap.max)
        }  # fmt: skip
        steps.append({"phase": step.phase, "gap": gap, "segments": parts})
    kinds = ResourceKind.objects.values_list("code", flat=True)
    return {
        "timezone": "Europe/Paris",
        "start_on": start_on,
        "steps": steps,
        "resources": [{"id": code, "kind": code, "hours": WEEKDAYS, "busy": []} for code in kinds],
    }


@pytest.mark.parametrize("start_on", ["2026-03-02", "2026-10-17"])
@pytest.mark.parametrize("slug", FIGURES)
def test_a_shipped_protocol_has_a_series(shipped: object, slug: str, start_on: str) -> None:
    protocol = Protocol.objects.get(slug=slug)
    answer = planning.plan(document(protocol, start_on))
    assert (answer["status"], answer["why"]) == ("planned", None)
    assert len(answer["sessions"]) == protocol.steps.count()
    # A weekend moves a session by two days at most.
    assert all(session["days_off_ideal"] <= 2 for session in answer["sessions"])


def test_a_holiday_on_the_day_does_not_break_a_weekly_series(shipped: object) -> None:
    """What the day of margin is for: Easter Monday falls on the third visit."""
    problem = document(Protocol.objects.get(slug="pain-weekly"), "2026-03-23")
    problem["closed_on"] = ["2026-04-06"]
    answer = planning.plan(problem)
    assert [session["starts_at"][:10] for session in answer["sessions"]] == [
        "2026-03-23", "2026-03-30", "2026-04-07", "2026-04-22",
    ]  # fmt: skip
