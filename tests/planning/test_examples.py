"""The worked examples of the contract."""

import json
from pathlib import Path

import pytest

from protocols.planning import plan

EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*.json"))


def test_there_are_three():
    assert [path.stem for path in EXAMPLES] == ["1", "2", "3"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_answer_is_the_worked_one(path):
    example = json.loads(path.read_text(encoding="utf-8"))
    answer = plan(example["problem"])
    assert_agrees(answer, example["answer"])


def assert_agrees(answer, expected):
    """All that is expected is there; ``phase``, ``reason`` and ``why`` are not told in advance."""
    if isinstance(expected, dict):
        assert set(answer) - set(expected) <= {"phase", "reason", "why"}
        for key, value in expected.items():
            assert_agrees(answer[key], value)
    elif isinstance(expected, list):
        assert len(answer) == len(expected)
        for item, value in zip(answer, expected, strict=True):
            assert_agrees(item, value)
    else:
        assert answer == expected
