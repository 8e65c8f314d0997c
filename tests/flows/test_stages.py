import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import flows.stages.gathering as gathering
from flows.config import SourceEntry
from flows.stages import (
    contents_of,
    plan_collection,
    preprocess_photos,
    publish,
    scrape_sources,
    stylize_jobs,
)
from flows.style_images import StyleImage
from flows.workspace import Workspace
from images import encode_png, load
from scraping import FolderSource, Photo
from stylize import Recipe


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """A folder with two photos and a text file that is called a photo."""
    folder = tmp_path / "album"
    folder.mkdir()
    for number in range(2):
        pixels = np.random.default_rng(number).random((80, 160, 3), dtype=np.float32)
        (folder / f"p{number}.png").write_bytes(encode_png(pixels))
    (folder / "text.jpg").write_text("no photo")
    return folder


@pytest.fixture
def photos(workspace: Workspace, album: Path) -> list[Photo]:
    scrape_sources(workspace, [FolderSource(album)])
    return workspace.content_photos()


def test_scraping_fills_the_table(workspace: Workspace, album: Path) -> None:
    """A row for what was taken and for what was not; a second visit keeps them."""
    told: list[tuple[float, int]] = []
    for statuses in (["not_image", "taken", "taken"], ["not_image", "unchanged", "unchanged"]):
        rows = scrape_sources(
            workspace, [FolderSource(album)], lambda _s, done, total, _n: told.append((done, total))
        )
        assert sorted(row.status for row in rows) == statuses
        assert {row.source_id: row for row in rows} == {
            row.source_id: row for row in workspace.photos()
        }
    assert told[-1] == (3, 3)
    assert len(workspace.content_photos()) == 2


