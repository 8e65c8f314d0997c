"""Writing the gallery's files: whole or not at all, and only where something changed."""

from __future__ import annotations

import os
import socket
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from gallery.errors import GalleryError

if TYPE_CHECKING:
    from collections.abc import Callable, Container

__all__ = ["make_folder", "names_in", "prune", "write"]


def make_folder(folder: Path) -> Path:
    """`folder`, made with its parents; raises `GalleryError` where that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise GalleryError(
            f"{folder} is a file, and the gallery needs a folder of that name; "
            "move the file or choose another place."
        ) from error
    except OSError as error:
        raise _unwritable(folder, error) from error
    return folder


def names_in(folder: Path) -> set[str]:
    """The names of what lies in `folder`, read at once; none where there is no such folder."""
    try:
        with os.scandir(folder) as entries:
            return {entry.name for entry in entries}
    except OSError:
        return set()


def write(path: Path, data: bytes) -> bool:
    """Put `data` at `path` by a temporary file beside it and `os.replace`; whether it was news.

    A reader sees the old file or the new one, never a half. Raises `GalleryError`.
    """
    try:
        if path.is_file() and path.read_bytes() == data:
            return False
        _replace(path, data)
    except OSError as error:
        raise _unwritable(path, error) from error
    return True


def prune(folder: Path, kept: Container[str], ours: Callable[[str], object]) -> None:
    """Delete the files of `folder` that are `ours` by name and no longer `kept`."""
    try:
        for name in sorted(names_in(folder)):
            if name not in kept and ours(name):
                (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error


def _replace(path: Path, data: bytes) -> None:
    temporary = _beside(path)
    try:
        with temporary.open("xb") as stream:
            stream.write(data)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _beside(path: Path) -> Path:
    """A new name that says which process writes it: a workspace sweeps away what a dead one left.

    It is as in `flows.files.temporary_beside`, which a gallery of its own cannot import.
    """
    host = "".join(c if c.isalnum() else "_" for c in socket.gethostname())[:40] or "host"
    return path.with_name(f".{path.name}.{host}-{os.getpid()}-{uuid.uuid4().hex[:8]}.tmp")


def _unwritable(path: Path, error: OSError) -> GalleryError:
    why = error.strerror or type(error).__name__
    return GalleryError(
        f"{path} cannot be written ({why}); free it or choose another place for the gallery."
    )
