"""The content folder: one file for each different picture, named by the hash of its bytes."""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from images import Limits, inspect
from scraping.errors import StoreError
from scraping.permits import Permits

__all__ = ["Kept", "Store"]

_PART = ".part"
_ABANDONED_SECONDS = 86_400.0


@dataclass(frozen=True)
class Kept:
    """A picture that was decoded in full: `file` is its path relative to the workspace, `width`
    and `height` are upright, of its `frames` the first counts. Until it is published it lies at
    `temporary`, None where the content folder has it already.
    """

    sha256: str
    dhash: str
    file: str
    width: int
    height: int
    frames: int = 1
    temporary: Path | None = None


class Store:
    """Writes pictures into `content`, after a full decode and all at once.

    A picture is kept first, under a temporary name, by whatever thread received it; then it is
    published or discarded, as the one thread that judges duplicates decides. What was kept and
    neither is removed at the end of the context.
    """

    def __init__(
        self, content: Path, limits: Limits | None = None, permits: Permits | None = None
    ) -> None:
        self._content = content
        self._limits = limits or Limits()
        self._permits = permits or Permits()
        self._lock = threading.Lock()
        self._open: set[Path] = set()
        self._closed = False
        try:
            content.mkdir(parents=True, exist_ok=True)
            self._sweep()
        except OSError as error:
            raise _unwritable(content, error) from error

    def has(self, file: str) -> bool:
        """Tell whether `file`, a path relative to the workspace, is there."""
        return bool(file) and (self._content.parent / file).is_file()

    def path(self, file: str) -> Path:
        """Return where `file`, a path relative to the workspace, is or will be."""
        return self._content.parent / file

    def keep(self, data: bytes) -> Kept:
        """Decode `data` in full and keep the bytes as they are, unpublished. For any thread.

        Raises `ImageError` for bytes that are no picture within the limits, `StoreError` where the
        folder cannot be written.
        """
        with self._permits.computing():
            found = inspect(data, self._limits)
            sha256 = hashlib.sha256(data).hexdigest()
        path = self._content / f"{sha256}{found.extension}"
        return Kept(
            sha256,
            found.dhash,
            f"{self._content.name}/{path.name}",
            found.width,
            found.height,
            found.frames,
            None if _is_whole(path, len(data)) else self._written(data),
        )

    def publish(self, kept: Kept) -> None:
        """Give a kept picture its name. Raises `StoreError`."""
        if kept.temporary is None:
            return
        try:
            kept.temporary.replace(self.path(kept.file))
        except OSError as error:
            raise _unwritable(self._content, error) from error
        with self._lock:
            self._open.discard(kept.temporary)

    def discard(self, kept: Kept) -> None:
        """Remove a kept picture that is not published."""
        if kept.temporary is not None:
            self._remove(kept.temporary)

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._closed = True
            left = list(self._open)
        for temporary in left:
            self._remove(temporary)

    def _written(self, data: bytes) -> Path:
        """Write to a file of its own: under its name a reader sees the whole file or none."""
        temporary = None
        try:
            handle, name = tempfile.mkstemp(prefix=f".{_owner()}-", suffix=_PART, dir=self._content)
            temporary = Path(name)
            with self._lock:
                self._open.add(temporary)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.chmod(0o644)
        except OSError as error:
            if temporary is not None:
                self._remove(temporary)
            raise _unwritable(self._content, error) from error
        if self._closed:
            # The run ended meanwhile, and nobody is left to publish it.
            self._remove(temporary)
        return temporary

    def _remove(self, temporary: Path) -> None:
        with contextlib.suppress(OSError):
            temporary.unlink()
        with self._lock:
            self._open.discard(temporary)

    def _sweep(self) -> None:
        """Remove what a run that was killed left behind; a run beside this one is left alone."""
        for path in self._content.glob(f".*{_PART}"):
            with contextlib.suppress(OSError):
                age = time.time() - path.stat().st_mtime
                if age > _ABANDONED_SECONDS or _is_of_the_dead(path.name):
                    path.unlink()


def _owner() -> str:
    """How the names of unfinished files tell that they are of this process."""
    host = "".join(c if c.isalnum() else "_" for c in socket.gethostname())[:40] or "host"
    return f"{host}-{os.getpid()}"


def _is_of_the_dead(name: str) -> bool:
    """Whether an unfinished file is of a process of this machine that is gone."""
    host, _, pid = name[1:].removesuffix(_PART).rpartition("-")[0].rpartition("-")
    if host != _owner().rpartition("-")[0] or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _is_whole(path: Path, size: int) -> bool:
    """Tell whether the content is there already; a link planted at its name is not content."""
    return not path.is_symlink() and path.is_file() and path.stat().st_size == size


def _unwritable(content: Path, error: OSError) -> StoreError:
    return StoreError(
        f"{content}: photos cannot be written there ({error.strerror or error}); "
        "free space or choose another workspace"
    )
