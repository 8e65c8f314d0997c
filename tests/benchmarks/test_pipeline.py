"""The benchmark of the state: tiny, it gives every figure, of workspaces that are what they say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import benchmarks.pipeline as benchmark
from benchmarks.share import Share
from benchmarks.workspaces import build_finished, write_finished
from flows.config import load_collection
from flows.files import file_sha256
from flows.manifest import read_manifest


def test_every_figure_is_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tiny = ["--rows", "200", "--pairs", "20", "--times", "1", "--folder", str(tmp_path)]
    benchmark.main([*tiny, "--photos", "1", "--size", "64"])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["metric"] for line in lines] == [
        "load_seconds",
        "plan_noop_seconds",
        "plan_noop_peak_mb",
        "append_over_fsync",
        "noop_build_seconds",
        "start_seconds",
        "share_with_start",
        "own_share",
    ]
    values = {line["metric"]: line["value"] for line in lines}
    assert all(value > 0 for name, value in values.items() if name != "own_share")
    assert values["share_with_start"] < 1
    assert not list(tmp_path.iterdir()), "the workspaces are swept away"


def test_the_share_is_what_is_not_painting() -> None:
    """100 s in all, 85 s of it painting; 10 s are the start, which no picture adds to."""
    found = Share(pictures=20, total=100.0, painting=85.0, start=10.0)
    assert (found.share, found.own) == pytest.approx((0.15, 1 / 18))


def test_work_left_to_do_is_no_figure(tmp_path: Path) -> None:
    """A plan with jobs is refused: it would measure something else."""
    workspace = write_finished(tmp_path / "many", 20)
    next(workspace.stylized.glob("*.png")).unlink()
    with pytest.raises(RuntimeError, match="has 1 jobs"):
        benchmark.planned_in_child(workspace, 20)


def test_the_built_pictures_are_as_their_rows_say(tmp_path: Path) -> None:
    root = load_collection(build_finished(tmp_path / "built", 20)).workspace
    rows = read_manifest(root / "manifest.csv")
    assert len(rows) == 20
    for output, sha256 in zip(rows["output"], rows["output_sha256"], strict=True):
        assert file_sha256(root / output) == sha256
