"""A small workspace with two photos, two styles and four pictures, and its manifest."""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from gallery import build
from images import encode_png

Row = dict[str, object]


@dataclass
class Studio:
    """A workspace in a temporary folder, with the rows of its manifest."""

    root: Path
    rows: list[Row]

    @property
    def manifest(self) -> pd.DataFrame:
        return pd.DataFrame(self.rows)

    def put(self, folder: str, name: str | None, colour: float, side: int = 96) -> tuple[str, str]:
        """Write a picture of one colour; its hash and its path in the workspace."""
        pixels = np.full((side, side + 32, 3), colour, dtype=np.float32)
        data = encode_png(pixels)
        sha256 = hashlib.sha256(data).hexdigest()
        path = self.root / folder / f"{name or sha256}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return sha256, path.relative_to(self.root).as_posix()

    def paint(self, photo: str, style: str, /, **changes: object) -> Row:
        """Add a row, with its picture, for a photo's hash and a style's name."""
        count = len(self.rows)
        fingerprint = hashlib.sha256(f"{photo}{style}{count}".encode()).hexdigest()[:32]
        output_sha256, output = self.put("stylized", fingerprint, 0.02 * count + 0.1)
        row: Row = {
            "fingerprint": fingerprint,
            "status": "done",
            "output": output,
            "output_sha256": output_sha256,
            "content": f"content/{photo}.png",
            "content_sha256": photo,
            "landing_url": "https://example.org/photos/1",
            "title": f"Photo {photo[:4]}",
            "licence": "CC0 1.0",
            "attribution": "A. Photographer",
            "style": style,
            "styles": json.dumps([{"name": style, "weight": 1.0}]),
            "style_title": "",
            "style_licence": "MIT",
            "style_attribution": "The house",
            "preset": "default",
            "recipe": json.dumps({"size": 128, "steps": [3]}),
            "weights": "cifar10",
            "width": 128,
            "height": 96,
            "steps": 3,
            "content_loss": 0.25,
            "style_loss": 0.0123456,
            "tv_loss": 1.5e-7,
            "seconds": 65.0,
            "created_at": f"2025-03-01T10:{count:02d}:00+00:00",
        }
        row |= changes
        self.rows.append(row)
        return self.rows[-1]

    def trace(self, row: Row, trace: list[list[float]]) -> None:
        """Write the picture of a row anew, with a loss trace inside."""
        pixels = np.linspace(0, 1, 96 * 128 * 3, dtype=np.float32).reshape(96, 128, 3)
        data = encode_png(pixels, {"atelier": json.dumps({"trace": trace})})
        (self.root / str(row["output"])).write_bytes(data)


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    made = Studio(tmp_path / "workspace", [])
    for style, colour in (("ink_wash", 0.3), ("mosaic", 0.7)):
        made.put("styles", style, colour)
    for colour in (0.2, 0.8):
        photo, _ = made.put("content", None, colour)
        for style in ("mosaic", "ink_wash"):
            made.paint(photo, style)
    return made


STYLES = ("ink_wash", "mosaic", "red_chalk", "stained_glass", "waves", "woodcut")
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="session")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gallery of 40 photos in six styles on disk: 239 pictures and a failure, over two pages."""
    made = Studio(tmp_path_factory.mktemp("hall") / "workspace", [])
    for number, style in enumerate(STYLES):
        made.put("styles", style, 0.1 + 0.1 * number)
    for number in range(40):
        photo, _ = made.put("content", None, 0.3 + 0.01 * number)
        for place, style in enumerate(STYLES):
            count = 6 * number + place
            row = made.paint(photo, style)
            row |= {
                "title": HOSTILE if number == 7 else f"Harbour no. {number}",
                "alt": f"Boats, seen {number} times",
                "source": "harbour walk" if number % 4 else "old album",
                "preset": "bold" if place == 5 else "default",
                "flow_run": "20250301-100000-abcdef",
                "total_loss": 0.5 + (count * 37 % 240) / 1000,
                "seconds": 1.0 + (count * 53 % 240) / 10,
                "created_at": f"2025-03-01T{10 + count // 60:02d}:{count % 60:02d}:00+00:00",
                "command": f"atelier restyle {style}",
            }
    made.rows[6 * 3] |= {"status": "failed", "error": "The loss became NaN.", "output": ""}
    made.trace(made.rows[-1], [[step, 1 / step] for step in range(1, 41)])
    report = {
        "run": "20250301-100000-abcdef",
        "name": "harbour",
        "started_at": "2025-03-01T10:00:00+00:00",
        "outcome": "partial",
        "done": 239,
        "failed": 1,
        "errors": ["Harbour no. 3 × ink_wash: The loss became NaN."],
        "not_taken": [{"image_url": "https://e.org/1.jpg", "status": "robots", "detail": "no"}],
    }
    return build(made.manifest, made.root, made.root / "gallery", reports=[report]).parent


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser for the tests of one module.

    Playwright's loop counts as running in this thread as long as it lives, so that it has to end
    before tests of other modules start loops of their own.
    """
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        if os.environ.get("CI") or os.environ.get("ATELIER_BROWSER") == "required":
            pytest.fail("there is no chromium: apt-get install chromium")
        pytest.skip("there is no chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Opens a page in a context of its own; nothing may leave the disk, nothing may go wrong."""
    contexts, trouble = [], []

    def opened(path: Path, anchor: str = "", **options: Any) -> Any:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        context.route(re.compile(r"^(?!file:|data:)"), lambda route: route.abort())
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("request", lambda request: trouble.extend(_outside(request.url)))
        page.on("requestfailed", lambda request: trouble.extend(_failed(request)))
        page.on("pageerror", lambda error: trouble.append(f"error: {error}"))
        page.on("dialog", lambda dialog: trouble.append(f"dialog: {dialog.message}"))
        page.on("console", lambda said: trouble.append(f"{said.type}: {said.text}"))
        page.goto(path.as_uri() + anchor)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert trouble == []


def _failed(request: Any) -> list[str]:
    """Leaving a page gives up what it was still loading, which is no failure."""
    given_up = request.failure == "net::ERR_ABORTED"
    return [] if given_up else [f"{request.url}: {request.failure}"]


def _outside(address: str) -> list[str]:
    return [] if address.startswith(("file:", "data:")) else [f"asked for {address}"]
