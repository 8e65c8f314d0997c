"""Small copies of the workspace's pictures, the only ones of its files that the page can read."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

__all__ = ["Thumbs", "shown_pictures"]

_SMALL, _LARGE = 240, 1024


class Thumbs:
    """Copies below `folder`, named by the hash of what they show; each is made once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()

    def small(self, path: Path, key: str) -> Path | None:
        """A thumbnail; None for a file that is no picture."""
        return self._copy(path, key, _SMALL)

    def large(self, path: Path, key: str) -> Path | None:
        """A copy of about a screen's size."""
        return self._copy(path, key, _LARGE)

    def key_of(self, shown: str) -> str:
        """Of what a copy is; nothing where `shown` is none of ours."""
        path = Path(shown)
        return path.stem.partition("-")[0] if path.parent == self._folder else ""

    def smalls(self, pictures: Sequence[tuple[Path, str, str]]) -> list[tuple[str, Path, str]]:
        """(key, thumbnail, caption) of each of (path, key, caption) that is a picture."""
        made = [(key, self.small(path, key), caption) for path, key, caption in pictures]
        return [(key, path, caption) for key, path, caption in made if path]

    def _copy(self, path: Path, key: str, size: int) -> Path | None:
        from images import ImageError, Limits, load, thumbnail

        target = self._folder / f"{key}-{size}.jpg"
        with self._lock:
            if target.is_file():
                return target
            try:
                data = thumbnail(load(path, Limits(min_side=1), size).pixels, size)
            except ImageError:
                return None
            target.write_bytes(data)
            return target


def shown_pictures(smalls: Sequence[tuple[str, Path, str]]) -> list[tuple[str, str]]:
    """What `Thumbs.smalls` made, as a gallery shows it."""
    return [(str(path), caption) for _, path, caption in smalls]
