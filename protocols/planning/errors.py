"""The one error of the planner's door."""


class ProblemError(ValueError):
    """A malformed problem. The text is one line and begins with the field it speaks of.

    Example: ``steps[1].gap.min: expected an ISO 8601 duration such as P2W``.
    """

    def __init__(self, field: str, expectation: str) -> None:
        self.field = field
        self.expectation = expectation
        super().__init__(f"{field}: {expectation}")
