"""SIGKILL at any instant of a run: nothing finished is lost, and the next run goes on."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.counts import ROOT, fault, often

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks each case")


@fault("SIGKILL at a random instant, scrape to gallery", "at most one picture is painted twice")
def test_killed_at_random_instants(tmp_path: Path, count: Counter[str]) -> None:
    """While it scrapes, prepares, paints or publishes, with a compactor that never rests."""
    seed, kills = secrets.randbelow(10**6), often(90, 20)
    told = subprocess.run(
        [sys.executable, "-m", "tests.faults.kill_run", str(tmp_path), str(kills), str(seed)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert told.returncode == 0, f"seed {seed}: {told.stderr}"
    assert "Traceback" not in told.stderr, f"seed {seed}: {told.stderr}"
    *cases, reader = [json.loads(line) for line in told.stdout.splitlines()]
    assert [case for case in cases if case["problems"]] == [], f"seed {seed}"
    read = json.loads(reader["reader"])
    assert read["problem"] == "", f"seed {seed}"
    assert sum(case["killed"] for case in cases) == kills
    assert read["reads"] > kills
    count["kills"] += sum(case["killed"] for case in cases)
    count["pictures"] += 12 * len(cases)
    count["repeats"] += sum(case["repeats"] for case in cases)
    count["losses"] += sum(case["losses"] for case in cases)
    count["reads"] += read["reads"]
    assert any(case["broken_off"] for case in cases)
