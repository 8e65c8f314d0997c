"""A small collection, and a run of it as the flow goes, with a painter that needs no TensorFlow.

The stages are those of `flows.pipeline`, called as it calls them, without Prefect around them.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from flows import stages
from flows.config import Collection, make_collection
from flows.plan import Plan
from flows.record import Record
from flows.report import RunReport
from flows.selection import Selection
from flows.workspace import Workspace
from images import encode_png
from stylize import Recipe, Result, Statistics

__all__ = [
    "RECIPE",
    "WEIGHTS",
    "Painter",
    "Place",
    "go",
    "make_place",
    "noise",
    "plan_now",
    "still_to_do",
]

WEIGHTS = SimpleNamespace(name="test", sha256="ab" * 32, network="vgg19")
RECIPE = Recipe(size=64, steps=(4,))
_write = os.write


class Painter:
    """Paints at once, or after `seconds`; notes each it begins in a file that outlives it."""

    def __init__(self, log: Path, seconds: float = 0.0) -> None:
        self.log, self.seconds = log, seconds
        self.before: Any = lambda: None

    def stylize(self, content: Any, styles: Any, recipe: Any, *, on_iterate: Any = None) -> Result:
        handle = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        _write(handle, b".")
        os.close(handle)
        self.before()
        time.sleep(self.seconds)
        found = Statistics(4, 0.5, 0.25, 0.125, 1.5, ((0, 1.0),), "float32", "fake", "cpu")
        mixed = np.float32(0.5) * content + np.float32(0.5) * styles[0].mean((0, 1))
        return Result(mixed, "finished", found)

    @property
    def paintings(self) -> int:
        """How many pictures were begun, over all runs with this file."""
        return self.log.stat().st_size if self.log.exists() else 0


@dataclass(frozen=True)
class Place:
    """A folder of photos, a workspace, and the file in which painters note what they begin."""

    root: Path
    pictures: int

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.root / "data")

    @property
    def photos(self) -> Path:
        return self.root / "photos"

    @property
    def collection(self) -> Collection:
        given = {
            "name": "harbour",
            "workspace": str(self.workspace.root),
            "sources": [{"folder": str(self.photos)}],
            "recipe": {"size": 64, "steps": [4], "weights": "cifar10"},
        }
        return make_collection(given, self.root)

    def painter(self, seconds: float = 0.0) -> Painter:
        return Painter(self.root / "painted.log", seconds)


def noise(number: int, height: int = 80, width: int = 100) -> bytes:
    """A picture like no other."""
    return encode_png(np.random.default_rng(number).random((height, width, 3), dtype=np.float32))


def make_place(root: Path, photos: int = 3, styles: int = 2) -> Place:
    """Photos and styles; the workspace has nothing else yet."""
    place = Place(root, photos * styles)
    place.photos.mkdir(parents=True)
    place.workspace.styles.mkdir(parents=True)
    for number in range(photos):
        (place.photos / f"photo-{number}.png").write_bytes(noise(number))
    for number in range(styles):
        pixels = np.full((64, 64, 3), 0.2 + 0.5 * number / styles, np.float32)
        (place.workspace.styles / f"style-{number}.png").write_bytes(encode_png(pixels))
    return place


def go(place: Place, painter: Painter, force: bool = False) -> RunReport:
    """One run from the sources to the gallery; returns its report."""
    workspace = place.workspace.create()
    sources = [entry.source() for entry in place.collection.sources]
    with Record(workspace, "harbour") as record:
        visit = stages.Visit(workspace, sources)
        try:
            visit.go()
        finally:
            record.scraped(visit)
        photos = workspace.content_photos(visit.names)
        contents = stages.preprocess_photos(workspace, photos, RECIPE)
        record.prepared(contents)
        plan = _plan(workspace, contents, force)
        record.planned(plan)
        run = record.report.run
        summary = stages.stylize_jobs(workspace, plan.jobs, WEIGHTS, run, stylizer=painter)
        record.painted(summary)
        record.published(stages.publish(workspace))
    return record.report


def plan_now(place: Place) -> Plan:
    """The plan as it stands; nothing is changed."""
    workspace = place.workspace
    photos = workspace.content_photos()
    return _plan(workspace, stages.contents_of(workspace, photos, RECIPE), False)


def still_to_do(place: Place) -> list[str]:
    """What a run would find to do, photos to fetch included."""
    from scraping import Session, pending

    known, content = place.workspace.photos(), place.workspace.content
    with Session() as session:
        waiting = [
            str(found)
            for entry in place.collection.sources
            for found in pending(entry.source(), known, content=content, session=session)
        ]
    return waiting + [job.reason for job in plan_now(place).jobs]


def _plan(workspace: Workspace, contents: Any, force: bool) -> Plan:
    selection = Selection(force=force)
    styles = workspace.choose_styles()
    return stages.plan_collection(
        workspace, contents, styles, RECIPE, "default", WEIGHTS, selection=selection
    )
