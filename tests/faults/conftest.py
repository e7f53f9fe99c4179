"""Figures that the tests of races tell at the end of the run."""

from collections.abc import Callable

import pytest
from django.db import connection

from tests.faults.processes import Answer
from tests.faults.serving import port

Report = Callable[..., None]
__all__ = ["port", "report"]


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Report:
    """A line of figures for the end of the run; timings are told, only counts are asserted."""

    def tell(answers: list[Answer] | None = None, **figures: object) -> None:
        if answers:
            waits = sorted(answer.seconds for answer in answers)
            figures["p50"] = f"{waits[len(waits) // 2]:.2f} s"
            figures["worst"] = f"{waits[-1]:.2f} s"
        line = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in figures.items())
        name = request.node.name.removeprefix("test_").replace("_", " ")
        request.node.user_properties.append(("figures", f"{connection.vendor}: {name}: {line}"))

    return tell
