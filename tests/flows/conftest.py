"""A workspace with small pictures, and a painter that needs no TensorFlow."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from flows.config import Collection, make_collection
from flows.content import Content
from flows.plan import Job
from flows.style_images import StyleImage, list_styles
from flows.workspace import Workspace
from images import encode_png
from scraping import FolderSource
from stylize import Iterate, Recipe, Result, Statistics

WEIGHTS = SimpleNamespace(name="test", sha256="ab" * 32, network="vgg19")
RECIPE = Recipe(size=64, steps=(4,))


class FakePainter:
    """Mixes content and style at once; remembers what it was given."""

    def __init__(self) -> None:
        self.calls = 0
        self.fail: Callable[[int], BaseException | None] = lambda call: None
        self.outcome = "finished"
        self.more: dict[str, Any] = {}

    def stylize(
        self, content: Any, styles: Any, recipe: Recipe, *, on_iterate: Any = None, **more: Any
    ) -> Result:
        self.calls += 1
        self.more = more
        if error := self.fail(self.calls):
            raise error
        for step in range(1, 5):
            if on_iterate:
                on_iterate(make_iterate(step, content))
        image = np.float32(0.5) * content + np.float32(0.5) * styles[0].mean((0, 1))
        trace = tuple((step, 1.0 / (step + 1)) for step in range(4))
        found = Statistics(4, 0.5, 0.25, 0.125, 1.5, trace, "float32", "fake", "cpu")
        return Result(image, self.outcome, found)  # type: ignore[arg-type]


def make_iterate(step: int, content: Any, steps: int = 4) -> Any:
    """The iterate of a painting whose first half goes on at half the size."""
    shown = content[::2, ::2] if 2 * step <= steps else content
    return Iterate(
        step=step,
        steps=steps,
        scale=shown.shape[:2],
        loss=1.0 / step,
        seconds=0.0,
        content_loss=0.5 / step,
        style_loss=0.25 / step,
        tv_loss=0.0,
        picture=lambda: shown,
    )


@pytest.fixture
def painter() -> FakePainter:
    return FakePainter()


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A new workspace with two styles of its own, and none of the package's."""
    (tmp_path / "data" / "styles").mkdir(parents=True)
    made = Workspace(tmp_path / "data").create()
    for number, name in enumerate(("blue", "red")):
        pixels = np.full((64, 64, 3), 0.2 + 0.5 * number, np.float32)
        (made.styles / f"{name}.png").write_bytes(encode_png(pixels))
    return made


@pytest.fixture
def contents(workspace: Workspace) -> list[Content]:
    """Three prepared photos, 24 × 32 pixels."""
    return [make_content(workspace, number) for number in range(3)]


@pytest.fixture
def styles(workspace: Workspace) -> list[StyleImage]:
    return list_styles(workspace.styles)


@pytest.fixture
def paint(workspace: Workspace, painter: FakePainter) -> Callable[..., Any]:
    """Plans and paints `contents` × `styles`; returns the summary."""
    from flows.stages import plan_collection, stylize_jobs

    def run(contents: list[Content], styles: list[StyleImage], **how: Any) -> Any:
        plan = plan_collection(workspace, contents, styles, RECIPE, "default", WEIGHTS, **how)
        return stylize_jobs(workspace, plan.jobs, WEIGHTS, "run", stylizer=painter)

    return run


@pytest.fixture
def jobs(
    workspace: Workspace, contents: list[Content], styles: list[StyleImage]
) -> tuple[Job, ...]:
    from flows.stages import plan_collection

    return plan_collection(workspace, contents, styles, RECIPE, "default", WEIGHTS).jobs


@pytest.fixture
def weights() -> Any:
    return WEIGHTS


@pytest.fixture
def recipe() -> Recipe:
    return RECIPE


def make_content(workspace: Workspace, number: int) -> Content:
    pixels = np.random.default_rng(number).random((24, 32, 3), dtype=np.float32)
    data = encode_png(pixels)
    sha256 = hashlib.sha256(data).hexdigest()
    (workspace.content / f"{sha256}.png").write_bytes(data)
    (workspace.root / f"prepared/{sha256}-64.png").write_bytes(data)
    return Content(
        sha256=sha256,
        path=f"content/{sha256}.png",
        prepared=f"prepared/{sha256}-64.png",
        width=32,
        height=24,
        title=f"Photo {number}",
        licence="CC0",
        attribution="nobody",
        image_url=f"http://example.org/{number}.png",
        landing_url="http://example.org/",
    )


@pytest.fixture
def fake_engine(monkeypatch: pytest.MonkeyPatch, painter: Any, weights: Any) -> Any:
    """A painter without TensorFlow, and weights without a file."""
    monkeypatch.setattr("stylize.Stylizer", lambda weights: painter)
    monkeypatch.setattr("stylize.resolve_weights", lambda name, network="vgg19": weights)
    return painter


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder of three photos, 80 × 100 pixels."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(3):
        pixels = np.random.default_rng(number).random((80, 100, 3), dtype=np.float32)
        (folder / f"photo-{number}.png").write_bytes(encode_png(pixels))
    return folder


@pytest.fixture
def collection(workspace: Workspace, photos: Path, tmp_path: Path) -> Collection:
    """Three photos in the two styles of the workspace."""
    given = {
        "name": "harbour",
        "workspace": str(workspace.root),
        "sources": [{"folder": str(photos)}],
        "recipe": {"size": 64, "steps": [4], "weights": "cifar10"},
    }
    return make_collection(given, tmp_path)


@pytest.fixture
def painted(
    workspace: Workspace,
    paint: Callable[..., Any],
    contents: list[Content],
    styles: list[StyleImage],
) -> list[Path]:
    """Six finished pictures with their rows."""
    paint(contents, styles)
    return sorted(workspace.stylized.glob("*.png"))


@pytest.fixture
def reasons(
    workspace: Workspace, contents: list[Content], styles: list[StyleImage]
) -> Callable[[], dict[str, str]]:
    """What would be painted now and why, by the picture's file name."""
    from flows.stages import plan_collection

    def run() -> dict[str, str]:
        plan = plan_collection(workspace, contents, styles, RECIPE, "default", WEIGHTS)
        return {Path(job.output).name: job.reason for job in plan.jobs}

    return run


@pytest.fixture
def scraped(workspace: Workspace, photos: Path) -> FolderSource:
    """Three photos that were scraped from a folder."""
    from flows.stages import scrape_sources

    source = FolderSource(photos)
    scrape_sources(workspace, [source])
    return source
