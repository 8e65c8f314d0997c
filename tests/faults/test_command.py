"""The real command, ended from outside: killed, asked to end, and run twice at once."""

from __future__ import annotations

import json
import random
import secrets
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.collection import Place, make_place
from tests.faults.command import STAGES, atelier, begun, ended, no_server_left
from tests.faults.counts import FULL, fault, often
from tests.faults.invariants import at_rest, broken_promises, finished, losses
from tests.faults.readers import Reader

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at processes")

_SEED = secrets.randbelow(10**6)
_KILLED = [stage for stage in STAGES for _ in range(2)] if FULL else ["paint"]
_SIGNALS = [("TERM", "paint"), ("INT", "start")] + [("INT", "paint"), ("TERM", "start")] * FULL
_STATUS = {"TERM": 143, "INT": 130}
_PAUSE = 0.1
"""Seconds between two readings: the run needs the cores."""
_LONG = 100_000
"""Steps that nobody waits for."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Prefect folder for all commands of this file: its database is made once."""
    return tmp_path_factory.mktemp("prefect")


@pytest.fixture
def site(tmp_path: Path) -> Place:
    """Three photos in two styles."""
    return make_place(tmp_path)


def outcomes(place: Place) -> list[str]:
    """How the runs ended, the first one first."""
    reports = [json.loads(p.read_text()) for p in sorted(place.workspace.runs.glob("*.json"))]
    return [report["outcome"] for report in reports]


@pytest.mark.parametrize("number", range(often(10, 1)))
@fault("SIGKILL of `atelier build` at each stage", "no server stays; the next run finishes")
def test_the_command_is_killed(number: int, site: Place, home: Path, count: Counter[str]) -> None:
    """At its start, while it scrapes, prepares, paints, publishes; then the same command again."""
    stage, dice = _KILLED[number], random.Random(_SEED + number)
    process = atelier(site, home)
    with Reader(site.workspace.manifest_csv, _PAUSE) as reader:
        there = begun(process, stage, site, home)
        time.sleep(dice.uniform(0.0, 1.0) if stage in ("start", "paint") else dice.uniform(0, 0.1))
        killed = ended(process, signal.SIGKILL)
        assert no_server_left(home) == [], f"seed {_SEED}, {stage}"
        if site.workspace.manifest_csv.exists():
            assert broken_promises(site.workspace) == [], f"seed {_SEED}, {stage}"
        was, whole = outcomes(site), finished(site.workspace)
        second = ended(atelier(site, home))
    assert second.status == 0, second.errors
    assert at_rest(site.workspace, site.pictures) == [], f"seed {_SEED}, {stage}"
    if killed.status == -signal.SIGKILL and was:
        assert was == ["running"] or was == ["complete"]
        assert outcomes(site)[0] in ("broken off", "complete")
    assert no_server_left(home) == []
    lost = losses(whole, site.workspace)
    assert lost == 0, f"seed {_SEED}, {stage}"
    count["kills"] += there
    count["losses"] += lost
    count["pictures"] += site.pictures
    count["reads"] += reader.reads


@pytest.mark.parametrize(("sign", "stage"), _SIGNALS)
@fault("SIGTERM or Ctrl-C while painting or starting", "143 or 130, one sentence, no server")
def test_a_signal_ends_the_command(
    sign: str, stage: str, site: Place, home: Path, count: Counter[str]
) -> None:
    """Within seconds: the last line says what is kept and how to go on."""
    process = atelier(site, home, steps=_LONG)
    assert begun(process, stage, site, home)
    with Reader(site.workspace.manifest_csv, _PAUSE) as reader:
        told = ended(process, getattr(signal, f"SIG{sign}"), timeout=60)
    assert told.status == _STATUS[sign], told.errors
    assert "Traceback" not in told.errors, told.errors
    last = told.errors.strip().splitlines()[-1]
    assert last == "Stopped. Every finished picture is kept; run the same command again to go on."
    assert no_server_left(home) == []
    assert broken_promises(site.workspace) == []
    assert outcomes(site) == (["broken off"] if stage == "paint" else [])
    assert told.seconds < 20
    count["milliseconds_at_most"] = max(count["milliseconds_at_most"], round(1000 * told.seconds))
    count["reads"] += reader.reads


@fault("two `atelier build` on one workspace at once", "no picture twice, one row each")
def test_two_commands_at_once(site: Place, home: Path, count: Counter[str]) -> None:
    """Each with its own server and engine; together they paint every picture once."""
    with Reader(site.workspace.manifest_csv, _PAUSE) as reader:
        both = [atelier(site, home), atelier(site, home)]
        told = [ended(process) for process in both]
    assert [one.status for one in told] == [0, 0], [one.errors for one in told]
    assert at_rest(site.workspace, site.pictures, runs=2) == []
    assert no_server_left(home) == []
    count["pictures"] += site.pictures
    count["reads"] += reader.reads
