"""The command `plan_series`: what it prints, where, and its exit status."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from protocols.planning import plan

ROOT = Path(__file__).parents[2]
PROBLEM = {"timezone": "Europe/Paris", "start_on": "2027-03-01", "steps": [], "resources": []}
INFEASIBLE = {
    **PROBLEM,
    "steps": [{"phase": "a", "segments": [{"minutes": 30, "needs": ["room"]}]}],
}


def run(path):
    """(exit status, standard output, standard error)."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("plan_series", str(path), stdout=out, stderr=err)
    except SystemExit as stop:
        return stop.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.mark.parametrize("problem", [PROBLEM, INFEASIBLE], ids=["planned", "infeasible"])
def test_it_prints_the_answer(problem, tmp_path):
    file = tmp_path / "problem.json"
    file.write_text(json.dumps(problem), encoding="utf-8")
    status, out, err = run(file)
    assert (status, err) == (0, "")
    assert json.loads(out) == plan(problem)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("{}", "timezone: required"),
        ("[]", "problem: expected an object"),
        ('{"a\\nb": 1}', "a b: unknown key"),
        ('{"start_on": 1, "start_on": 2}', "the key 'start_on' occurs twice in one object"),
        ('{"grid_minutes": NaN}', "NaN is no JSON number"),
        ("", "expected JSON"),
        ("[" * 100_000, "expected JSON"),
        ("9" * 5000, "expected JSON"),
        ("\xff", "expected JSON"),
    ],
    ids=range(9),
)
def test_what_is_malformed_gets_one_line_and_status_2(text, line, tmp_path):
    file = tmp_path / "problem.json"
    file.write_bytes(text.encode("latin-1"))
    status, out, err = run(file)
    assert (status, out) == (2, "")
    assert line in err
    assert err.count("\n") == 1


def test_a_file_that_is_not_there(tmp_path):
    file = tmp_path / "nowhere.json"
    assert run(file) == (2, "", f"{file}: No such file or directory\n")


def test_from_standard_input_by_a_process_of_another_hash_seed():
    example = json.loads((Path(__file__).parent / "examples" / "2.json").read_bytes())
    done = subprocess.run(
        [sys.executable, "manage.py", "plan_series", "-"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "1"},
        input=json.dumps(example["problem"]).encode(),
        capture_output=True,
        check=True,
    )
    assert done.stderr == b""
    assert json.loads(done.stdout) == plan(example["problem"])
