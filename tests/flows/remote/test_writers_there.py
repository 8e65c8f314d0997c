"""Several machines on one store at once: no row is lost, and no picture is painted twice."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import pandas as pd
from s3fs.utils import FileExpired

from flows.columns import COLUMN_NAMES
from flows.manifest import Manifest
from flows.remote.leases import leased
from flows.workspace import Workspace
from images import encode_png
from scraping import Photo

HERE = Path(__file__).parent
PHOTOS = 8
Machine = Callable[[str], None]


def test_two_machines_paint_one_collection(
    workspace: Workspace, tmp_path: Path, machine: Machine
) -> None:
    """Two processes with a mirror each, the same plan, and compactions that meet."""
    assert workspace.mirror
    for number in range(PHOTOS):
        data = encode_png(np.random.default_rng(number).random((80, 100, 3), dtype=np.float32))
        name = f"content/{hashlib.sha256(data).hexdigest()}.png"
        (workspace.root / name).write_bytes(data)
        workspace.mirror.push([name])
    go = tmp_path / "go"
    with ThreadPoolExecutor(2) as pool:
        names = ("one", "two")
        ends = [pool.submit(paint, workspace.url, tmp_path / name, go) for name in names]
        deadline = time.monotonic() + 120
        while sum((tmp_path / name / "ready").exists() for name in names) < 2:
            assert time.monotonic() < deadline
            assert not any(end.done() for end in ends), [end.result() for end in ends]
            time.sleep(0.02)
        while any(not end.done() for end in ends):
            go.touch()
            assert len(table_of(workspace).columns) == len(COLUMN_NAMES)
        assert [end.result() for end in ends] == [0, 0]
    begun = [len((tmp_path / name / "log").read_bytes()) for name in names]
    assert sum(begun) == 2 * PHOTOS, begun
    assert min(begun) > 0
    frame = pd.read_csv(f"{workspace.url}/manifest.csv")
    assert (len(frame), set(frame["status"])) == (2 * PHOTOS, {"done"})
    machine("third")
    there = Workspace.at(workspace.url).pull()
    assert there.mirror
    assert there.mirror.store.list("journal") == there.mirror.store.list("claims") == []
    for row in Manifest(there).rows().to_dict("records"):
        assert there.sha256(row["output"]) == row["output_sha256"]


def table_of(workspace: Workspace) -> pd.DataFrame:
    """The manifest as a stranger reads it, in one request, and as pandas does, in two: between
    those it may be replaced, which is an error of its own, and no torn table.
    """
    name = f"{workspace.url}/manifest.csv"
    with contextlib.suppress(FileExpired):
        assert len(pd.read_csv(name).columns) == len(COLUMN_NAMES)
    return pd.read_csv(io.BytesIO(fsspec.filesystem("s3").cat_file(name)))


def paint(url: str, folder: Path, go: Path) -> int:
    folder.mkdir()
    with (folder / "errors").open("wb") as errors:
        return subprocess.run(
            [
                *(sys.executable, str(HERE / "writer_there.py"), url),
                *(str(folder / "log"), str(folder / "ready"), str(go)),
            ],
            check=False,
            stderr=errors,
            env={
                **os.environ,
                "ATELIER_CACHE": str(folder / "cache"),
                "PYTHONPATH": str(HERE.parents[2]),
            },
        ).returncode


def test_photos_of_two_machines_are_all_kept(workspace: Workspace, machine: Machine) -> None:
    """Each merges its rows with what the other has written since it looked."""
    machine("other")
    other = Workspace.at(workspace.url).create()
    rows = [
        Photo(source="a page", source_id=f"{number}", image_url=f"http://localhost/{number}")
        for number in range(40)
    ]
    with ThreadPoolExecutor(2) as pool:
        ends = [
            pool.submit(lambda place=place, mine=mine: [place.save_photos([row]) for row in mine])
            for place, mine in ((workspace, rows[::2]), (other, rows[1::2]))
        ]
        [end.result() for end in ends]
    machine("third")
    found = Workspace.at(workspace.url).pull().photos()
    assert sorted(found, key=lambda row: int(row.source_id)) == rows


def test_a_claim_is_one_machine_s_until_it_is_given_back(
    workspace: Workspace, machine: Machine, s3: Any
) -> None:
    machine("other")
    other = Workspace.at(workspace.url).create()
    assert workspace.mirror
    assert other.mirror
    picture = "stylized/abc.png"
    with leased(workspace.mirror, picture) as mine:
        assert mine
        with leased(other.mirror, picture) as theirs:
            assert not theirs
    with leased(other.mirror, picture) as theirs:
        assert theirs


def test_styles_of_two_machines_are_all_described(
    workspace: Workspace, machine: Machine, photos: Path
) -> None:
    """What each says of its own is merged where both add at once."""
    from flows.style_images import add_style

    files = sorted(photos.iterdir())
    machine("other")
    other = Workspace.at(workspace.url).create()
    for place, file in ((workspace, files[0]), (other, files[1])):
        add_style(place.styles, file.stem, file.read_bytes(), title=f"Title of {file.stem}")
    workspace.save_styles()
    other.save_styles()
    machine("third")
    found = {style.title for style in Workspace.at(workspace.url).pull().style_files()}
    assert found == {"blue", "red", "Title of photo-0", "Title of photo-1"}
