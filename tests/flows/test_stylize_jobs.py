import errno
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from flows.content import Content
from flows.errors import DiskFullError
from flows.journal import Journal
from flows.manifest import read_manifest
from flows.plan import Job
from flows.stages import stylize_jobs
from flows.style_images import StyleImage
from flows.workspace import Workspace
from images import read_provenance
from stylize import ENGINE_VERSION, PaintError, Recipe

Paint = Callable[..., Any]


def test_every_job_becomes_a_picture_and_a_row(
    workspace: Workspace, paint: Paint, contents: list[Content], styles: list[StyleImage]
) -> None:
    """Row and file agree, and the manifest is complete when the stage is over."""
    summary = paint(contents, styles)
    assert (summary.done, summary.failed, summary.errors) == (6, 0, ())
    frame = read_manifest(workspace.manifest_csv)
    assert len(frame) == 6
    for row in frame.to_dict("records"):
        data = (workspace.root / row["output"]).read_bytes()
        assert row["output"] == f"stylized/{row['fingerprint']}.png"
        assert row["output_sha256"] == hashlib.sha256(data).hexdigest()
    assert not list(workspace.journal.iterdir())
    assert {path.suffix for path in workspace.stylized.iterdir()} == {".png"}


def test_a_row_is_enough_to_make_the_picture_again(
    workspace: Workspace, paint: Paint, contents: list[Content], styles: list[StyleImage]
) -> None:
    """Recipe, seed, hashes, versions, backend, device, precision; and the credits."""
    paint(contents[:1], styles[:1])
    (row,) = read_manifest(workspace.manifest_csv).to_dict("records")
    recipe = Recipe.from_canonical(row["recipe"])
    assert recipe == Recipe(size=64, steps=(4,))
    assert (row["seed"], row["engine"], row["preset"]) == (recipe.seed, "optimize", "default")
    assert row["content_sha256"] == contents[0].sha256
    assert row["style_sha256"] == styles[0].sha256
    assert json.loads(row["styles"]) == [
        {"name": "blue", "sha256": styles[0].sha256, "weight": 1.0}
    ]
    assert row["weights_sha256"] == "ab" * 32
    assert row["engine_version"] == str(ENGINE_VERSION)
    assert {"python", "tensorflow", "keras"} <= set(json.loads(row["versions"]))
    assert (row["backend"], row["device"], row["precision"]) == ("fake", "cpu", "float32")
    assert (row["width"], row["height"], row["steps"], row["seconds"]) == (32, 24, 4, 1.5)
    assert (row["content_loss"], row["style_loss"], row["tv_loss"]) == (0.5, 0.25, 0.125)
    assert (row["title"], row["licence"], row["landing_url"]) == (
        "Photo 0",
        "CC0",
        "http://example.org/",
    )
    assert (row["flow_run"], row["attempts"], row["error"]) == ("run", 1, "")


def test_the_picture_carries_its_row_and_its_trace(
    workspace: Workspace, paint: Paint, contents: list[Content], styles: list[StyleImage]
) -> None:
    """Provenance travels with the file."""
    paint(contents[:1], styles[:1])
    (path,) = workspace.stylized.iterdir()
    chunks = read_provenance(path.read_bytes())
    row = json.loads(chunks["atelier"])
    assert row["fingerprint"] == path.stem
    assert row["trace"] == [[0, 1.0], [1, 0.5], [2, 0.333333], [3, 0.25]]
    assert chunks["Title"] == "Photo 0 × blue"
    assert "nobody" in chunks["Copyright"]


def test_one_bad_photo_stops_nothing(
    workspace: Workspace,
    paint: Paint,
    painter: Any,
    contents: list[Content],
    styles: list[StyleImage],
) -> None:
    """It is a failed row with a sentence; the next run tries it again and counts the attempts."""
    bad = workspace.root / contents[0].prepared
    whole = bad.read_bytes()
    bad.write_bytes(whole[:100])
    for attempt in (1, 2):
        summary = paint(contents, styles)
        assert (summary.done, summary.failed) == ((4, 2) if attempt == 1 else (0, 2))
        assert len(summary.errors) == 2
        frame = read_manifest(workspace.manifest_csv)
        failed = frame[frame["status"] == "failed"]
        assert len(frame) == 6
        assert set(failed["content_sha256"]) == {contents[0].sha256}
        assert failed["attempts"].tolist() == [attempt, attempt]
        assert failed["output"].tolist() == ["", ""]
        assert all(failed["error"].str.contains(bad.name, regex=False))
    bad.write_bytes(whole)
    assert paint(contents, styles).done == 2
    frame = read_manifest(workspace.manifest_csv)
    assert set(frame["status"]) == {"done"}
    assert sorted(frame["attempts"]) == [1, 1, 1, 1, 3, 3]
    assert set(frame["error"]) == {""}


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (PaintError("the picture cannot be painted; do this."), "the picture cannot be painted"),
        (RuntimeError("graph\nexecution"), "RuntimeError: graph execution"),
        (MemoryError(), "MemoryError."),
    ],
)
def test_any_failure_of_a_picture_is_a_row(
    workspace: Workspace,
    paint: Paint,
    painter: Any,
    contents: list[Content],
    styles: list[StyleImage],
    error: Exception,
    says: str,
) -> None:
    """In the error's words, with its kind where it is none of ours."""
    painter.fail = lambda call: error if call == 2 else None
    summary = paint(contents, styles[:1])
    assert (summary.done, summary.failed) == (2, 1)
    frame = read_manifest(workspace.manifest_csv)
    (said,) = frame.loc[frame["status"] == "failed", "error"]
    assert said.startswith(says)


