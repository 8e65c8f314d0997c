"""Whole files or none: write beside, flush, rename; and sweep away what a dead process left."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import socket
import time
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

from flows.errors import DiskFullError

__all__ = [
    "ASIDE",
    "aside_of",
    "disk_full",
    "file_sha256",
    "sweep_temporaries",
    "sync_folder",
    "temporary_beside",
    "write_whole",
]

ASIDE = ".changed"
"""What is added to the name of a damaged file."""

_SUFFIX = ".tmp"
_STALE_SECONDS = 600.0


def write_whole(path: Path, data: bytes, modified_ns: int | None = None) -> None:
    """Replace `path` by `data` so that every reader sees the old bytes or the new, never a part.

    `modified_ns` sets the file's modification time (nanoseconds since 1970).
    Raises `DiskFullError` when there is no room, `OSError` otherwise; then `path` is untouched.
    """
    temporary = temporary_beside(path)
    try:
        with disk_full(path), temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if modified_ns is not None:
            os.utime(temporary, ns=(modified_ns, modified_ns))
        with disk_full(path):
            os.replace(temporary, path)  # noqa: PTH105 - the design's word, and tests watch it
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


@contextlib.contextmanager
def disk_full(path: Path) -> Iterator[None]:
    """Turn the system's word for a disk or quota without room into a `DiskFullError`."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        message = f"The disk is full: {path} could not be written; make room and run again."
        raise DiskFullError(message) from error


def temporary_beside(path: Path) -> Path:
    """A new name in the folder of `path` that says which process is writing it."""
    return path.with_name(f".{path.name}.{_host()}-{os.getpid()}-{uuid.uuid4().hex[:8]}{_SUFFIX}")


def aside_of(path: Path) -> Path:
    """A name for `path` as it was, that no file has yet."""
    target, number = path.with_name(path.name + ASIDE), 1
    while target.exists() or target.is_symlink():
        number += 1
        target = path.with_name(f"{path.name}{ASIDE}{number}")
    return target


def sync_folder(folder: Path) -> None:
    """Make a rename or removal in `folder` survive a power cut, where the system can."""
    with contextlib.suppress(OSError, AttributeError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sweep_temporaries(folders: Iterable[Path]) -> int:
    """Remove what dead processes left; files being written now stay. How many there were."""
    swept = 0
    for folder in folders:
        for path in folder.glob(f".*{_SUFFIX}"):
            if _is_stale(path):
                with contextlib.suppress(OSError):
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
                    swept += 1
    return swept


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _host() -> str:
    return "".join(c if c.isalnum() else "_" for c in socket.gethostname())[:40] or "host"


def _is_stale(path: Path) -> bool:
    """Whether nobody can still be writing `path`: its process is gone, or it is far too old."""
    try:
        age = time.time() - path.stat().st_mtime
        host, pid, _ = path.name.removesuffix(_SUFFIX).rsplit(".", 1)[1].split("-")
        return age > _STALE_SECONDS or (host == _host() and not _alive(int(pid)))
    except (OSError, ValueError, IndexError):
        return False


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
