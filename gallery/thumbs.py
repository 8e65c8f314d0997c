"""Small copies of the pictures, made once and named by the hash of what they show."""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from gallery.files import make_folder, names_in, prune, write
from gallery.values import is_hash
from images import ImageError, Limits, small_copy

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["SIDE", "Thumbs"]

SIDE = 480
"""Longer side of a thumbnail in pixels: a cell of the grid on a screen of double density."""

_DIGITS = 32
# Our own outputs may be as large as a recipe's largest size; small ones are shown all the same.
_LIMITS = Limits(min_side=1, max_pixels=8192 * 8192, max_aspect=100.0, max_bytes=400_000_000)


class Thumbs:
    """The folder `out`/thumbs."""

    def __init__(self, out: Path) -> None:
        """Make the folder; raises `GalleryError`."""
        self._folder = make_folder(out / "thumbs")
        self._there = names_in(self._folder)
        self._named: dict[Path, str] = {}

    def make(self, wanted: Iterable[tuple[Path | None, str]]) -> None:
        """Make the missing ones of `wanted`, pairs of a picture and its hash, side by side."""
        pairs = {path: sha256 for path, sha256 in wanted if path is not None}
        fresh = [pair for pair in pairs.items() if pair[0] not in self._named]
        missing = [(path, sha256) for path, sha256 in fresh if not self._known(path, sha256)]
        # Pillow lets go of the interpreter while it decodes, so threads share the cores.
        with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
            made = pool.map(lambda pair: self._make(*pair), missing)
            self._named |= {path: name for (path, _), name in zip(missing, made, strict=True)}

    def url(self, source: Path | None, sha256: str = "") -> str:
        """Give the address, from `out`, of the thumbnail of `source`; make it unless it is there.

        Without a usable `sha256` the file's own hash is taken. "" for no file or no picture.
        """
        if source is None:
            return ""
        if source not in self._named:
            self.make([(source, sha256)])
        name = self._named[source]
        return f"thumbs/{name}" if name else ""

    def prune(self) -> None:
        """Delete the thumbnails that were not asked for since this object was made."""
        prune(self._folder, set(self._named.values()), _is_thumb)

    def _known(self, source: Path, sha256: str) -> bool:
        name = f"{sha256[:_DIGITS]}.jpg"
        if not is_hash(sha256) or name not in self._there:
            return False
        self._named[source] = name
        return True

    def _make(self, source: Path, sha256: str) -> str:
        try:
            data = b"" if is_hash(sha256) else source.read_bytes()
            name = f"{(sha256 if not data else hashlib.sha256(data).hexdigest())[:_DIGITS]}.jpg"
            if name not in self._there:
                write(self._folder / name, small_copy(data or source.read_bytes(), SIDE, _LIMITS))
        except (ImageError, OSError):
            # The page shows an empty frame; what ails the file is not the gallery's to say.
            return ""
        return name


def _is_thumb(name: str) -> bool:
    return name.endswith(".jpg") and is_hash(name.removesuffix(".jpg"))
