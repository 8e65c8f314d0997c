"""Small copies of the pictures, made once and named by the hash of what they show."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from gallery.files import make_folder, prune, write
from gallery.values import is_hash
from images import ImageError, Limits, load, thumbnail

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["SIDE", "Thumbs"]

SIDE = 480
"""Longer side of a thumbnail in pixels: a cell of the grid on a screen of double density."""

# Our own outputs may be as large as a recipe's largest size; small ones are shown all the same.
_LIMITS = Limits(min_side=1, max_pixels=8192 * 8192, max_aspect=100.0, max_bytes=400_000_000)


class Thumbs:
    """The folder `out`/thumbs."""

    def __init__(self, out: Path) -> None:
        """Make the folder; raises `GalleryError`."""
        self._folder = make_folder(out / "thumbs")
        self._named: dict[Path, str] = {}

    def url(self, source: Path | None, sha256: str = "") -> str:
        """Give the address, from `out`, of the thumbnail of `source`; make it unless it is there.

        Without a usable `sha256` the file's own hash is taken. "" for no file or no picture.
        """
        if source is None:
            return ""
        if source not in self._named:
            self._named[source] = self._make(source, sha256)
        name = self._named[source]
        return f"thumbs/{name}" if name else ""

    def prune(self) -> None:
        """Delete the thumbnails that were not asked for since this object was made."""
        prune(self._folder, set(self._named.values()), _is_thumb)

    def _make(self, source: Path, sha256: str) -> str:
        try:
            name = f"{sha256 if is_hash(sha256) else _hash(source)}.jpg"
            if not (self._folder / name).is_file():
                write(self._folder / name, thumbnail(load(source, _LIMITS).pixels, SIDE))
        except (ImageError, OSError):
            # The page shows an empty frame; what ails the file is not the gallery's to say.
            return ""
        return name


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _is_thumb(name: str) -> bool:
    return name.endswith(".jpg") and is_hash(name.removesuffix(".jpg"))
