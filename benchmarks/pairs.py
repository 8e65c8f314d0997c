"""The pictures that the benchmarks paint: photos of scikit-image in styles that come with us."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from flows.demo.pictures import photograph
from images import fit_shape, load, resize
from stylize.result import Pixels

__all__ = ["PAIR", "PHOTOS", "Pair", "fitted", "pair", "photos", "styles"]

PAIR = ("astronaut.png", "flow_field")
"""The named pair of every speed-up: a square portrait, in thick strokes."""

PHOTOS = ("chelsea.png", "coffee.png", "astronaut.png", "rocket.jpg")
"""A cat's face, a still life, a portrait and a lone object under a plain sky."""

_SHIPPED = Path(__file__).parent.parent / "flows" / "styles"


class Pair(NamedTuple):
    """A photo and a style image, float32 (H,W,3) in [0,1], both at the size they are painted at."""

    name: str
    photo: Pixels
    style: Pixels


def pair(size: int, photo: str = PAIR[0], style: str = PAIR[1]) -> Pair:
    """The photo and style of these names, both with a longer side of `size` pixels at most."""
    name = f"{Path(photo).stem} × {style}"
    return Pair(name, fitted(photograph(photo), size), fitted(styles()[style], size))


def photos(names: tuple[str, ...] = PHOTOS) -> dict[str, Pixels]:
    """The demo photos by their names without endings, at their own size."""
    return {Path(name).stem: photograph(name) for name in names}


def styles(folder: Path = _SHIPPED) -> dict[str, Pixels]:
    """The JPEG and PNG pictures in `folder` by their names without endings, in order."""
    files = sorted(file for ending in ("jpg", "jpeg", "png") for file in folder.glob(f"*.{ending}"))
    return {file.stem: load(file).pixels for file in files}


def fitted(image: Pixels, size: int) -> Pixels:
    """`image` with a longer side of `size` pixels at most, never enlarged."""
    return resize(image, *fit_shape(image.shape[0], image.shape[1], size))
