"""Two runs on one workspace at the same moment, and somebody who reads the manifest."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter

import pytest

from tests.faults.collection import Place, go, still_to_do
from tests.faults.counts import ROOT, fault, often
from tests.faults.invariants import at_rest

_RUN = """
import sys
from pathlib import Path
import flows.compactor, gallery, scraping
from tests.faults.collection import Place, go
flows.compactor.Compactor.__init__.__defaults__ = (0.01,)
place = Place(Path(sys.argv[1]), 0)
print("ready", flush=True)
sys.stdin.readline()
go(place, place.painter(0.003))
"""


def begin(place: Place) -> subprocess.Popen[str]:
    """A process that has everything loaded and waits for a word."""
    return subprocess.Popen(
        [sys.executable, "-c", _RUN, str(place.root)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", range(often(20, 3)))
@fault("two runs on one workspace at once", "every picture is painted once and has one row")
def test_two_runs_at_once(number: int, place: Place, count: Counter[str]) -> None:
    """Both scrape, prepare, paint and publish the same collection; the next has nothing to do."""
    both = [begin(place), begin(place)]
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in both:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    errors = [process.communicate(timeout=120)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], errors
    assert at_rest(place.workspace, place.pictures, runs=2) == []
    assert place.painter().paintings == place.pictures
    assert still_to_do(place) == []
    reports = [json.loads(p.read_text()) for p in place.workspace.runs.glob("*.json")]
    assert sum(report["done"] for report in reports) == place.pictures
    assert go(place, place.painter()).done == 0
    count["pictures"] += place.pictures
