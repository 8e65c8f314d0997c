"""The contact sheet of a run: photos down, styles across."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flows.contact_sheet import CELL, GAP, contact_sheet
from flows.content import Content
from flows.manifest import read_manifest
from flows.style_images import StyleImage
from flows.workspace import Workspace
from images import decode

SIDE = CELL + GAP


@pytest.mark.usefixtures("painted")
def test_every_pair_has_its_square(workspace: Workspace) -> None:
    """Each cell shows the middle of its picture; rows and columns are named."""
    sheet = contact_sheet(read_manifest(workspace.manifest_csv), workspace.root)
    pixels = decode(sheet.jpeg).pixels
    assert pixels.shape == (3 * SIDE + GAP, 2 * SIDE + GAP, 3)
    assert sheet.styles == ("blue", "red")
    assert sorted(sheet.photos) == ["Photo 0", "Photo 1", "Photo 2"]
    cells = pixels[GAP : GAP + CELL, GAP : GAP + CELL], pixels[GAP : GAP + CELL, SIDE + GAP : -GAP]
    blue, red = (cell.mean() for cell in cells)
    assert red - blue == pytest.approx(0.25, abs=0.02), "half of what sets the styles apart"


def test_what_is_lost_stays_white_and_the_newest_come_last(
    workspace: Workspace, painted: list[Path]
) -> None:
    rows = read_manifest(workspace.manifest_csv).sort_values("created_at")
    newest = rows.iloc[-1]
    (workspace.root / newest["output"]).write_bytes(b"no picture")
    sheet = contact_sheet(rows, workspace.root, photos=1, styles=1)
    assert (sheet.photos, sheet.styles) == ((newest["title"],), (newest["style"],))
    assert np.allclose(decode(sheet.jpeg).pixels, 1.0, atol=0.01)


def test_no_picture_no_sheet(
    workspace: Workspace,
    painter: Any,
    paint: Callable[..., Any],
    contents: list[Content],
    styles: list[StyleImage],
) -> None:
    """Failed rows are no pictures."""
    painter.fail = lambda call: ValueError("no")
    paint(contents, styles)
    assert contact_sheet(read_manifest(workspace.manifest_csv), workspace.root).jpeg == b""
