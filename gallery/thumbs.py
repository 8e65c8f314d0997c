"""Small copies of the pictures, made once and named by the hash of what they show."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from gallery.copying import Copying, copy
from gallery.files import make_folder, names_in, prune
from gallery.values import is_hash

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["Thumbs", "thumb_name"]

_DIGITS = 32


class Thumbs:
    """The folder `out`/thumbs."""

    def __init__(self, out: Path) -> None:
        """Make the folder; raises `GalleryError`."""
        self._folder = make_folder(out / "thumbs")
        self._there = names_in(self._folder)
        self._named: dict[Path, str] = {}
        self._promised: set[str] = set()
        self._copying = Copying(())

    def begin(self, wanted: Iterable[tuple[Path | None, str]]) -> None:
        """Begin to make the missing ones of `wanted`, pairs of a picture and its hash.

        Few are made at once; many count as made until `settled`.
        """
        named = {path: thumb_name(sha256) for path, sha256 in wanted if path and is_hash(sha256)}
        missing = [pair for pair in named.items() if pair[1] not in self._there]
        self._copying = Copying([(path, self._folder / name) for path, name in missing])
        if self._copying.going:
            self._promised = {name for _, name in missing}
            self._there |= self._promised
        elif missing:
            self._there = names_in(self._folder)

    def settled(self) -> bool:
        """Wait for what was begun; False where something turned out to be no picture.

        Addresses given before may then be of nothing; asked for again, they are right.
        """
        if not self._copying.going:
            return True
        self._copying.wait()
        there = names_in(self._folder)
        kept = self._promised <= there
        self._there = there
        if not kept:
            self._named.clear()
        return kept

    def end(self) -> None:
        """Leave off making thumbnails, if that is still going on."""
        self._copying.end()

    def url(self, source: Path | None, sha256: str = "") -> str:
        """Give the address, from `out`, of the thumbnail of `source`; make it unless it is there.

        Without a usable `sha256` the file's own hash is taken. "" for no file or no picture: the
        page shows an empty frame; what ails the file is not the gallery's to say.
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
        data = b""
        if not is_hash(sha256):
            try:
                data = source.read_bytes()
            except OSError:
                return ""
            sha256 = hashlib.sha256(data).hexdigest()
        name = thumb_name(sha256)
        if name in self._there or copy(source, self._folder / name, data):
            self._there.add(name)
            return name
        return ""


def thumb_name(sha256: str) -> str:
    """Return what the thumbnail of a picture is called, by the picture's hash."""
    return f"{sha256[:_DIGITS]}.jpg"


def _is_thumb(name: str) -> bool:
    return name.endswith(".jpg") and is_hash(name.removesuffix(".jpg"))
