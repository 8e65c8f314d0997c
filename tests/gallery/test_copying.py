"""Thumbnails of many pictures, by several processes."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gallery import GalleryError, build, copying
from gallery.copying import MANY, Copying, copy
from images import encode_png, load


def pictures(folder: Path, count: int) -> list[tuple[Path, Path]]:
    folder.mkdir(parents=True)
    pairs = []
    for number in range(count):
        source = folder / f"{number}.png"
        source.write_bytes(encode_png(np.full((20, 30, 3), number / count, np.float32)))
        pairs.append((source, folder / f"{number}.jpg"))
    return pairs


def test_all_are_made_whoever_makes_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three processes, each with its share; what is no picture is left out, and stops nothing."""
    monkeypatch.setattr(copying, "_cores", lambda: 3)
    pairs = pictures(tmp_path / "p", 3 * MANY)
    for broken in (0, 1, 2):
        pairs[broken][0].write_bytes(b"no picture")
    Copying(pairs).wait()
    assert [target.is_file() for _, target in pairs] == [False] * 3 + [True] * (3 * MANY - 3)
    assert load(pairs[4][1], copying._LIMITS).pixels.shape == (20, 30, 3)


def test_a_process_that_cannot_start_its_work_costs_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends at once, and the gallery makes the thumbnails by itself."""
    monkeypatch.setattr(copying, "_cores", lambda: 2)
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    pairs = pictures(tmp_path / "data" / "stylized", MANY)
    rows = [
        {
            "fingerprint": f"{number:032x}",
            "status": "done",
            "output": f"stylized/{source.name}",
            "output_sha256": f"{number:064x}"[::-1],
        }
        for number, (source, _) in enumerate(pairs)
    ]
    pairs[7][0].write_bytes(b"no picture")
    index = build(pd.DataFrame(rows), tmp_path / "data", tmp_path / "g")
    assert len(list((tmp_path / "g" / "thumbs").iterdir())) == MANY - 1
    assert index.read_text(encoding="utf-8").count("file missing") >= 1
    assert index.read_text(encoding="utf-8").count("<img") == MANY - 1


def test_few_are_made_by_this_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another one would take longer to start."""
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    pairs = pictures(tmp_path / "p", 5)
    Copying(pairs)
    assert all(target.is_file() for _, target in pairs)


def test_what_is_broken_off_leaves_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ended in the middle, the others are gone when this one goes on."""
    monkeypatch.setattr(copying, "_cores", lambda: 2)
    going = Copying(pictures(tmp_path / "p", 2 * MANY))
    going.end()
    assert [process.poll() is not None for process in going._processes] == [True, True]


def test_the_program_reads_pairs(tmp_path: Path) -> None:
    """From standard input, as JSON."""
    ((source, target),) = pictures(tmp_path / "p", 1)
    text = json.dumps([[str(source), str(target)]])
    subprocess.run([sys.executable, "-m", "gallery.copying"], input=text, text=True, check=True)
    assert target.is_file()


def test_where_nothing_can_be_written_it_is_said(tmp_path: Path) -> None:
    """A thumbnail that cannot be written is no picture's fault."""
    ((source, _),) = pictures(tmp_path / "p", 1)
    with pytest.raises(GalleryError, match="cannot be written"):
        copy(source, tmp_path / "gone" / "a.jpg")
