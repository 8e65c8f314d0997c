"""The gallery of a workspace: what it is called, and that it shows the newest manifest."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import gallery
from flows.content import Content
from flows.record import Record
from flows.stages import is_published, plan_collection, publish, stylize_jobs
from flows.style_images import StyleImage
from flows.workspace import Workspace
from stylize import Recipe

Paint = Callable[[int], None]


@pytest.fixture
def paint(
    workspace: Workspace,
    contents: list[Content],
    styles: list[StyleImage],
    weights: Any,
    painter: Any,
) -> Paint:
    """Paints a picture with a seed."""

    def run(seed: int) -> None:
        recipe = Recipe(size=64, steps=(4,), seed=seed)
        plan = plan_collection(workspace, contents, styles, recipe, "default", weights)
        stylize_jobs(workspace, plan.jobs[:1], weights, f"run-{seed}", stylizer=painter)

    return run


def hung(workspace: Workspace) -> int:
    return len(list((workspace.gallery / "pictures").glob("*.html")))


def called(workspace: Workspace) -> tuple[bool, bool]:
    """Whether gallery and credits are called as the collection."""
    page = (workspace.gallery / "index.html").read_text()
    ledger = (workspace.root / "CREDITS.md").read_text()
    return "<title>harbour</title>" in page, ledger.startswith("# Credits of harbour\n")


def test_the_gallery_keeps_the_name_of_its_collection(workspace: Workspace, paint: Paint) -> None:
    """Also where `atelier gallery`, a run in one more style or the studio made it anew."""
    with Record(workspace, "harbour", title="harbour"):
        paint(0)
    assert publish(workspace).title == "harbour"
    assert called(workspace) == (True, True)
    with Record(workspace, "restyle pale"):
        paint(1)
    publish(workspace)
    assert called(workspace) == (True, True)


def test_a_gallery_without_a_collection_has_a_name(workspace: Workspace) -> None:
    assert publish(workspace).title == "Atelier"


def test_of_two_at_once_the_last_shows_what_both_painted(
    workspace: Workspace, paint: Paint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one with the older manifest takes no page away that the other has made."""
    paint(0)
    other = threading.Thread(target=publish, args=(workspace,))
    build = gallery.build

    def slowly(*given: Any, **more: Any) -> Path:
        monkeypatch.setattr(gallery, "build", build)
        paint(1)
        other.start()
        other.join(1.0)
        return build(*given, **more)

    monkeypatch.setattr(gallery, "build", slowly)
    publish(workspace)
    other.join()
    assert hung(workspace) == 2
    assert is_published(workspace)


def test_it_is_known_whether_the_gallery_shows_the_manifest(
    workspace: Workspace, paint: Paint
) -> None:
    """Not before it is made, not after one more picture, not where it was deleted."""
    paint(0)
    assert not is_published(workspace)
    publish(workspace)
    assert is_published(workspace)
    paint(1)
    publish(workspace)
    assert is_published(workspace)
    with workspace.manifest_csv.open("a") as file:
        file.write("\n")
    assert not is_published(workspace)
    publish(workspace)
    (workspace.gallery / "index.html").unlink()
    assert not is_published(workspace)