def test_a_killed_scrape_forgets_little(
    workspace: Workspace, album: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows are filed as they come; even an interrupt keeps those that were made."""
    monkeypatch.setattr(gathering, "_SAVE_SECONDS", 0.0)
    monkeypatch.setattr(gathering, "_DUTY", 0.0)
    seen: list[int] = []

    def interrupt(_stage: str, done: float, _total: int, _note: str) -> None:
        seen.append(len(workspace.photos()))
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scrape_sources(workspace, [FolderSource(album)], interrupt)
    assert seen == [1, 2]
    assert len(workspace.photos()) == 2


def test_preparing_resizes_and_skips_what_is_there(
    workspace: Workspace, photos: list[Photo]
) -> None:
    """Once for each size; the name says which, and an s the shorter side."""
    contents = preprocess_photos(workspace, photos, Recipe(size=64))
    assert [content.error for content in contents] == ["", ""]
    for content in contents:
        assert content.prepared == f"prepared/{content.sha256}-64.png"
        assert (content.height, content.width) == (32, 64)
        pixels = np.asarray(load_any(workspace.root / content.prepared))
        assert pixels.shape == (32, 64, 3)
    before = {path: path.stat().st_mtime_ns for path in workspace.prepared.iterdir()}
    assert preprocess_photos(workspace, photos, Recipe(size=64)) == contents
    assert {path: path.stat().st_mtime_ns for path in workspace.prepared.iterdir()} == before
    (shorter, _) = preprocess_photos(workspace, photos, Recipe(size=64, fit="shorter"))
    assert shorter.prepared.endswith("-64s.png")
    assert (shorter.height, shorter.width) == (64, 128)


def test_the_plan_before_preparing_is_the_plan_after(
    workspace: Workspace, photos: list[Photo], styles: list[StyleImage], weights: Any
) -> None:
    """`atelier plan` decodes nothing and still knows every name, shape and reason."""
    recipe = Recipe(size=64)
    guessed = contents_of(workspace, photos, recipe)
    assert not list(workspace.prepared.iterdir())
    assert guessed == preprocess_photos(workspace, photos, recipe)
    before = snapshot(workspace)
    plan = plan_collection(workspace, guessed, styles, recipe, "default", weights)
    assert plan.reasons == {"new photo": 4}
    assert plan.seconds > 0
    assert snapshot(workspace) == before


def test_a_bad_photo_stops_no_other(
    workspace: Workspace, photos: list[Photo], styles: list[StyleImage], weights: Any
) -> None:
    """Missing or altered since: told with its path, left out of the plan, fetched again later."""
    first, second = (workspace.root / photo.file for photo in photos)
    first.unlink()
    whole = second.read_bytes()
    second.write_bytes(whole[:500])
    recipe = Recipe(size=64)
    contents = preprocess_photos(workspace, photos, recipe)
    assert photos[0].file in contents[0].error
    assert "cannot be read (No such file or directory)" in contents[0].error
    assert "was changed after it was scraped" in contents[1].error
    assert not list(workspace.prepared.iterdir())
    plan = plan_collection(workspace, contents, styles, recipe, "default", weights)
    assert plan.jobs == ()
    assert plan.excluded == tuple(contents)
    assert contents_of(workspace, photos, recipe)[0].error
    scrape_sources(workspace, [SourceEntry(folder=Path(photos[0].source)).source()])
    again = preprocess_photos(workspace, workspace.content_photos(), recipe)
    assert [content.error for content in again] == ["", ""]


def test_bytes_that_are_no_picture_are_told_in_the_table(workspace: Workspace) -> None:
    """What the decoder refuses loses its place among the photos to paint."""
    import hashlib

    data = b"these are no pixels"
    sha256 = hashlib.sha256(data).hexdigest()
    (workspace.content / f"{sha256}.jpg").write_bytes(data)
    row = Photo(source="s", source_id="1", sha256=sha256, file=f"content/{sha256}.jpg")
    row = replace(row, status="taken", width=100, height=100)
    workspace.save_photos([row])
    (content,) = preprocess_photos(workspace, [row], Recipe(size=64))
    assert content.error.startswith(row.file)
    (saved,) = workspace.photos()
    assert (saved.status, saved.detail) == ("not_image", content.error)
    assert workspace.content_photos() == []


def test_publishing_makes_manifest_and_gallery(
    workspace: Workspace,
    photos: list[Photo],
    styles: list[StyleImage],
    weights: Any,
    painter: Any,
) -> None:
    """From folder to page, without TensorFlow."""
    recipe = Recipe(size=64)
    contents = preprocess_photos(workspace, photos, recipe)
    plan = plan_collection(workspace, contents, styles, recipe, "default", weights)
    summary = stylize_jobs(workspace, plan.jobs, weights, "run", stylizer=painter)
    published = publish(workspace)
    assert summary.done == published.pictures == 4
    assert pd.read_csv(published.manifest).shape == (4, 45)
    assert published.gallery.is_file()
    assert "| p0 |  | unknown | 2 |" in published.credits.read_text()
    history = plan_collection(
        workspace, contents, styles, recipe.model_copy(update={"seed": 1}), "default", weights
    )
    assert history.reasons == {"recipe changed": 4}
    assert history.seconds == pytest.approx(4 * 1.5), "as long as the same work took before"


NOTHING_TO_DO = """
import sys
from pathlib import Path
from types import SimpleNamespace
from flows.stages import contents_of, plan_collection, recover
from flows.workspace import Workspace
from stylize import Recipe
workspace = Workspace(Path(sys.argv[1])).create()
recover(workspace)
recipe = Recipe(size=64, steps=(4,))
weights = SimpleNamespace(name="test", sha256="ab" * 32)
styles = workspace.choose_styles()
contents = contents_of(workspace, workspace.content_photos(), recipe)
plan = plan_collection(workspace, contents, styles, recipe, "default", weights)
loaded = {"tensorflow", "keras", "prefect"} & set(sys.modules)
print(plan.done, len(plan.jobs), sorted(loaded))
"""


def test_nothing_to_do_loads_neither_tensorflow_nor_prefect(
    workspace: Workspace,
    photos: list[Photo],
    styles: list[StyleImage],
    painter: Any,
    weights: Any,
    recipe: Recipe,
) -> None:
    """The plan of a finished collection is made from files alone."""
    contents = preprocess_photos(workspace, photos, recipe)
    plan = plan_collection(workspace, contents, styles, recipe, "default", weights)
    stylize_jobs(workspace, plan.jobs, weights, "run", stylizer=painter)
    found = subprocess.run(
        [sys.executable, "-c", NOTHING_TO_DO, str(workspace.root)],
        check=True,
        capture_output=True,
        text=True,
    )
    assert found.stdout.split("\n")[0] == "4 0 []"


def snapshot(workspace: Workspace) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in workspace.root.rglob("*") if path.is_file()}


def load_any(path: Path) -> Any:
    from images import Limits

    return load(path, Limits(min_side=1)).pixels
