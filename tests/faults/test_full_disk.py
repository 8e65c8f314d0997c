"""The disk is full at one place after the other: a sentence, and once there is room, the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.cli.exits import BROKEN, sentence_of, status_of
from flows.errors import AtelierError
from flows.journal import Journal
from flows.living import Living
from flows.manifest import Manifest
from gallery import GalleryError
from tests.faults.collection import Place, go, make_place, still_to_do
from tests.faults.counts import fault
from tests.faults.disks import Disk, small_disk
from tests.faults.invariants import at_rest, broken_promises, repeats
from tests.faults.readers import Reader

PLACES: dict[str, Any] = {
    "content": "scraping.scrape_all",
    "photos.csv": "flows.workspace.Workspace.save_photos",
    "prepared": "flows.stages.preparing._png",
    "stylized": "flows.stages.storing.write_whole",
    "journal": (Journal, "append"),
    "manifest": (Manifest, "compact"),
    "gallery": "gallery.build",
    "runs": (Living, "end"),
    "running": (Living, "__init__"),
}
"""What is about to be called when the last byte is taken."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "disk") as made:
        yield made


@pytest.fixture
def site(disk: Disk) -> Place:
    return make_place(disk.root / "site")


def filling(disk: Disk, call: Callable[..., Any], calls: int) -> Callable[..., Any]:
    """`call`, before whose second-last expected use the disk becomes full."""
    seen = [0]

    def called(*args: Any, **named: Any) -> Any:
        seen[0] += 1
        if seen[0] == calls:
            disk.fill()
        return call(*args, **named)

    return called


@pytest.mark.parametrize("at", PLACES)
@fault("the disk is full, at nine places of a run", "one sentence, status 1; goes on with room")
def test_the_disk_is_full(
    at: str, disk: Disk, site: Place, count: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was finished before stays; nothing half written is left or counted."""
    where = PLACES[at]
    calls = 2 if at in ("stylized", "journal", "manifest", "prepared") else 1
    with Reader(site.workspace.manifest_csv) as reader:
        with monkeypatch.context() as patch:
            if isinstance(where, str):
                module, _, name = where.rpartition(".")
                target = _named(module)
            else:
                target, name = where
            patch.setattr(target, name, filling(disk, getattr(target, name), calls))
            ended = _end_of(site)
        disk.make_room()
        assert ended, "nobody noticed that the disk was full"
        assert broken_promises(site.workspace) == []
        go(site, site.painter())
    assert at_rest(site.workspace, site.pictures) == []
    assert still_to_do(site) == []
    assert repeats(site.painter().paintings, site.pictures, 1) == []
    count["pictures"] += site.pictures
    count["repeats"] += site.painter().paintings - site.pictures
    count["reads"] += reader.reads


def _end_of(site: Place) -> str:
    """The sentence with which a run ends."""
    try:
        return " ".join(go(site, site.painter()).errors)
    except (AtelierError, OSError, GalleryError) as error:
        ended: Exception = error
    sentence = sentence_of(ended)
    assert sentence is not None
    assert "disk" in sentence
    assert status_of(ended) == BROKEN
    return sentence


def _named(path: str) -> Any:
    """The module or class of a dotted name."""
    import importlib

    try:
        return importlib.import_module(path)
    except ModuleNotFoundError:
        module, _, name = path.rpartition(".")
        return getattr(importlib.import_module(module), name)
