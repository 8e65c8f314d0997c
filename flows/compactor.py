"""Keep the manifest fresh while pictures are painted."""

from __future__ import annotations

import logging
import threading
import time
from types import TracebackType
from typing import Self

from flows.errors import AtelierError
from flows.manifest import Manifest

__all__ = ["Compactor"]

_LOG = logging.getLogger(__name__)
_DUTY = 4.0


class Compactor:
    """Compacts every `every` seconds in the background while inside, and once more on leaving.

    A compaction that takes long (a hundred thousand rows) spaces out the next ones, so that at
    most a fifth of the time goes into it. Nothing new in the journals, nothing done.
    """

    def __init__(self, manifest: Manifest, every: float = 2.0) -> None:
        self._manifest = manifest
        self._every = max(every, manifest.pace)
        self._seen: object = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="compactor", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._manifest.compact()

    def _run(self) -> None:
        wait = self._every
        while not self._stop.wait(wait):
            start = time.monotonic()
            try:
                self._compact_news()
            except (AtelierError, OSError) as error:
                _LOG.warning("the manifest could not be refreshed, trying again: %s", error)
            wait = max(self._every, _DUTY * (time.monotonic() - start))

    def _compact_news(self) -> None:
        pending = self._manifest.pending()
        if pending and pending != self._seen:
            self._manifest.compact()
            self._seen = pending
