"""Thumbnails of many pictures, by several processes."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gallery import GalleryError, copying
from gallery.copying import MANY, copy, copy_many
from images import encode_png, load


def pictures(folder: Path, count: int) -> list[tuple[Path, Path]]:
    folder.mkdir()
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
    copy_many(pairs)
    assert [target.is_file() for _, target in pairs] == [False] * 3 + [True] * (3 * MANY - 3)
    assert load(pairs[4][1], copying._LIMITS).pixels.shape == (20, 30, 3)


def test_a_process_that_cannot_start_its_work_costs_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends at once; the share of this process is made."""
    monkeypatch.setattr(copying, "_cores", lambda: 2)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    pairs = pictures(tmp_path / "p", 2 * MANY)
    copy_many(pairs)
    assert sum(target.is_file() for _, target in pairs) == MANY


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
