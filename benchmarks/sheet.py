"""A contact sheet: many pictures on one small page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from images import fit_shape, resize
from stylize.result import Pixels

__all__ = ["contact_sheet"]

MARGIN = 4


def contact_sheet(rows: Sequence[Sequence[Pixels | None]], cell: int = 120) -> Pixels:
    """Rows of pictures, each fitted into `cell` × `cell` pixels, on white; None stays empty.

    Pictures smaller than a cell keep their size. Raises `ValueError` when there are no pictures.
    """
    if not any(rows):
        raise ValueError("A contact sheet needs a picture: give it a row with one.")
    pitch = cell + MARGIN
    across = max(len(row) for row in rows)
    shape = (len(rows) * pitch + MARGIN, across * pitch + MARGIN, 3)
    page: NDArray[np.float32] = np.ones(shape, np.float32)
    for down, row in enumerate(rows):
        for right, picture in enumerate(row):
            if picture is not None:
                _place(page, picture, MARGIN + down * pitch, MARGIN + right * pitch, cell)
    return page


def _place(page: Pixels, picture: Pixels, top: int, left: int, cell: int) -> None:
    small = resize(picture, *fit_shape(picture.shape[0], picture.shape[1], cell))
    top += (cell - small.shape[0]) // 2
    left += (cell - small.shape[1]) // 2
    page[top : top + small.shape[0], left : left + small.shape[1]] = np.clip(small, 0, 1)
