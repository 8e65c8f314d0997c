"""Styles and photos that change or vanish while a run is painting them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from flows.manifest import read_manifest
from images import encode_png
from tests.faults.collection import Painter, Place, go, noise, still_to_do
from tests.faults.counts import fault
from tests.faults.invariants import at_rest, broken_promises


def at_second(painter: Painter, change: object) -> Painter:
    """`painter`, which calls `change` while it paints its second picture."""

    def before() -> None:
        if painter.paintings == 2:
            change()  # type: ignore[operator]

    painter.before = before
    return painter


@fault("a style file is replaced during a run", "a failed row says so; the next run paints it")
def test_a_style_is_replaced(place: Place, count: Counter[str]) -> None:
    """Pictures of the style that was planned are never painted with another."""
    style = place.workspace.styles / "style-1.png"
    grey = encode_png(np.full((64, 64, 3), 0.4, np.float32))
    report = go(place, at_second(place.painter(), lambda: style.write_bytes(grey)))
    assert report.failed == 3
    assert all("was changed since the plan was made; run again" in e for e in report.errors)
    assert broken_promises(place.workspace) == []
    assert go(place, place.painter()).done == 3
    assert at_rest(place.workspace, place.pictures, runs=2) == []
    assert still_to_do(place) == []
    count["pictures"] += place.pictures


@fault("a style file is deleted during a run", "the rows say so; put back, it is painted")
def test_a_style_is_deleted(place: Place, count: Counter[str]) -> None:
    """The other style's pictures are all there; a run without it asks for nothing more."""
    style = place.workspace.styles / "style-1.png"
    data = style.read_bytes()
    report = go(place, at_second(place.painter(), style.unlink))
    assert (report.done, report.failed) == (3, 3)
    assert all("was removed; put it back and run again" in error for error in report.errors)
    assert go(place, place.painter()).done == 0
    style.write_bytes(data)
    assert go(place, place.painter()).done == 3
    assert at_rest(place.workspace, place.pictures, runs=3) == []
    assert still_to_do(place) == []
    count["pictures"] += place.pictures


@pytest.mark.parametrize("kind", ["replaced", "emptied", "deleted"])
@pytest.mark.parametrize("folder", ["content", "prepared"])
@fault("a photo is replaced, emptied or deleted during a run", "fetched or prepared anew")
def test_a_photo_changes(folder: str, kind: str, place: Place, count: Counter[str]) -> None:
    """The run ends as it may; after at most two more everything is painted."""

    def change() -> None:
        for path in sorted((place.workspace.root / folder).glob("*.png")):
            if kind == "deleted":
                path.unlink()
            else:
                path.write_bytes(b"" if kind == "emptied" else b"no picture at all")

    go(place, at_second(place.painter(), change))
    assert broken_promises(place.workspace) == []
    go(place, place.painter())
    go(place, place.painter())
    assert at_rest(place.workspace, place.pictures, runs=3) == []
    assert still_to_do(place) == []
    count["pictures"] += place.pictures


@fault("a picture of the folder changes between two runs", "it is a new photo; the old one stays")
def test_a_source_photo_is_replaced(place: Place, count: Counter[str]) -> None:
    """A folder's file with other bytes is another photo, with pictures of its own."""
    go(place, place.painter())
    path: Path = place.photos / "photo-0.png"
    path.write_bytes(noise(77))
    assert go(place, place.painter()).done == 2
    frame = read_manifest(place.workspace.manifest_csv)
    assert len(frame) == place.pictures + 2
    assert at_rest(place.workspace, place.pictures + 2, runs=2) == []
    assert still_to_do(place) == []
    count["pictures"] += place.pictures + 2
