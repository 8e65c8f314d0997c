"""How much memory the system has left."""

from __future__ import annotations

import ctypes
from pathlib import Path

__all__ = ["give_back", "system_memory"]

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
