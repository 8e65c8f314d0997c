"""One picture, one painter: two runs on a workspace do not paint the same output at once."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

if TYPE_CHECKING:
    from flows.remote.mirror import Mirror

__all__ = ["claimed"]


@contextlib.contextmanager
def claimed(output: Path, mirror: Mirror | None = None) -> Iterator[bool]:
    """Whether `output` is ours to paint; False while a living process paints it.

    Where its workspace is in a store, `mirror` asks on the other machines' behalf.
    """
    with _locked(output) as ours:
        if not ours or mirror is None:
            yield ours
            return
        from flows.remote.leases import leased

        with leased(mirror, output.relative_to(mirror.root).as_posix()) as ours:
            yield ours


@contextlib.contextmanager
def _locked(output: Path) -> Iterator[bool]:
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
