"""Draw the pictures of a workspace as sheets for the documentation.

    python docs/contact_sheet.py data docs/images Chelsea

Writes ``contact-sheet.jpg`` (photos × styles) and ``triptych.jpg`` (a photo whose title holds the
last word, its first style, the picture).
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from images import encode_jpeg, fit_shape, load, resize

CELL, GAP = 300, 10
Sheet = np.ndarray


def cell(path: Path, side: int = CELL) -> Sheet:
    """The image at `path`, its middle cut to a square of `side` pixels."""
    pixels = load(path).pixels
    short = min(pixels.shape[:2])
    top, left = ((length - short) // 2 for length in pixels.shape[:2])
    square = pixels[top : top + short, left : left + short]
    return resize(square, *fit_shape(short, short, side)) if short > side else enlarge(square, side)


def enlarge(square: Sheet, side: int) -> Sheet:
    """`square` enlarged to `side`; `fit_shape` never would."""
    return resize(square, side, side)


def rows(cells: list[list[Sheet]], side: int = CELL) -> Sheet:
    """Squares in rows, white between them; missing ones white."""
    height, width = len(cells) * (side + GAP) + GAP, max(map(len, cells)) * (side + GAP) + GAP
    sheet = np.ones((height, width, 3), np.float32)
    for row, line in enumerate(cells):
        for column, square in enumerate(line):
            top, left = (index * (side + GAP) + GAP for index in (row, column))
            sheet[top : top + side, left : left + side] = square
    return sheet


def main(workspace: Path, out: Path, title: str) -> None:
    """Write both sheets of `workspace` to `out`."""
    manifest = pd.read_csv(workspace / "manifest.csv")
    done = manifest[manifest["status"] == "done"].sort_values("created_at")
    # Other recipes make other pictures beside the old ones: the newest of each pair is shown.
    done = done.drop_duplicates(["content", "style"], keep="last").sort_values(["content", "style"])
    styles = sorted(done["style"].unique())
    white = np.ones((CELL, CELL, 3), np.float32)
    files = {path.stem: path for path in (workspace / "styles").iterdir()}
    sheet = [[white, *(cell(files[style]) for style in styles)]]
    for content, group in done.groupby("content", sort=False):
        pictures = group.set_index("style")["output"]
        sheet.append(
            [cell(workspace / content), *(cell(workspace / pictures[style]) for style in styles)]
        )
    out.mkdir(parents=True, exist_ok=True)
    (out / "contact-sheet.jpg").write_bytes(encode_jpeg(rows(sheet), quality=88))
    titled = done[done["title"].str.contains(title, regex=False)]
    row = titled[titled["style"] == styles[0]].iloc[0]
    trio = [workspace / row["content"], files[styles[0]], workspace / row["output"]]
    strip = rows([[cell(path, 400) for path in trio]], 400)
    (out / "triptych.jpg").write_bytes(encode_jpeg(strip, quality=90))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
