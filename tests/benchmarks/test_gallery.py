"""The gallery's benchmark, on a small collection."""

import json
from pathlib import Path

import pytest

from benchmarks.gallery import main, write_hung
from flows.manifest import read_manifest
from gallery.curve import read_trace
from images import load


def test_the_workspace_is_whole(tmp_path: Path) -> None:
    """Photos, styles and pictures of many sizes decode, and the pictures carry traces."""
    workspace = write_hung(tmp_path / "data", 40)
    rows = read_manifest(workspace.manifest_csv)
    outputs = [workspace.root / output for output in rows["output"]]
    assert len(outputs) == 40
    assert len({load(path).pixels.shape for path in outputs}) > 10
    assert all(len(read_trace(lambda _, path=path: path.read_bytes())[0]) == 70 for path in outputs)
    assert all((workspace.root / content).is_file() for content in rows["content"])


def test_every_measure_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A line of JSON each, and nothing is left in the folder."""
    main(["--pictures", "30", "--folder", str(tmp_path)])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    names = ["build_seconds", "pages_seconds", "new_seconds", "same_seconds"]
    assert [line["metric"] for line in lines] == [*names, "wall_kb", "data_kb", "gallery_mb"]
    assert [line["pictures"] for line in lines] == [30, 30, *[40] * 5]
    assert all(line["value"] > 0 for line in lines)
    assert list(tmp_path.iterdir()) == []
