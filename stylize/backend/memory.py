"""How much memory the system has left."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["give_back", "returning_large_blocks", "system_memory"]

UNKNOWN = 4 << 30
"""Where the system does not say: what a small machine has free."""


def system_memory(root: Path = Path("/")) -> int:
    """Bytes that a new process can take without swapping, under a container's limit if any."""
    available = _available(root / "proc/meminfo")
    group = root / "sys/fs/cgroup"
    limit, used = (_number(group / f"memory.{name}") for name in ("max", "current"))
    if limit is None or used is None:
        return available
    # The kernel gives up cached files before it refuses memory.
    cached = _field(group / "memory.stat", "inactive_file") or 0
    return min(available, max(0, limit - used + cached))


_MMAP_THRESHOLD = -3
"""glibc's number for the size from which a block is the system's own, not the heap's."""

_USUAL, _SMALL = 32 << 20, 4 << 20
"""Bytes: what glibc goes up to by itself, and what leaves few holes in the heap."""


@contextmanager
def returning_large_blocks() -> Iterator[None]:
    """Within, large blocks go back to the system as soon as they are freed, where glibc is.

    Tiles of many shapes leave holes in its heap that nothing else fits into, hundreds of megabytes
    in a print. It costs some time, so that it is not for every painting.
    """
    option = getattr(_c_library(), "mallopt", None)
    if option is None:
        yield
        return
    option(_MMAP_THRESHOLD, _SMALL)
    try:
        yield
    finally:
        option(_MMAP_THRESHOLD, _USUAL)


def give_back() -> None:
    """Hand freed memory back to the system, where its C library can.

    glibc keeps what large tensors of many sizes leave behind: gigabytes after a large scale.
    """
    trim = getattr(_c_library(), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _c_library() -> ctypes.CDLL | None:
    try:
        return ctypes.CDLL(None)
    except (OSError, TypeError):  # Windows has no such handle
        return None


def _available(meminfo: Path) -> int:
    kilobytes = _field(meminfo, "MemAvailable:")
    return UNKNOWN if kilobytes is None else kilobytes << 10


def _field(path: Path, name: str) -> int | None:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{name} ")), None)


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
