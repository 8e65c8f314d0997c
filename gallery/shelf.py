"""Where the pictures of a workspace lie, and how a page addresses them."""

from __future__ import annotations

import os
from collections.abc import Container
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from gallery.errors import GalleryError

__all__ = ["Shelf"]

_PICTURES = frozenset((".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif", ".bmp", ".tif", ".tiff"))
_SHOWN_BY_BROWSERS = frozenset((".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif"))


class Shelf:
    """The picture files of `workspace`; addresses are relative to `out`, percent-encoded."""

    def __init__(self, workspace: Path, out: Path, present: Container[str] = ()) -> None:
        """Read the names in content/ and styles/ once; `present` counts as there."""
        self._present = present
        self._workspace = workspace.resolve()
        self._out = out.resolve()
        self._photos = _by_stem(self._workspace / "content")
        self._styles = _by_stem(self._workspace / "styles")

    def photo(self, sha256: str) -> Path | None:
        """Find the content photo of that hash, if it is there."""
        return self._photos.get(sha256)

    def style(self, name: str) -> Path | None:
        """Find the style image of that name, if it is there."""
        return self._styles.get(name)

    def output(self, relative: str) -> Path | None:
        """Find a stylized image by its path in the workspace; None if missing or outside."""
        if not relative or "\0" in relative:
            return None
        path = (self._workspace / PurePosixPath(relative)).resolve()
        if not path.is_relative_to(self._workspace) or path.suffix.lower() not in _PICTURES:
            return None
        return path if relative in self._present or path.is_file() else None

    def url(self, path: Path) -> str:
        """Give the address of `path` from `out`; raises `GalleryError` across drives."""
        try:
            relative = os.path.relpath(path, self._out)
        except ValueError as error:
            raise GalleryError(
                f"{self._out} is on another drive than the workspace {self._workspace}; "
                "build the gallery on the workspace's drive."
            ) from error
        return quote(Path(relative).as_posix())

    @staticmethod
    def shown_by_browsers(path: Path) -> bool:
        """Whether browsers show files of this kind; they do not show TIFF."""
        return path.suffix.lower() in _SHOWN_BY_BROWSERS


def _by_stem(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        return {}
    pictures = (path for path in sorted(folder.iterdir()) if path.suffix.lower() in _PICTURES)
    return {path.stem: path for path in pictures if path.is_file()}
