"""A workspace with one photo, a painter of few steps, and one studio served for the session."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flows.desk import StudioDesk
from flows.workspace import Workspace
from images import encode_png
from studio import Order
from studio.order import make_photo, make_style

ROOT = Path(__file__).parent.parent.parent
QUICK = {"size": 64, "steps": [3]}


def picture(seed: int, height: int = 72, width: int = 96) -> bytes:
    """A PNG of soft blobs; another one for another seed."""
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32) / 24
    waves = [np.sin(rows * (seed + 1) + columns * part + seed) for part in (1, 2, 3)]
    return encode_png((0.5 + 0.4 * np.stack(waves, -1)).astype(np.float32))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A new workspace with the shipped styles."""
    return Workspace(tmp_path / "data").create()


@pytest.fixture
def desk(workspace: Workspace) -> StudioDesk:
    return StudioDesk(workspace, "cifar10")


def make_order(desk: StudioDesk, *names: str, data: bytes = b"", **recipe: Any) -> Order:
    """An order of a few steps for styles of the workspace by name."""
    known = {style.name: style for style in desk.styles()}
    styles = tuple(make_style(name, known[name].path.read_bytes(), desk.styles()) for name in names)
    photo = make_photo("my photo.png", data or picture(1), desk.photos())
    shares = tuple(float(number) for number in range(len(names), 0, -1))
    return Order(photo, styles, shares, "default", {**QUICK, **recipe}, "cifar10")


def chromium() -> str:
    """Where Chromium is; without one the test is skipped, but where a browser is required."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        if os.environ.get("CI") or os.environ.get("ATELIER_BROWSER") == "required":
            pytest.fail("there is no chromium on the PATH, and ATELIER_BROWSER requires one")
        pytest.skip("there is no chromium on the PATH")
    return found


@contextmanager
def studio_process(folder: Path, *options: str, **more: str) -> Iterator[str]:
    """`atelier studio` as people start it; gives its address. Afterwards nothing is left of it."""
    temporary = folder / "tmp"
    temporary.mkdir()
    command = [sys.executable, "-c", "import sys; from flows.cli import main; sys.exit(main())"]
    command += ["studio", "--no-browser", "--workspace", "data", "--weights", "cifar10", *options]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(temporary), **more}
    environment["PYTHONUNBUFFERED"] = "1"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=log
        )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            said = line.decode()
            if "http://" in said:
                yield said.split(" at ")[1].split(" until ")[0].strip()
                break
        else:
            pytest.fail((folder / "log").read_text())
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
        process.stdout.close()
    assert list(temporary.glob("atelier-studio-*")) == []
    said = " ".join((folder / "log").read_text().split())
    assert "Traceback" not in said
    assert said.endswith("What was saved is in the collection; other pictures are gone.")


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a studio for the whole session, and its workspace."""
    folder = tmp_path_factory.mktemp("studio")
    with studio_process(folder) as url:
        yield url, folder / "data"
