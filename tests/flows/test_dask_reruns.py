"""A chunk that comes a second time, its painter killed: what is done is not done again."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from flows.journal import Journal, read_journals
from flows.lanes.dispatch import _Dispatch
from flows.lanes.tally import Tally
from flows.manifest import Manifest
from flows.plan import Job
from flows.rows import failed_row
from flows.stages import Chunks, StylizeSummary, Terms, stylize_jobs
from flows.workspace import Workspace

SPREAD = Terms(spread=True)


@pytest.fixture
def forced(jobs: tuple[Job, ...]) -> list[Job]:
    return [replace(job, reason="forced") for job in jobs]


def paint(
    workspace: Workspace, jobs: Any, weights: Any, painter: Any, **how: Any
) -> StylizeSummary:
    return stylize_jobs(workspace, jobs, weights, "run", stylizer=painter, terms=SPREAD, **how)


def test_nothing_of_this_run_is_painted_twice(
    workspace: Workspace, forced: list[Job], painter: Any, weights: Any
) -> None:
    """Not even what is forced; done and failed are counted, since the first count was lost."""
    painter.fail = lambda call: ValueError("no such colour") if call == 2 else None
    first = paint(workspace, forced[:3], weights, painter)
    again = paint(workspace, forced, weights, painter)
    assert (first.done, first.failed, first.painted) == (2, 1, 2)
    assert (again.done, again.failed, again.painted) == (5, 1, 3)
    assert again.errors == first.errors
    assert painter.calls == 6
    later = [replace(job, after_ns=time.time_ns()) for job in forced]
    other = stylize_jobs(workspace, later, weights, "next", stylizer=painter, terms=SPREAD)
    assert other.painted == 6


def test_a_picture_whose_row_was_never_written_gets_it(
    workspace: Workspace, forced: list[Job], painter: Any, weights: Any
) -> None:
    """Its painter was killed in between; the picture is not painted again."""
    paint(workspace, forced[:2], weights, painter)
    for path in workspace.journal.iterdir():
        path.unlink()
    assert paint(workspace, forced[:2], weights, painter).painted == 0
    Manifest(workspace).compact()
    frame = Manifest(workspace).rows()
    assert set(frame["fingerprint"]) == {job.fingerprint for job in forced[:2]}
    assert all((workspace.root / output).is_file() for output in frame["output"])


def test_only_the_flow_compacts(
    workspace: Workspace, jobs: tuple[Job, ...], painter: Any, weights: Any
) -> None:
    before = workspace.manifest_csv.read_bytes()
    paint(workspace, jobs, weights, painter)
    assert workspace.manifest_csv.read_bytes() == before
    assert len(read_journals(workspace.journal)) == len(jobs)


def test_a_painting_nobody_waits_for_ends_in_mid_picture(
    workspace: Workspace, jobs: tuple[Job, ...], painter: Any, weights: Any
) -> None:
    """Without a row; what is finished stays."""
    asked = iter([False] * 6 + [True] * 20)
    summary = paint(workspace, jobs, weights, painter, stopped=lambda: next(asked))
    assert (summary.done, summary.failed, painter.calls) == (1, 0, 2)
    assert len(read_journals(workspace.journal)) == 1


def test_a_picture_that_ends_its_workers_fails_and_the_rest_goes_on(
    workspace: Workspace, jobs: tuple[Job, ...], painter: Any, weights: Any
) -> None:
    """Dask gives a chunk up after several deaths: the first picture without a row is to blame."""
    paint(workspace, jobs[:2], weights, painter)
    with Journal(workspace.journal, "run") as journal:
        journal.append(failed_row(jobs[2], weights, "run", "no such colour"))
    chunks = Chunks(jobs, 6.0)
    chunk = chunks.take()
    cluster = SimpleNamespace(address="tcp://a:1")
    dispatch = _Dispatch(cluster, workspace, chunks, weights, "run", SPREAD)  # type: ignore[arg-type]
    summary = dispatch._killed(chunk)
    assert (summary.done, summary.failed) == (2, 2)
    assert "no such colour" in summary.errors[0]
    assert "ended several workers" in summary.errors[1]
    assert chunks.take() == list(jobs[4:])
    rows = {row["fingerprint"]: row["status"] for row in read_journals(workspace.journal)}
    assert rows[jobs[3].fingerprint] == "failed"


def test_progress_is_read_from_the_journals(tmp_path: Path) -> None:
    """Only whole lines of this run, each once; a chunk that ended counts without its journal."""
    tally = Tally(tmp_path, "2025-run")
    row = {"fingerprint": "a", "title": "Boats", "style": "mosaic"}
    mine, other = tmp_path / "2025_run-1_a.jsonl", tmp_path / "other-1_a.jsonl"
    other.write_text(json.dumps(row) + "\n")
    assert tally.look() == 0
    mine.write_text(json.dumps(row) + "\n" + '{"fingerprint": "b"')
    assert tally.look() == 1
    assert tally.last == "Boats × mosaic"
    with mine.open("a") as file:
        file.write(', "title": "Quay", "style": "mosaic"}\nno row\n')
    assert (tally.look(), tally.last) == (2, "Quay × mosaic")
    mine.unlink()
    tally.finished([SimpleNamespace(fingerprint="b"), SimpleNamespace(fingerprint="c")])  # type: ignore[list-item]
    assert tally.look() == 3
