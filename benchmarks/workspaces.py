"""Workspaces as a collection leaves them after months: every row, every file, nothing painted."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from flows.config import Collection, load_collection
from flows.content import Content
from flows.history import History
from flows.manifest import Manifest
from flows.order import order
from flows.outputs import time_ns
from flows.plan import Job, Plan, WeightsLike, plan
from flows.rows import done_row, provenance
from flows.stages import contents_of, preprocess_photos, scrape_sources
from flows.style_images import StyleImage
from flows.tables import frame_of, to_csv
from flows.workspace import Workspace
from images import encode_png
from stylize import Recipe, Result, Statistics

__all__ = ["BUILT_STYLES", "STYLES", "WEIGHTS", "build_finished", "given", "write_finished"]

STYLES = 10
"""In which every photo of `given` is painted."""
BUILT_STYLES = 5
"""Of the shipped ones, in which every photo of `build_finished` is."""
WEIGHTS = SimpleNamespace(name="cifar10", sha256="cd" * 32, network="vgg19")
_BEGAN = datetime(2025, 1, 1, tzinfo=UTC)
_TRACE = tuple((step, 1.0 / (step + 1)) for step in range(24))
_TOML = """name = "finished"
workspace = "data"
styles = {styles}
[[sources]]
folder = "photos"
[recipe]
size = 64
weights = "cifar10"
"""


def given(rows: int) -> tuple[list[Content], list[StyleImage], Recipe]:
    """Photos and styles that make `rows` pairs, the same every time; no file is behind them."""
    styles = [
        StyleImage(f"style-{n}", Path(f"style-{n}.png"), _hash("style", n)) for n in range(STYLES)
    ]
    return [_content(number) for number in range(rows // STYLES)], styles, Recipe()


def write_finished(root: Path, rows: int) -> Workspace:
    """A workspace whose manifest has all `rows` pairs of `given`.

    The pictures are empty files with the times of their rows: a plan that trusts those opens none.
    """
    workspace = Workspace(root).create()
    contents, styles, recipe = given(rows)
    made = plan(contents, styles, recipe, "default", WEIGHTS, History(), ())
    found = [row for _, row in _rows(made, WEIGHTS)]
    for row in found:
        _put(workspace.root / row["output"], b"", row)
    _write_manifest(workspace, found)
    return workspace


def build_finished(root: Path, pairs: int) -> Path:
    """A collection file in `root` with nothing left to do: photos scraped, `pairs` pictures there.

    The pictures are small, but whole: they decode, carry their rows, and have the rows' hashes.
    """
    collection = _collection(root, pairs)
    workspace = Workspace.at(collection.workspace).create()
    scrape_sources(workspace, [entry.source() for entry in collection.sources])
    what = order(workspace, collection.recipe, collection.styles, collection.base)
    preprocess_photos(workspace, workspace.content_photos(), what.recipe)
    contents = contents_of(workspace, workspace.content_photos(), what.recipe)
    rows = []
    for job, row in _rows(what.plan(contents), what.weights):
        data = encode_png(_PIXELS, provenance(row, _result(job)))
        _put(workspace.root / job.output, data, row)
        rows.append(row | {"output_sha256": hashlib.sha256(data).hexdigest()})
    _write_manifest(workspace, rows)
    return root / "finished.toml"


_PIXELS = np.full((64, 64, 3), 0.5, np.float32)


def _collection(root: Path, pairs: int) -> Collection:
    photos = root / "photos"
    photos.mkdir(parents=True)
    styles = [path.stem for path in _shipped(root)][:BUILT_STYLES]
    for number in range(pairs // len(styles)):
        pixels = np.random.default_rng(number).random((64, 64, 3), dtype=np.float32)
        (photos / f"photo-{number:06}.png").write_bytes(encode_png(pixels))
    file = root / "finished.toml"
    file.write_text(_TOML.format(styles=styles).replace("'", '"'), encoding="utf-8")
    return load_collection(file)


def _shipped(root: Path) -> Sequence[Path]:
    return [style.path for style in Workspace(root / "data").create().style_files()]


def _rows(made: Plan, weights: WeightsLike) -> Iterator[tuple[Job, dict[str, Any]]]:
    """A row for each job, a minute apart; what is the same in all of them is made once."""
    first: dict[str, Any] = {}
    for number, job in enumerate(made.jobs):
        first = first or done_row(job, weights, "benchmark", _result(job), "")
        yield job, first | _own(job, number)


def _own(job: Job, number: int) -> dict[str, Any]:
    wave = number % 97 / 97
    return {
        "fingerprint": job.fingerprint,
        "output": job.output,
        "output_sha256": _hash("output", number),
        "content": job.content.path,
        "content_sha256": job.content.sha256,
        "title": job.content.title,
        "image_url": job.content.image_url,
        "landing_url": job.content.landing_url,
        "style": job.style.name,
        "style_sha256": job.style.sha256,
        "content_loss": 0.1 + 0.05 * wave,
        "style_loss": 0.03 + 0.01 * wave,
        "seconds": 6.0 + wave,
        "created_at": (_BEGAN + timedelta(minutes=number)).isoformat(timespec="microseconds"),
    }


def _result(job: Job) -> Result:
    found = Statistics(24, 0.1, 0.03, 0.02, 6.5, _TRACE, "bfloat16", "tensorflow", "cpu")
    return Result(np.zeros((*job.shape, 3), np.float32), "finished", found)


def _content(number: int) -> Content:
    sha256 = _hash("content", number)
    return Content(
        sha256=sha256,
        path=f"content/{sha256}.jpg",
        prepared=f"prepared/{sha256}-512.png",
        width=512,
        height=341,
        title=f"Harbour at dawn, no. {number}",
        licence="CC-BY-4.0",
        attribution="“Harbour at dawn” by Ann is licensed under CC BY 4.0",
        creator="Ann",
        licence_url="https://creativecommons.org/licenses/by/4.0/",
        image_url=f"https://example.org/photos/{number}.jpg",
        landing_url=f"https://example.org/photos/{number}",
    )


def _put(path: Path, data: bytes, row: Mapping[str, Any]) -> None:
    path.write_bytes(data)
    moment = time_ns(row["created_at"])
    os.utime(path, ns=(moment, moment))


def _write_manifest(workspace: Workspace, rows: list[dict[str, Any]]) -> None:
    frame = frame_of(rows)
    order = ["content", "style", "fingerprint"]
    frame = frame.sort_values(order, kind="stable", ignore_index=True)
    Manifest(workspace).path.write_bytes(to_csv(frame))


def _hash(kind: str, number: int) -> str:
    return hashlib.sha256(f"{kind} {number}".encode()).hexdigest()
