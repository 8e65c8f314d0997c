"""What somebody asks to have painted: looked up, decoded and checked before it waits in line."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from studio.desk import KnownPhoto, KnownStyle
from studio.errors import StudioError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from stylize import Recipe

    Pixels = NDArray[np.float32]

__all__ = ["MOST_STYLES", "Order", "Photo", "Style", "make_photo", "make_style", "plain_name"]

MOST_STYLES = 4
"""Styles of a blend."""


@dataclass(frozen=True)
class Photo:
    """A photo's bytes, decoded once in full; `name` is that of its file."""

    name: str
    data: bytes
    sha256: str
    height: int
    width: int
    known: KnownPhoto | None = None

    @property
    def title(self) -> str:
        """What to call it."""
        return self.known.title if self.known else self.name.rsplit(".", 1)[0]

    def pixels(self, recipe: Recipe) -> Pixels:
        """The photo as a build prepares it for `recipe`: 8 bits a sample, of its final shape."""
        import numpy as np

        from images import fit_levels, fit_shape

        shape = fit_shape(self.height, self.width, recipe.size, recipe.fit)
        return fit_levels(self.data, *shape).astype(np.float32) / np.float32(255)


@dataclass(frozen=True)
class Style:
    """A style image's bytes; `known` where the workspace has it, else it came with its `file`."""

    name: str
    file: str
    data: bytes
    sha256: str
    known: KnownStyle | None = None

    def pixels(self) -> Pixels:
        """The style image at its own size."""
        from images import decode

        return decode(self.data).pixels


@dataclass(frozen=True)
class Order:
    """One picture to paint: a photo, styles with their shares, and the recipe."""

    photo: Photo
    styles: tuple[Style, ...]
    shares: tuple[float, ...]
    preset: str
    overrides: Mapping[str, Any]
    weights: str

    def __post_init__(self) -> None:
        if not self.styles:
            raise StudioError("No style is chosen: click on one of the styles.")
        if len(self.styles) > MOST_STYLES:
            raise StudioError(f"{len(self.styles)} styles are too many: blend {MOST_STYLES}.")
        good = len(self.shares) == len(self.styles) and min(self.shares) >= 0
        if not good or not 0 < sum(self.shares) < float("inf"):
            raise StudioError(
                "The shares of the styles are all 0 or not numbers: give one of them a share."
            )

    @cached_property
    def recipe(self) -> Recipe:
        """The recipe meant. Raises `stylize.RecipeError`, a sentence that names the key."""
        from stylize import resolve_recipe

        return resolve_recipe(self.preset, self.overrides)

    @property
    def blend(self) -> bool:
        """Whether there is more than one style."""
        return len(self.styles) > 1

    @property
    def name(self) -> str:
        """What to call the picture."""
        return f"{self.photo.title} × {' + '.join(style.name for style in self.styles)}"


def make_photo(name: str, data: bytes, known: Sequence[KnownPhoto] = ()) -> Photo:
    """The photo that `data` is, after a full decode under the limits of `images`.

    One of `known` is recognised by its bytes. Raises `ImageError`.
    """
    from images import inspect

    found = inspect(data)
    sha256 = hashlib.sha256(data).hexdigest()
    same = next((photo for photo in known if photo.sha256 == sha256), None)
    return Photo(plain_name(name, found.extension), data, sha256, found.height, found.width, same)


def make_style(name: str, data: bytes, known: Sequence[KnownStyle] = ()) -> Style:
    """The style that `data` is, after a full decode under the limits of `images`.

    One of `known` is recognised by its bytes. Raises `ImageError`.
    """
    from images import inspect

    found = inspect(data)
    sha256 = hashlib.sha256(data).hexdigest()
    same = next((style for style in known if style.sha256 == sha256), None)
    file = plain_name(name, found.extension)
    return Style(same.name if same else file.rsplit(".", 1)[0], file, data, sha256, same)


def plain_name(name: str, extension: str) -> str:
    """The last part of `name` with nothing in it but letters, digits, dots, dashes and blanks."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(c if c.isalnum() or c in "-_. " else "-" for c in last).strip(" .-")[-80:]
    stem = plain.rsplit(".", 1)[0].strip(" .-") or "picture"
    ending = plain.rsplit(".", 1)[1].lower() if "." in plain else ""
    kept = f".{ending}" if ending.isalnum() and len(ending) <= 5 else extension
    return f"{stem}{kept}"
