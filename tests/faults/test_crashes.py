import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.faults.counts import fault

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks each case")


def run(folder: Path, mode: str) -> list[dict[str, Any]]:
    script = Path(__file__).with_name("crash_run.py")
    found = subprocess.run(
        [sys.executable, str(script), str(folder), mode],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert "Traceback" not in found.stderr, found.stderr
    return [json.loads(line) for line in found.stdout.splitlines()]


@fault("SIGKILL at every single call that changes the disk", "at most one picture is repeated")
def test_killed_at_any_call_that_changes_the_disk(tmp_path: Path, count: Counter[str]) -> None:
    """Before each write, flush, rename and removal, and in the middle of a journal line: no row
    without its picture, a manifest that reads, and a next run that finishes, repeats at most one
    picture and leaves nothing behind.
    """
    cases = run(tmp_path, "calls")
    assert len(cases) > 15
    assert not cases[-1]["killed"]
    assert [case for case in cases if case["problems"]] == []
    assert {case["painted"] for case in cases} == {1, 2}
    tally(cases, count)


@fault("SIGKILL while painting slowly", "at most one picture is repeated")
def test_killed_at_any_time_while_painting(tmp_path: Path, count: Counter[str]) -> None:
    """The same with a clock: a slow painter, a busy compactor, and SIGKILL from outside."""
    cases = run(tmp_path, "times")
    assert [case for case in cases if case["problems"]] == []
    assert sum(case["killed"] for case in cases) >= 3
    tally(cases, count)


def tally(cases: list[dict[str, Any]], count: Counter[str]) -> None:
    """Two pictures a case."""
    count["kills"] += sum(case["killed"] for case in cases)
    count["pictures"] += 2 * len(cases)
