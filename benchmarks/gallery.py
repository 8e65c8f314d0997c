"""How long the gallery of a large collection takes, and how large its pages are.

    python -m benchmarks.gallery            # a minute, 2.4 GB in a temporary folder

The pictures are PNGs of 64 to 480 pixels cut from the shipped styles, each with a loss trace of its
own, of a tenth as many photos of 512 × 341 in ten styles. Timed is the whole stage publish: the
manifest read, gallery and credits written.

build_seconds    nothing is there yet
pages_seconds    the thumbnails are there, the pages are not: the difference is what thumbnails cost
new_seconds      ten pictures are new
same_seconds     nothing is
wall_kb          the largest page of the wall or the matrix; data_kb: the script behind the filters
gallery_mb       all files of the gallery

`cpu` beside seconds is the time of this process' processor, without that of the processes which
make thumbnails beside it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.report import say
from benchmarks.workspaces import STYLES, write_finished
from flows.manifest import read_manifest
from flows.outputs import PROVENANCE_KEY
from flows.stages import publish
from flows.tables import to_csv
from flows.workspace import Workspace
from images import encode_jpeg, encode_png, load, resize

__all__ = ["main", "write_hung"]

_SIDES = range(64, 481, 16)
_NEW = 10
_HEADER = 33
"""Bytes of a PNG's signature and its first chunk."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the workspace in a temporary folder, measure, print a JSON line a metric."""
    chosen = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=chosen.folder, prefix="gallery-") as folder:
        workspace = write_hung(Path(folder) / "data", chosen.pictures + STYLES)
        rows = read_manifest(workspace.manifest_csv).sort_values("created_at", kind="stable")
        older = rows.iloc[: chosen.pictures]
        workspace.manifest_csv.write_bytes(to_csv(older))
        pictures = len(older)
        _tell("build_seconds", _published(workspace), pictures)
        for part in ("pictures", "styles", "runs"):
            shutil.rmtree(workspace.gallery / part)
        _tell("pages_seconds", _published(workspace), pictures)
        workspace.manifest_csv.write_bytes(to_csv(rows))
        _tell("new_seconds", _published(workspace), len(rows), new=len(rows) - pictures)
        _tell("same_seconds", _published(workspace), len(rows))
        _weigh(workspace.gallery, len(rows))


def write_hung(root: Path, pictures: int) -> Workspace:
    """A workspace of `write_finished` whose photos, styles and pictures are real files."""
    workspace = write_finished(root, pictures)
    scraps = list(_scraps(workspace))
    rows = read_manifest(workspace.manifest_csv)
    for number, output in enumerate(rows["output"].tolist()):
        steps = range(1, 71)
        trace = [[step, round((1 + number % 7) / (step + number % 5), 6)] for step in steps]
        data = _with_text(scraps[number % len(scraps)], json.dumps({"trace": trace}))
        (workspace.root / output).write_bytes(data)
    wave = np.linspace(0.1, 0.9, 512 * 341 * 3, dtype=np.float32).reshape(341, 512, 3)
    for number, content in enumerate(sorted(set(rows["content"]))):
        photo = encode_jpeg(np.roll(wave, 7 * number, axis=1))
        (workspace.root / content).write_bytes(photo)
    for number, name in enumerate(sorted(set(rows["style"]))):
        (workspace.styles / f"{name}.png").write_bytes(scraps[-1 - number])
    return workspace


def _scraps(workspace: Workspace) -> Iterator[bytes]:
    """Pictures of every size, landscape and square in turn."""
    for style in workspace.style_files():
        pixels = load(style.path).pixels
        for side in _SIDES:
            yield encode_png(resize(pixels, max(64, side * (2 + side // 16 % 2) // 3), side))


def _with_text(png: bytes, text: str) -> bytes:
    """The PNG with `text` as its provenance."""
    body = b"tEXt" + PROVENANCE_KEY.encode() + b"\0" + text.encode("latin-1")
    size, check = len(body) - 4, zlib.crc32(body)
    chunk = size.to_bytes(4, "big") + body + check.to_bytes(4, "big")
    return png[:_HEADER] + chunk + png[_HEADER:]


def _published(workspace: Workspace) -> tuple[float, float]:
    """Seconds by the clock, and seconds of the processor."""
    started, worked = time.perf_counter(), time.process_time()
    publish(workspace)
    return time.perf_counter() - started, time.process_time() - worked


def _weigh(gallery: Path, pictures: int) -> None:
    walls = (*gallery.glob("index.html"), *gallery.glob("wall-*"), *gallery.glob("matrix*"))
    kilobytes = max(path.stat().st_size for path in walls) / 1000
    total = sum(path.stat().st_size for path in gallery.rglob("*") if path.is_file())
    data = (gallery / "data.js").stat().st_size / 1000
    say("gallery", "wall_kb", kilobytes, "kB", pictures=pictures, pages=len(walls))
    say("gallery", "data_kb", data, "kB", pictures=pictures)
    say("gallery", "gallery_mb", total / 1e6, "MB", pictures=pictures)


def _tell(metric: str, times: tuple[float, float], pictures: int, **more: int) -> None:
    seconds, cpu = times
    say("gallery", metric, seconds, "s", cpu=cpu, pictures=pictures, **more)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.gallery", description=__doc__)
    parser.add_argument("--pictures", type=int, default=10_000, help="how many; tens")
    parser.add_argument("--folder", type=Path, help="where the temporary folder is made")
    return parser


if __name__ == "__main__":
    main()
