"""One picture, one painter: two runs on a workspace do not paint the same output at once."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

__all__ = ["claimed"]


@contextlib.contextmanager
def claimed(output: Path) -> Iterator[bool]:
    """Whether `output` is ours to paint; False while a living process paints it."""
    path = output.with_name(f".{output.name}.lock")
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        with contextlib.suppress(OSError):
            path.unlink()
        lock.release()
