"""A contact sheet of a run: photos down, styles across, as one JPEG."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from images import ImageError, Limits, encode_jpeg, load, resize

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Pixels = NDArray[np.float32]

__all__ = ["Sheet", "contact_sheet"]

CELL, GAP = 160, 6
"""Side of a picture's square and the white between two, in pixels."""
_LIMITS = Limits(min_side=1, max_pixels=8192 * 8192, max_aspect=1e9, max_bytes=2**31)


class Sheet:
    """The picture, and what its rows and columns are; an empty `jpeg` where there is nothing."""

    def __init__(self, jpeg: bytes, photos: tuple[str, ...], styles: tuple[str, ...]) -> None:
        self.jpeg, self.photos, self.styles = jpeg, photos, styles


def contact_sheet(rows: pd.DataFrame, root: Path, photos: int = 6, styles: int = 6) -> Sheet:
    """The last pictures among the manifest's `rows`, of so many photos and styles at most.

    Each is cut to its middle square. What is not there, or cannot be read, stays white. `root` is
    the workspace that the rows' outputs are relative to.
    """
    done = rows[rows["status"] == "done"].sort_values("created_at", kind="stable")
    done = done.drop_duplicates(["content", "style"], keep="last")
    down = done["content"].drop_duplicates(keep="last").tolist()[-photos:]
    across = sorted(done["style"].drop_duplicates(keep="last").tolist()[-styles:])
    shown = done[done["content"].isin(down) & done["style"].isin(across)]
    if shown.empty:
        return Sheet(b"", (), ())
    side = CELL + GAP
    sheet = np.ones((len(down) * side + GAP, len(across) * side + GAP, 3), np.float32)
    for content, style, square in _squares(shown, root):
        top, left = down.index(content) * side + GAP, across.index(style) * side + GAP
        sheet[top : top + CELL, left : left + CELL] = square
    titles = dict(zip(shown["content"], shown["title"], strict=True))
    names = tuple(titles[content] or Path(content).stem[:12] for content in down)
    return Sheet(encode_jpeg(sheet, quality=85), names, tuple(across))


def _squares(rows: pd.DataFrame, root: Path) -> Iterator[tuple[str, str, Pixels]]:
    for content, style, output in rows[["content", "style", "output"]].itertuples(index=False):
        try:
            pixels = load(root / output, _LIMITS).pixels
        except (ImageError, OSError):
            continue
        short = min(pixels.shape[:2])
        top, left = ((length - short) // 2 for length in pixels.shape[:2])
        square = pixels[top : top + short, left : left + short]
        yield content, style, resize(square, CELL, CELL)
