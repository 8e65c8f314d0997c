"""What the pages were made of, so that those whose matter did not change are not made again."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gallery.files import write

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["STAMPS", "Stamps"]

STAMPS = ".stamps.json"
"""The file of stamps in the gallery's folder. Without it, or with a torn one, every page is made
anew, and written where it differs from what is there."""


class Stamps:
    """The pages of the folder `out`, each with a hash of what it was made of."""

    def __init__(self, out: Path, edition: str) -> None:
        """Read the stamps; those of another `edition` of the templates are worth nothing."""
        self._out = out
        self._edition = edition
        self._old = _read(out / STAMPS, edition)
        self._new: dict[str, list[Any]] = {}
        self.made = 0

    def page(self, name: str, matter: object, render: Callable[[], bytes]) -> None:
        """Write the page called `name`, an address from `out`, unless it is there as it should be.

        `matter` is all that the page is made of; its `repr` has to tell any two apart. Raises
        `GalleryError` where the page cannot be written.
        """
        digest = hashlib.blake2b(
            repr(matter).encode("utf-8", "replace"), digest_size=16
        ).hexdigest()
        path = self._out / name
        there = self._new.get(name) or self._old.get(name)
        if there is None or there[0] != digest or not there[1:] or there[1:] != _state(path):
            write(path, render())
            self.made += 1
            there = [digest, *_state(path)]
        self._new[name] = there

    def names(self, folder: str) -> set[str]:
        """The names of the pages in `folder` that were asked for."""
        head = f"{folder}/" if folder else ""
        rests = (name.removeprefix(head) for name in self._new if name.startswith(head))
        return {rest for rest in rests if "/" not in rest}

    def save(self) -> None:
        """Write the stamps of the pages that were asked for; raises `GalleryError`."""
        found = {"edition": self._edition, "pages": self._new}
        write(self._out / STAMPS, json.dumps(found, separators=(",", ":")).encode())


def _state(path: Path) -> list[int]:
    """What changes when somebody else writes the file."""
    try:
        found = path.stat()
    except OSError:
        return []
    return [found.st_size, found.st_mtime_ns]


def _read(path: Path, edition: str) -> dict[str, list[Any]]:
    try:
        found = json.loads(path.read_bytes())
        pages = found["pages"] if found["edition"] == edition else {}
        return {name: stamp for name, stamp in pages.items() if isinstance(stamp, list) and stamp}
    except (OSError, ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return {}
