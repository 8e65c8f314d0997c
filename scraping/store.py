"""The content folder: one file for each different picture, named by the hash of its bytes."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from images import Limits, decode, difference_hash
from scraping.errors import StoreError

__all__ = ["Kept", "Store"]


@dataclass(frozen=True)
class Kept:
    """A picture on disk: `file` relative to the workspace, upright `width` and `height`."""

    sha256: str
    dhash: str
    file: str
    width: int
    height: int


class Store:
    """Writes pictures into `content`, after a full decode and all at once."""

    def __init__(self, content: Path, limits: Limits | None = None) -> None:
        self._content = content
        self._limits = limits or Limits()
        try:
            content.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(content, error) from error

    def has(self, file: str) -> bool:
        """Tell whether `file`, a path relative to the workspace, is there."""
        return bool(file) and (self._content.parent / file).is_file()

    def keep(self, data: bytes) -> Kept:
        """Decode `data` in full and keep the bytes as they are.

        Raises `ImageError` for bytes that are no picture within the limits, `StoreError` where the
        folder cannot be written.
        """
        picture = decode(data, self._limits)
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._content / f"{sha256}{picture.extension}"
        if not _is_whole(path, len(data)):
            self._write(path, data)
        return Kept(
            sha256,
            difference_hash(picture.pixels),
            f"{self._content.name}/{path.name}",
            picture.width,
            picture.height,
        )

    def _write(self, path: Path, data: bytes) -> None:
        """Write beside the target and rename: a reader sees the whole file or none."""
        temporary = None
        try:
            handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=self._content)
            temporary = Path(name)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.chmod(0o644)
            temporary.replace(path)
        except OSError as error:
            if temporary is not None:
                with contextlib.suppress(OSError):
                    temporary.unlink()
            raise _unwritable(self._content, error) from error


def _is_whole(path: Path, size: int) -> bool:
    """Tell whether the content is there already; a link planted at its name is not content."""
    return not path.is_symlink() and path.is_file() and path.stat().st_size == size


def _unwritable(content: Path, error: OSError) -> StoreError:
    return StoreError(
        f"{content}: photos cannot be written there ({error.strerror or error}); "
        "free space or choose another workspace"
    )