def test_a_painting_that_broke_off_is_no_success(
    workspace: Workspace,
    paint: Paint,
    painter: Any,
    contents: list[Content],
    styles: list[StyleImage],
) -> None:
    """Non-finite values that no roll-back helped against make a failed row."""
    painter.outcome = "stopped_non_finite"
    assert paint(contents[:1], styles[:1]).failed == 1
    assert not list(workspace.stylized.glob("*.png"))


def test_a_style_that_changed_meanwhile_is_not_painted(
    workspace: Workspace, jobs: tuple[Job, ...], painter: Any, weights: Any
) -> None:
    """The hash in a row is of the bytes that were decoded."""
    jobs[0].style.path.write_bytes(jobs[-1].style.path.read_bytes())
    summary = stylize_jobs(workspace, jobs[:1], weights, "run", stylizer=painter)
    assert summary.failed == 1
    assert "was changed since the plan" in summary.errors[0]


def test_ctrl_c_passes_and_keeps_what_is_finished(
    workspace: Workspace,
    paint: Paint,
    painter: Any,
    contents: list[Content],
    styles: list[StyleImage],
) -> None:
    """An interrupt is no failure of a picture."""
    painter.fail = lambda call: KeyboardInterrupt() if call == 3 else None
    with pytest.raises(KeyboardInterrupt):
        paint(contents, styles)
    frame = read_manifest(workspace.manifest_csv)
    assert frame["status"].tolist() == ["done", "done"]
    painter.fail = lambda call: None
    assert paint(contents, styles).done == 4


def test_a_full_disk_stops_the_run_with_a_sentence(
    workspace: Workspace,
    paint: Paint,
    contents: list[Content],
    styles: list[StyleImage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No failed rows by the thousand; what was finished is kept, and no part of a picture is."""
    replaced = os.replace

    def full(source: Path, target: Path) -> None:
        if Path(target).suffix == ".png" and len(list(workspace.stylized.glob("*.png"))) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        replaced(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        with pytest.raises(DiskFullError, match="make room and run again"):
            paint(contents, styles)
    assert read_manifest(workspace.manifest_csv)["status"].tolist() == ["done", "done"]
    assert not list(workspace.stylized.glob(".*.tmp"))
    assert paint(contents, styles).done == 4


def test_the_row_follows_the_picture(
    workspace: Workspace,
    paint: Paint,
    contents: list[Content],
    styles: list[StyleImage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At the moment that a row is journalled, its picture is in place and whole."""
    append = Journal.append
    seen = []

    def watched(self: Journal, row: Any) -> None:
        data = (workspace.root / row["output"]).read_bytes()
        seen.append(hashlib.sha256(data).hexdigest() == row["output_sha256"])
        append(self, row)

    monkeypatch.setattr(Journal, "append", watched)
    paint(contents, styles)
    assert seen == [True] * 6


def test_the_manifest_keeps_up_while_painting(
    workspace: Workspace,
    jobs: tuple[Job, ...],
    painter: Any,
    weights: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rows are in the file within the compactor's pace, not only at the end."""
    import time

    import flows.compactor

    monkeypatch.setattr(flows.compactor.Compactor.__init__, "__defaults__", (0.05,))

    def wait_for_the_first_rows(call: int) -> None:
        deadline = time.monotonic() + 20
        while call == 4 and len(pd.read_csv(workspace.manifest_csv)) < 3:
            assert time.monotonic() < deadline
            time.sleep(0.02)

    painter.fail = wait_for_the_first_rows
    assert stylize_jobs(workspace, jobs, weights, "run", stylizer=painter).done == 6


def test_progress_moves_within_a_picture(
    workspace: Workspace, jobs: tuple[Job, ...], painter: Any, weights: Any
) -> None:
    """Fractions while painting, whole numbers after each picture, never backwards."""
    told: list[tuple[str, float, int, str]] = []
    stylize_jobs(
        workspace, jobs[:2], weights, "run", lambda *args: told.append(args), stylizer=painter
    )
    done = [amount for _, amount, _, _ in told]
    assert done == sorted(done)
    assert {0.25, 0.5, 1, 1.75, 2} <= set(done)
    assert {(stage, total) for stage, _, total, _ in told} == {("stylize", 2)}
    assert told[0][3] == jobs[0].name


def test_no_jobs_cost_nothing(workspace: Workspace, weights: Any) -> None:
    """Neither a stylizer nor a journal is made."""
    before = sorted(workspace.root.rglob("*"))
    assert stylize_jobs(workspace, [], weights, "run").done == 0
    assert sorted(workspace.root.rglob("*")) == before
