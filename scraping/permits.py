"""How many threads compute at a time."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator

__all__ = ["Permits"]


class Permits:
    """As many threads as there are processors may decode or parse at a time.

    More would only hold more pictures and pages in memory at once. A thread that waits for the
    network lets another one in.
    """

    def __init__(self, count: int | None = None) -> None:
        self._semaphore = threading.Semaphore(count or len(_processors()))
        self._mine = threading.local()

    @contextlib.contextmanager
    def computing(self) -> Iterator[None]:
        """Hold a permit for the block, waiting for one if need be."""
        with self._semaphore:
            self._mine.held = True
            try:
                yield
            finally:
                self._mine.held = False

    @contextlib.contextmanager
    def set_aside(self) -> Iterator[None]:
        """Give this thread's permit, if it holds one, back for the block."""
        if not getattr(self._mine, "held", False):
            yield
            return
        self._semaphore.release()
        try:
            yield
        finally:
            self._semaphore.acquire()


def _processors() -> range | set[int]:
    affinity = getattr(os, "sched_getaffinity", None)
    return affinity(0) if affinity else range(os.cpu_count() or 1)
