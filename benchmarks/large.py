"""A print: how much memory and time a large picture takes, and whether its tiles can be seen.

    python -m benchmarks.large [--size 4096] [--out PRINT.jpg] [--set KEY=VALUE …]

Goes on from a picture at 512 px, as `atelier stylize --size 4096 --initial small.png` does. The
seam is the mean difference of neighbouring pixels across the borders of the last step's tiles, over
that of neighbours everywhere: 1 where nothing is to be seen.
"""

from __future__ import annotations

import argparse
import json
import resource
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.pairs import pair
from benchmarks.report import say
from images import encode_jpeg, resize
from stylize import Stylizer, resolve_recipe
from stylize.result import Pixels
from stylize.tiling import Tile

__all__ = ["main", "seam"]

SMALL = 512


def seam(picture: Pixels, tiles: Sequence[Tile]) -> float:
    """Mean difference across the borders of `tiles` over that across all neighbours."""
    down, right = np.abs(np.diff(picture, axis=0)), np.abs(np.diff(picture, axis=1))
    rows = sorted({tile.core[0].start for tile in tiles} - {0})
    columns = sorted({tile.core[1].start for tile in tiles} - {0})
    across = [down[row - 1].ravel() for row in rows if row < picture.shape[0]]
    across += [right[:, column - 1].ravel() for column in columns if column < picture.shape[1]]
    whole = np.concatenate([down.ravel(), right.ravel()])
    return float(np.concatenate(across).mean() / whole.mean())


def main(arguments: Sequence[str] | None = None) -> None:
    """Paint small, go on to the print, and print what it took."""
    options = _parser().parse_args(arguments)
    settings = dict(_setting(text) for text in options.set)
    pictures, stylizer = pair(SMALL, "chelsea.png"), Stylizer("cifar10")
    small = stylizer.stylize(pictures.photo, [pictures.style], resolve_recipe()).image
    before = _peak_mb()
    ratio = options.size / max(pictures.photo.shape)
    photo = resize(pictures.photo, *(round(side * ratio) for side in pictures.photo.shape[:2]))
    grids = _watched()
    recipe = resolve_recipe("default", {"size": options.size, **settings})
    result = stylizer.stylize(photo, [pictures.style], recipe, initial=small)
    about = {"height": photo.shape[0], "width": photo.shape[1], "steps": result.statistics.steps}
    say("large", "peak_mb", _peak_mb(), "MB", before=before, **about)
    say("large", "seconds", result.statistics.seconds, "s", tiles=result.statistics.tiles)
    say("large", "seam", seam(result.image, grids[-1]) if grids else None, "times")
    if options.out:
        options.out.write_bytes(encode_jpeg(result.image, quality=92))


def _watched() -> list[Sequence[Tile]]:
    """A list that every grid of tiles is noted in from now on."""
    from stylize.tiles import TiledObjective

    grids: list[Sequence[Tile]] = []
    original = TiledObjective.tiles

    def noted(self: TiledObjective, image: Any) -> list[Tile]:
        found = original(self, image)
        grids[:] = [found]
        return found

    TiledObjective.tiles = noted  # type: ignore[method-assign]
    return grids


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _setting(text: str) -> tuple[str, Any]:
    key, _, value = text.partition("=")
    return key, json.loads(value)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.large", description=__doc__)
    parser.add_argument("--size", type=int, default=4096, help="longer side in pixels")
    parser.add_argument("--out", type=Path, help="a .jpg to write the print to")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    return parser


if __name__ == "__main__":
    main()
