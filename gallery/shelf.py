"""Where the pictures of a workspace lie, and how a page addresses them."""

from __future__ import annotations

import os
from collections.abc import Callable, Container
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from gallery.errors import GalleryError

__all__ = ["Begin", "Shelf"]

_PICTURES = frozenset((".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif", ".bmp", ".tif", ".tiff"))
_SHOWN_BY_BROWSERS = frozenset((".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif"))


Begin = Callable[[str, int], bytes]
"""Reads the first bytes of a picture, by its path in the workspace and how many; all for -1."""


class Shelf:
    """The picture files of `workspace`; addresses are relative to `out`, percent-encoded."""

    def __init__(
        self,
        workspace: Path,
        out: Path,
        present: Container[str] = (),
        begin: Begin | None = None,
    ) -> None:
        """Read the names in content/ and styles/ once; `present` counts as there.

        `begin` reads the first bytes of a picture that is present and not here.
        """
        self._present, self._begin = present, begin
        self._workspace = workspace.resolve()
        self._out = out.resolve()
        self._ways: dict[Path, str] = {}
        self._listed: dict[str, frozenset[str]] = {}
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
        if (folder := _plain_folder(relative)) is not None:
            return self._in(folder, relative)
        path = (self._workspace / PurePosixPath(relative)).resolve()
        if not path.is_relative_to(self._workspace) or path.suffix.lower() not in _PICTURES:
            return None
        return path if relative in self._present or path.is_file() else None

    def _in(self, folder: str, relative: str) -> Path | None:
        """The same for a name in a folder of the workspace itself, whose names are read once."""
        if folder not in self._listed:
            place = self._workspace / folder
            inside = place.resolve() == place
            self._listed[folder] = _pictures_in(place) if inside else frozenset()
        there = relative in self._listed[folder] or relative in self._present
        return self._workspace / relative if there else None

    def beginning(self, relative: str, size: int) -> bytes:
        """The first `size` bytes of a stylized image; all of it for -1. Raises `OSError`."""
        path = self.output(relative)
        if path is None:
            raise FileNotFoundError(relative)
        try:
            with path.open("rb") as stream:
                return stream.read(size)
        except FileNotFoundError:
            if self._begin is None:
                raise
            return self._begin(relative, size)

    def url(self, path: Path) -> str:
        """Give the address of `path` from `out`; raises `GalleryError` across drives."""
        if path.parent not in self._ways:
            self._ways[path.parent] = self._way(path.parent)
        return f"{self._ways[path.parent]}/{quote(path.name)}"

    def _way(self, folder: Path) -> str:
        try:
            relative = os.path.relpath(folder, self._out)
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


def _plain_folder(relative: str) -> str | None:
    """The folder of "folder/name"; None for anything that may lead elsewhere."""
    parts = relative.split("/")
    return parts[0] if len(parts) == 2 and not {"", ".", ".."} & set(parts) else None


def _pictures_in(folder: Path) -> frozenset[str]:
    """The pictures of `folder` as "folder/name"; what a link leads to elsewhere is none of them."""
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.is_file(follow_symlinks=False)]
    except OSError:
        return frozenset()
    return frozenset(f"{folder.name}/{name}" for name in names if _ending(name) in _PICTURES)


def _ending(name: str) -> str:
    """Like `Path.suffix`, in lower case; a path for each of ten thousand names takes long."""
    return f".{name.rpartition('.')[2]}".lower()


def _by_stem(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        return {}
    pictures = (path for path in sorted(folder.iterdir()) if path.suffix.lower() in _PICTURES)
    return {path.stem: path for path in pictures if path.is_file()}
