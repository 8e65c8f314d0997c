"""Clocks that go back, and files from the future."""

from __future__ import annotations

import os
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import flows.record
import flows.report
import flows.rows
from flows.files import temporary_beside
from flows.manifest import read_manifest
from tests.faults.collection import Place, go, still_to_do
from tests.faults.counts import fault
from tests.faults.invariants import at_rest

HOURS = 5


class Clock:
    """The time of `flows`, so many hours off."""

    hours = 0.0

    @classmethod
    def now(cls, zone: Any = None) -> datetime:
        return datetime.now(zone) + timedelta(hours=cls.hours)

    fromtimestamp = datetime.fromtimestamp


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> type[Clock]:
    """What the functions of `flows` take the time from."""
    monkeypatch.setattr(Clock, "hours", 0.0)
    for module in (flows.rows, flows.record, flows.report):
        monkeypatch.setattr(module, "datetime", Clock)
    return Clock


@fault("the clock goes back by hours between two runs", "a repaint wins all the same")
def test_back_between_runs(place: Place, clock: type[Clock], count: Counter[str]) -> None:
    """The newer row is the later one, so the second run's pictures are those of the manifest."""
    go(place, place.painter())
    first = read_manifest(place.workspace.manifest_csv).set_index("fingerprint")
    clock.hours = -HOURS
    report = go(place, place.painter(), force=True)
    assert report.done == place.pictures
    second = read_manifest(place.workspace.manifest_csv).set_index("fingerprint")
    assert set(second["flow_run"]) == {report.run}
    assert (second["created_at"] > first["created_at"]).all()
    assert (second["attempts"] == 2).all()
    assert at_rest(place.workspace, place.pictures, runs=2) == []
    assert still_to_do(place) == []
    count["pictures"] += place.pictures


@fault("the clock goes back during a run", "every picture has its row; nothing is repainted")
def test_back_during_a_run(place: Place, clock: type[Clock], count: Counter[str]) -> None:
    """After the second picture; a later run has nothing to do, and failed ones are tried again."""
    painter = place.painter()

    def step() -> None:
        clock.hours = -HOURS if painter.paintings > 2 else 0.0
        if painter.paintings == 4:
            raise RuntimeError("this one fails")

    painter.before = step
    assert go(place, painter).failed == 1
    clock.hours = -2 * HOURS
    assert go(place, place.painter()).done == 1
    assert at_rest(place.workspace, place.pictures, runs=2) == []
    assert still_to_do(place) == []
    assert place.painter().paintings == place.pictures + 1
    count["pictures"] += place.pictures


@fault("a run under a clock that went back is killed", "its finished picture is adopted")
def test_back_and_killed_before_the_row(
    place: Place, clock: type[Clock], count: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The repaint was in place, its row was not: the picture is newer than its row, and counts."""
    go(place, place.painter())
    clock.hours = -HOURS

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("flows.journal.Journal.append", die)
        with pytest.raises(KeyboardInterrupt):
            go(place, place.painter(), force=True)
    assert go(place, place.painter()).done == 0
    assert at_rest(place.workspace, place.pictures, runs=3) == []
    count["pictures"] += place.pictures


@fault("files whose time lies in the future", "nothing is repainted, nothing half written stays")
def test_files_from_the_future(place: Place, count: Counter[str]) -> None:
    """Photos, prepared photos, styles, pictures and a dead process's temporary file."""
    go(place, place.painter())
    dead = temporary_beside(place.workspace.stylized / "x.png")
    dead = dead.with_name(dead.name.replace(f"-{os.getpid()}-", f"-{2**22 + 1}-"))
    dead.write_bytes(b"half")
    ahead = time.time() + 86_400
    for path in place.workspace.root.rglob("*"):
        os.utime(path, (ahead, ahead))
    assert still_to_do(place) == []
    assert go(place, place.painter()).done == 0
    assert at_rest(place.workspace, place.pictures, runs=2) == []
    newest = read_manifest(place.workspace.manifest_csv)["created_at"].max()
    assert newest < datetime.now(UTC)
    count["pictures"] += place.pictures
