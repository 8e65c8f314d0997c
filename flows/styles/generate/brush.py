"""A bristle brush: it drags colour and relief along a path, and runs dry."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from flows.styles.generate.canvas import Field, Picture, step

__all__ = ["Surface", "follow"]

Path = NDArray[np.float64]


class Surface:
    """Paint on a ground: `picture` (size, size, 3) and the thickness `height` (size, size)."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture.copy()
        self.height: Field = np.zeros(picture.shape[:2], np.float32)

    def stroke(
        self,
        path: Path,
        width: float,
        colour: ArrayLike,
        rng: np.random.Generator,
        *,
        dryness: float = 0.0,
        variety: float = 0.08,
        opacity: float = 1.0,
        body: float = 1.0,
        hairs: int = 10,
    ) -> None:
        """Drag one stroke along `path` (n, 2) of x, y in pixels, `width` pixels wide.

        `dryness` 0–1 opens streaks towards the end, `variety` is the spread of value between
        bristles, `opacity` how much of the ground is hidden, `body` the thickness of the paint,
        `hairs` the number of bristles across.
        """
        if width < 2:  # thinner than the pixels can show: a fainter stroke covers as much
            opacity, width = opacity * width / 2, 2.0
        bristles = np.convolve(rng.standard_normal(hairs), [0.2, 0.6, 0.2], "same") * 1.4
        raggedness = rng.uniform(0.0, 0.16, hairs)
        places = np.linspace(-1, 1, hairs)
        window, along, across, rim = self._place(path, width)
        if window is None:
            return
        tooth = np.interp(across, places, bristles)
        end = 1 - np.interp(across, places, raggedness)
        soft = 1.6 / width
        cover = step(1 + soft, 1 - soft, rim) * step(end, end - 0.06, along)
        if dryness:
            cover = cover * step(-0.4, 0.4, tooth + 1.6 - 3.2 * dryness * (0.3 + along))
        cover = (cover * opacity).astype(np.float32)
        shade = (np.asarray(colour, np.float32) + (variety * tooth)[..., None]).astype(np.float32)
        self.picture[window] += (shade - self.picture[window]) * cover[..., None]
        ridge = 0.75 - 0.9 * np.minimum(rim, 1) ** 4
        thick = body * (0.9 + 0.4 * tooth + ridge) * (1.1 - 0.5 * along)
        self.height[window] += (thick.astype(np.float32) - 0.75 * self.height[window]) * cover

    def _place(
        self, path: Path, width: float
    ) -> tuple[tuple[slice, slice] | None, Field, Field, Field]:
        size, reach = len(self.picture), width / 2 + 1
        x0, y0 = np.clip(np.floor(path.min(axis=0) - reach), 0, size).astype(int)
        x1, y1 = np.clip(np.ceil(path.max(axis=0) + reach), 0, size).astype(int)
        nothing = np.zeros((0, 0), np.float32)
        if x1 <= x0 or y1 <= y0:
            return None, nothing, nothing, nothing
        y, x = np.mgrid[y0:y1, x0:x1].astype(np.float32) + 0.5
        apart = (x[..., None] - path[:, 0]) ** 2 + (y[..., None] - path[:, 1]) ** 2
        near = apart.argmin(axis=-1)
        way = np.gradient(path, axis=0)
        gap = np.linalg.norm(way, axis=1, keepdims=True) + 1e-6
        way = way / gap
        dx, dy = x - path[near, 0], y - path[near, 1]
        side = (way[near, 0] * dy - way[near, 1] * dx) / (width / 2)
        forward = way[near, 0] * dx + way[near, 1] * dy
        tips = ((near == 0) & (forward < 0)) | ((near == len(path) - 1) & (forward > 0))
        rim = np.hypot(side, np.where(tips, forward / (width / 2), 0))
        along = np.clip((near + forward / gap[near, 0]) / max(len(path) - 1, 1), 0, 1)
        return (slice(y0, y1), slice(x0, x1)), along, side, rim


def follow(
    start: ArrayLike, length: float, angle: Callable[[Path], NDArray[np.float64]], pieces: int = 16
) -> NDArray[np.float64]:
    """Return paths (n, pieces, 2) that leave `start` (n, 2) and follow `angle` for `length` pixels.

    `angle` maps points (n, 2) of x, y to radians (n,), clockwise from the right.
    """
    at = np.asarray(start, np.float64)
    path = [at]
    for _ in range(pieces - 1):
        turn = angle(at)
        at = at + np.stack([np.cos(turn), np.sin(turn)], axis=-1) * (length / (pieces - 1))
        path.append(at)
    return np.stack(path, axis=1)
